"""Files of a bill follow it to QuickBooks, each exactly once, and nothing else ever goes (M45, K1)."""

from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from budgets.bills.drafting import change_bill, delete_bill
from budgets.bills.errors import BillRefused
from budgets.bills.file_builder import AlreadyAnother, BillFileBuilder
from budgets.bills.files import attach_file, files_of_bill, remove_bill_file, send_file_again
from budgets.bills.pushes import FILE_KIND
from budgets.models import Bill, BillFile, BillOrigin
from integrations.gateway import Gateway
from integrations.models import Document, Push, PushState
from integrations.outbox import perform_push, skip_push
from integrations.switches import set_switches
from ressio.files.keeping import add_file
from ressio.models import Project, ProjectFile, Role, TeamMember
from ressio.models.files import files_storage
from tests.budgets.bills.office import Json, Office
from tests.support.file_samples import PDF, PNG


def attach(office: Office, bill: Bill, name: str = "scan.pdf", content: bytes = PDF, **how: Any) -> BillFile:
    given: dict[str, Any] = {"member": office.admin, "now": timezone.now(), **how}
    return attach_file(bill=bill, upload=BytesIO(content), name=name, **given)


def pushes() -> list[Push]:
    return list(Push.objects.filter(kind=FILE_KIND).order_by("pk"))


def send_files() -> list[str]:
    """One visit of a worker for each; the states afterwards."""
    Push.objects.update(next_try_at=timezone.now())
    for push in pushes():
        perform_push(push.pk)
    return [push.state for push in pushes()]


def files_there(office: Office) -> list[Json]:
    return sorted(office.realm.list_documents("Attachable"), key=lambda file: int(file["Id"]))


def switch(office: Office, **changes: Any) -> None:
    set_switches(project=office.project, changes=changes, actor=office.admin.user, now=timezone.now())


def test_files_follow_their_bill_and_late_ones_follow_at_once(office: Office) -> None:
    bill = office.enter()
    early = attach(office, bill)
    office.approve(bill)
    assert pushes() == []
    bill = office.send(bill)
    late = attach(office, bill, "photo.png", PNG)

    assert send_files() == ["done", "done"]

    there = files_there(office)
    assert [(file["FileName"], file["ContentType"], file["Size"]) for file in there] == [
        ("scan.pdf", "application/pdf", len(PDF)),
        ("photo.png", "image/png", len(PNG)),
    ]
    assert [file["AttachableRef"] for file in there] == [
        [{"EntityRef": {"type": "Bill", "value": bill.quickbooks_id}, "IncludeOnSend": False}]
    ] * 2
    refs = [BillFile.objects.get(pk=file.pk).attachable_ref for file in (early, late)]
    assert refs == [file["Id"] for file in there]
    assert Document.objects.filter(entity="Attachable").count() == 2


@pytest.mark.parametrize(("fault", "uploads"), [("drop_after", 2), ("drop_before", 3)])
def test_two_alike_both_arrive_once_although_answers_are_lost(
    office: Office, fault: str, uploads: int
) -> None:
    bill = office.settle()
    first, second = attach(office, bill), attach(office, bill)
    office.realm.fail_next(fault, operation="upload")
    assert send_files() == ["unknown", "done"]
    office.realm.forget_replays()

    assert send_files() == ["done", "done"]

    refs = {BillFile.objects.get(pk=file.pk).attachable_ref for file in (first, second)}
    assert refs == {file["Id"] for file in files_there(office)}
    assert len(refs) == 2
    assert office.realm.count_requests()["operations"]["upload"] == uploads


def test_two_workers_that_find_the_same_one_do_not_both_take_it(office: Office) -> None:
    bill = office.settle()
    first, second = attach(office, bill), attach(office, bill)
    office.realm.fail_next("drop_after", operation="upload", times=2)
    assert send_files() == ["unknown", "unknown"]
    office.realm.forget_replays()
    builder, gateway = BillFileBuilder(), Gateway(office.connection)
    found = [builder.find_existing(push, gateway) for push in pushes()]
    assert found[0] is not None
    # Not the whole row: the temporary address in it is another one every second.
    assert [row.data["Id"] for row in found if row] == [found[0].data["Id"]] * 2
    with transaction.atomic():
        builder.record(pushes()[0], found[0])
    with pytest.raises(AlreadyAnother), transaction.atomic():
        builder.record(pushes()[1], found[0])

    assert send_files() == ["done", "done"]

    refs = {BillFile.objects.get(pk=file.pk).attachable_ref for file in (first, second)}
    assert refs == {file["Id"] for file in files_there(office)}
    assert len(refs) == 2


def test_what_was_attached_there_before_is_not_taken_for_ours(office: Office) -> None:
    bill = office.settle()
    office.realm.enter_document(
        "Attachable",
        {
            "FileName": "scan.pdf",
            "Size": len(PDF),
            "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "99999"}}],
            "Note": "of another bill",
        },
    )
    attach(office, bill)
    office.realm.fail_next("drop_before", operation="upload")
    send_files()

    assert send_files() == ["done"]
    assert len(files_there(office)) == 2


