"""Which document in QuickBooks a bill of ours is, where a person says so: linked to one, or let go of a wrong one."""

from datetime import datetime

from django.db import transaction

from budgets.bills.builder import BillBuilder
from budgets.bills.drafting import lock_bill
from budgets.bills.errors import BillRefused
from budgets.bills.own_lines import drop_own_lines
from budgets.bills.pushes import (
    FILE_KIND,
    KIND,
    find_bill_push,
    find_project_connection,
    leave_earlier_books,
    request_bill_push,
)
from budgets.bills.rights import may_approve_bills
from budgets.bills.twins import note_change, unlink_twin
from budgets.models import CLOSED_STATES, Bill, BillOrigin, BillState
from integrations.mirror import lock_books
from integrations.models import Connection, Push
from integrations.outbox import DecisionRefused, forget_document, link_to_existing, open_pushes
from ressio.activity import record_activity
from ressio.models import TeamMember


def list_candidates(bill: Bill) -> list[tuple[str, str]]:
    """QuickBooks' id and a label of each document this bill may be, likeliest first."""
    connection = find_project_connection(bill.project) if bill.project else None
    if connection is None:
        return []
    return BillBuilder().candidates(Push(connection=connection, kind=KIND, subject_id=str(bill.pk)))


def link_bill(*, bill: Bill, quickbooks_id: str, member: TeamMember, now: datetime) -> Bill:
    """An approved bill is that document, which somebody entered in QuickBooks by hand. Nothing is sent, nothing counts
    twice. Raises `BillRefused`.
    """
    with transaction.atomic():
        _lock_books(bill)
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not link bills. Ask an Admin.", code="not_allowed")
        if locked.state != BillState.APPROVED or locked.project is None:
            raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
        connection = find_project_connection(locked.project)
        if connection is None:
            raise BillRefused("The project is not linked to QuickBooks.", code="not_linked")
        _check_is_free(connection, quickbooks_id)
        leave_earlier_books([locked], actor=member.user, now=now)
        push = find_bill_push(locked) or request_bill_push(locked, requested_by=member.user, now=now)
        try:
            link_to_existing(push=push, quickbooks_id=quickbooks_id, actor=member.user, now=now)
        except DecisionRefused as error:
            raise BillRefused(str(error), code="on_its_way") from error
    return read_again(locked)


def _lock_books(bill: Bill) -> None:
    """Its document's other bill changes too, which a sync may be storing; before the bill (`outbox.locking`)."""
    connection = bill.connection or (find_project_connection(bill.project) if bill.project else None)
    if connection is not None:
        lock_books(connection.pk)


def _check_is_free(connection: Connection, quickbooks_id: str) -> None:
    """Only a bill made in QuickBooks: one of ours keeps its own document."""
    free = Bill.objects.filter(
        connection=connection, origin=BillOrigin.QUICKBOOKS, quickbooks_id=quickbooks_id
    )
    if not quickbooks_id or not free.exclude(state__in=CLOSED_STATES).exists():
        raise BillRefused("Choose a bill of QuickBooks that is not linked to another one.", field="document")


def unlink_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """It was the wrong document. That one goes on as a bill made in QuickBooks, with its lines and payments; ours is a
    draft again and counts nothing until it is approved anew. Raises `BillRefused`.
    """
    with transaction.atomic():
        _lock_books(bill)
        locked = lock_bill(bill)
        _check_may_unlink(locked, member)
        quickbooks_id = locked.quickbooks_id
        assert locked.connection is not None
        forget_document(connection=locked.connection, kind=KIND, subject_id=str(locked.pk))
        unlink_twin(locked, now=now)
        drop_own_lines([locked.pk])
        locked.state, locked.approved_by, locked.approved_at = BillState.DRAFT, None, None
        locked.waits_for_reopening = locked.duplicate_is_intended = False
        locked.changed_there_at = None
        locked.save()
        note_change(
            locked, "Is no longer linked to the document in QuickBooks, which stays there", (), now=now
        )
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="unlinked from its document in QuickBooks",
            subject=locked,
            changes={"quickbooks_id": [quickbooks_id, ""]},
        )
    return locked


def _check_may_unlink(bill: Bill, member: TeamMember) -> None:
    if not may_approve_bills(member):
        raise BillRefused("You may not unlink bills. Ask an Admin.", code="not_allowed")
    if not bill.is_ours or not bill.is_sent or bill.connection is None:
        raise BillRefused("This bill is not linked to a document in QuickBooks.", code="not_sent")
    files = [str(pk) for pk in bill.files.values_list("pk", flat=True)]
    if find_bill_push(bill) is not None or open_pushes(bill.connection, FILE_KIND, files):
        raise BillRefused(
            "Something of this bill is on its way. Wait for it, or decide about it first.", code="on_its_way"
        )


def read_again(bill: Bill) -> Bill:
    """As it stands now."""
    found: Bill = Bill.objects.get(pk=bill.pk)
    return found
