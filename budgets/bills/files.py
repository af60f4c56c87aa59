"""Files of a bill of ours: attached, and removed as long as QuickBooks does not have them (M45, M51)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from budgets.bills.drafting import lock_bill
from budgets.bills.errors import BillRefused
from budgets.bills.file_pushes import request_file_pushes
from budgets.bills.file_upkeep import SUBJECT, label_of
from budgets.bills.pushes import FILE_KIND
from budgets.bills.rights import may_approve_bills, may_enter_on
from budgets.models import Bill, BillFile
from integrations.models import OPEN_STATES, Document, Push
from integrations.outbox import DecisionRefused, retry_push, skip_push
from ressio.files.keeping import FileRefused, Upload, add_file, remove_file
from ressio.files.subjects import register_file_subject
from ressio.http import CompanyRequest
from ressio.models import ProjectFile, TeamMember


def attach_file(*, bill: Bill, upload: Upload, name: str, member: TeamMember, now: datetime) -> BillFile:
    """One of ours. If the bill is in QuickBooks already, the file follows it at once. Raises `BillRefused`."""
    _check_may_attach(bill, member)
    with transaction.atomic():
        # Written before the bill is locked: a large file keeps nobody waiting.
        file = _keep(bill, upload, name, member, now)
        locked = lock_bill(bill)
        _check_may_attach(locked, member)
        assert locked.project is not None
        if locked.project_id != file.project_id:
            file.project = locked.project
            file.save(update_fields=["project"])
        bill_file = BillFile.objects.create(
            company_id=locked.company_id, bill=locked, file=file, added_at=now
        )
        request_file_pushes(locked, requested_by=member.user, now=now)
    return bill_file


def remove_bill_file(*, bill_file: BillFile, member: TeamMember, now: datetime) -> None:
    """Freely before it is in QuickBooks. A push that waits is withdrawn. Raises `BillRefused`."""
    with transaction.atomic():
        bill = lock_bill(bill_file.bill)
        locked = BillFile.objects.select_related("file__company").get(pk=bill_file.pk)
        if member.user is None or not may_change_files(bill, member):
            raise BillRefused("You may not remove files of this bill.", code="not_allowed")
        if is_in_quickbooks(locked):
            sentence = "The file is in QuickBooks. Remove it there first."
            raise BillRefused(sentence, code="in_quickbooks")
        _withdraw(locked, member, now)
        try:
            remove_file(file=locked.file, actor=member.user)
        except FileRefused as error:
            raise BillRefused(str(error), code="not_ours") from error


def send_file_again(*, bill_file: BillFile, member: TeamMember, now: datetime) -> None:
    """After somebody put right what held it. Raises `BillRefused`."""
    if not may_approve_bills(member):
        raise BillRefused("You may not send files to QuickBooks. Ask an Admin.", code="not_allowed")
    push = open_file_pushes([bill_file]).get(bill_file.pk)
    if push is None:
        raise BillRefused("This file is not on its way.", code="changed")
    try:
        with transaction.atomic():
            retry_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise BillRefused(str(error), code="on_its_way") from error


def keep_file_here(*, bill_file: BillFile, member: TeamMember, now: datetime) -> None:
    """It is not sent, and no later file of the bill takes it along. Raises `BillRefused`."""
    if not may_approve_bills(member):
        raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
    push = open_file_pushes([bill_file]).get(bill_file.pk)
    if push is None:
        raise BillRefused("This file is not on its way.", code="changed")
    try:
        skip_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise BillRefused(str(error), code="on_its_way") from error


def open_file_pushes(files: Sequence[BillFile]) -> dict[int, Push]:
    """What is on its way or held, by the file's id in the bill. One query."""
    keys = [str(each.pk) for each in files if not each.file.is_read_only]
    pushes = Push.objects.filter(kind=FILE_KIND, subject_id__in=keys, state__in=OPEN_STATES) if keys else ()
    return {int(push.subject_id): push for push in pushes}


def files_of_bill(bill: Bill) -> "QuerySet[BillFile]":
    """Ours and those from QuickBooks, newest first."""
    found: QuerySet[BillFile] = BillFile.objects.filter(bill=bill)
    return found.select_related("file__uploaded_by", "file__project").order_by("-added_at", "-pk")


def may_change_files(bill: Bill, member: TeamMember) -> bool:
    """Whoever may enter the bill; after its approval whoever may approve, because files of it leave by themselves."""
    if not bill.is_ours or bill.project is None:
        return False
    return may_enter_on(member, bill.project) if bill.is_open else may_approve_bills(member)


def find_removable(bill: Bill, files: Sequence[BillFile], member: TeamMember) -> set[int]:
    """Ids of those that the member may remove now; one on its way is told when it is tried. Two queries."""
    ours = [each for each in files if not each.file.is_read_only]
    if not ours or not may_change_files(bill, member):
        return set()
    refs = [each.attachable_ref for each in ours if each.attachable_ref]
    gone = set(_removed_there(bill, refs).values_list("quickbooks_id", flat=True)) if refs else set()
    return {each.pk for each in ours if not each.attachable_ref or each.attachable_ref in gone}


def is_in_quickbooks(bill_file: BillFile) -> bool:
    """Not when it was removed there since."""
    if not bill_file.attachable_ref:
        return False
    return not _removed_there(bill_file.bill, [bill_file.attachable_ref]).exists()


def _removed_there(bill: Bill, refs: Sequence[str]) -> "QuerySet[Document]":
    found: QuerySet[Document] = Document.objects.filter(
        connection=bill.connection_id,
        entity="Attachable",
        quickbooks_id__in=refs,
        deleted_at__isnull=False,
    )
    return found


def register_bill_files() -> None:
    register_file_subject(SUBJECT, "Bill", url_of_bill, may_remove=removes_on_its_bill)


def url_of_bill(request: CompanyRequest, file: ProjectFile) -> str:
    if not file.subject_id.isdecimal():
        return ""
    return reverse("bill", kwargs={"company": request.company.slug, "bill_id": int(file.subject_id)})


def removes_on_its_bill(member: TeamMember, file: ProjectFile) -> bool:
    """Never in the Files tab: whether it left for QuickBooks is known, and told, on the bill."""
    return False


def _check_may_attach(bill: Bill, member: TeamMember) -> None:
    if not bill.is_ours:
        raise BillRefused(
            "This bill was made in QuickBooks. Attach the file there, and it appears here.", code="not_ours"
        )
    if bill.is_gone:
        raise BillRefused(f"This bill is {bill.get_state_display()}.", code="not_open")
    if not may_change_files(bill, member):
        raise BillRefused("You may not attach files to this bill.", code="not_allowed")


def _keep(bill: Bill, upload: Upload, name: str, member: TeamMember, now: datetime) -> ProjectFile:
    assert bill.project is not None
    try:
        return add_file(
            project=bill.project,
            upload=upload,
            name=name,
            actor=member.user,
            now=now,
            subject_kind=SUBJECT,
            subject_id=str(bill.pk),
            subject_label=label_of(bill),
        )
    except FileRefused as error:
        raise BillRefused(str(error), field="file", code="file_refused") from error


def _withdraw(bill_file: BillFile, member: TeamMember, now: datetime) -> None:
    for push in Push.objects.filter(kind=FILE_KIND, subject_id=str(bill_file.pk), state__in=OPEN_STATES):
        try:
            skip_push(push=push, actor=member.user, now=now)
        except DecisionRefused as error:
            raise BillRefused(
                "The file is on its way to QuickBooks. Wait for the answer.", code="on_its_way"
            ) from error