def test_nothing_leaves_while_the_switch_is_off(office: Office) -> None:
    switch(office, push_bill_files=False)
    bill = office.settle()
    attach(office, bill)
    assert pushes() == []
    switch(office, push_bill_files=True)
    late = attach(office, bill, "late.pdf")
    assert [push.subject_id for push in pushes()] == [str(late.pk)]
    switch(office, push_bill_files=False)

    assert send_files() == ["held"]
    assert (pushes()[0].hold_code, files_there(office)) == ("pushing_off", [])
    switch(office, push_bill_files=True)
    assert send_files() == ["done"]


def test_a_file_waits_for_its_bill_and_not_for_one_that_is_gone(office: Office) -> None:
    bill = office.settle()
    attach(office, bill)
    office.realm.delete_document("Bill", bill.quickbooks_id)
    office.sync()

    assert send_files() == ["held"]
    assert (pushes()[0].hold_code, pushes()[0].hold_sentence) == (
        "bill_gone",
        "The bill is Deleted in QuickBooks.",
    )
    with pytest.raises(BillRefused):
        attach(office, office.fresh(bill))


def test_lost_content_is_told_and_found_content_is_sent(office: Office) -> None:
    bill = office.settle()
    file = attach(office, bill).file
    key = str(file.content.name)
    files_storage().delete(key)

    assert send_files() == ["held"]
    assert pushes()[0].hold_code == "file_lost"


def test_whoever_may_no_longer_approve_sends_nothing(office: Office) -> None:
    bill = office.settle()
    attach(office, bill)
    TeamMember.objects.filter(pk=office.admin.pk).update(role=Role.FIELD)

    assert send_files() == ["held"]
    assert pushes()[0].hold_code == "approver_gone"
    with pytest.raises(BillRefused):
        send_file_again(
            bill_file=BillFile.objects.get(),
            member=TeamMember.objects.get(pk=office.admin.pk),
            now=timezone.now(),
        )


def test_removed_until_it_is_there(office: Office) -> None:
    bill = office.enter()
    remove_bill_file(bill_file=attach(office, bill), member=office.admin, now=timezone.now())
    bill = office.send(office.approve(bill))
    waiting = attach(office, bill, "waiting.pdf")
    remove_bill_file(bill_file=waiting, member=office.admin, now=timezone.now())
    assert [push.state for push in pushes()] == [PushState.SKIPPED]
    sent = attach(office, bill, "sent.pdf")
    office.realm.fail_next("drop_after", operation="upload")
    send_files()
    with pytest.raises(BillRefused, match="on its way"):
        remove_bill_file(bill_file=sent, member=office.admin, now=timezone.now())
    send_files()
    with pytest.raises(BillRefused, match="in QuickBooks"):
        remove_bill_file(bill_file=sent, member=office.admin, now=timezone.now())
    office.realm.delete_document("Attachable", files_there(office)[0]["Id"])
    office.sync()
    remove_bill_file(bill_file=sent, member=office.admin, now=timezone.now())
    assert (list(files_of_bill(bill)), ProjectFile.objects.count()) == ([], 0)


def test_one_that_somebody_decided_against_is_not_taken_along_later(office: Office) -> None:
    bill = office.settle()
    attach(office, bill, "private.pdf")
    skip_push(push=pushes()[0], actor=office.admin.user, now=timezone.now())
    attach(office, bill, "receipt.pdf")

    assert send_files() == ["skipped", "done"]
    assert [file["FileName"] for file in files_there(office)] == ["receipt.pdf"]


def test_who_may_attach(office: Office) -> None:
    TeamMember.objects.filter(pk=office.member.pk).update(role=Role.TEAM_MEMBER, can_create_bills=True)
    clerk = TeamMember.objects.get(pk=office.member.pk)
    office.project.assignments.get_or_create(company=office.company, team_member=clerk)
    bill = office.enter()
    assert attach(office, bill, member=clerk).file.uploaded_by == clerk.user
    office.approve(bill)
    with pytest.raises(BillRefused, match="may not attach"):
        attach(office, bill := office.fresh(bill), member=clerk)
    with pytest.raises(BillRefused, match="of a type"):
        attach(office, bill, "tool.exe")
    assert files_of_bill(bill).count() == ProjectFile.objects.count() == 1


def test_a_bill_of_quickbooks_takes_no_file(office: Office) -> None:
    twin = Bill.objects.create(
        company=office.company,
        origin=BillOrigin.QUICKBOOKS,
        connection=office.connection,
        quickbooks_id="9000",
        state="unpaid",
    )
    with pytest.raises(BillRefused, match="made in QuickBooks"):
        attach(office, twin)


def test_files_move_and_go_with_their_draft(office: Office) -> None:
    bill = office.enter()
    file = attach(office, bill).file
    other = Project.objects.create(company=office.company, name="Hill house")
    given = office.given("INV-2")
    change_bill(bill=bill, given=given, project=other, member=office.admin, now=timezone.now())
    file.refresh_from_db()
    assert (file.project, file.subject_label) == (other, "Lumber Yard INV-2")
    delete_bill(bill=bill, member=office.admin)
    assert ProjectFile.objects.count() == 0
    assert not files_storage().exists(str(file.content.name))


def test_no_other_file_ever_goes(office: Office) -> None:
    """A plan of the project stays here, whatever is on (K1)."""
    bill = office.settle()
    add_file(
        project=office.project,
        upload=BytesIO(PDF),
        name="plan.pdf",
        actor=office.admin.user,
        now=timezone.now(),
    )
    attach(office, bill)
    send_files()
    office.sync()
    assert [file["FileName"] for file in files_there(office)] == ["scan.pdf"]
