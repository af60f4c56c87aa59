"""Which document in QuickBooks a bill is, as a person says: link to one entered by hand, unlink from a wrong one."""

from datetime import datetime

from django.db import transaction

from budgets.bills.drafting import lock_bill
from budgets.bills.errors import BillRefused
from budgets.bills.pushes import KIND, find_bill_push, request_bill_push
from budgets.bills.rights import may_approve_bills
from budgets.bills.twins import unlink_twin
from budgets.models import Bill, BillOrigin, BillState
from integrations.models import Push, PushState
from integrations.outbox import DecisionRefused, forget_document, link_to_existing, retry_push
from ressio.activity import record_activity
from ressio.models import TeamMember


def link_bill(*, bill: Bill, quickbooks_id: str, member: TeamMember, now: datetime) -> Bill:
    """QuickBooks has this approved bill already: that document it is, and nothing is sent. Raises `BillRefused`."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
        if locked.state != BillState.APPROVED:
            raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
        push = find_bill_push(locked) or request_bill_push(locked, requested_by=member.user, now=now)
        _refuse_taken(push, locked, quickbooks_id)
        try:
            link_to_existing(push=push, quickbooks_id=quickbooks_id, actor=member.user, now=now)
        except DecisionRefused as error:
            raise BillRefused(str(error), code="on_its_way") from error
    locked.refresh_from_db()
    return locked


def _refuse_taken(push: Push, bill: Bill, quickbooks_id: str) -> None:
    holder = (
        Bill.objects.filter(connection=push.connection, quickbooks_id=quickbooks_id)
        .exclude(pk=bill.pk)
        .first()
    )
    if holder is not None and holder.origin == BillOrigin.RESSIO:
        raise BillRefused(
            f"That document is bill {holder.number} of {holder.shown_vendor} already.", code="taken"
        )


def unlink_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """It was linked to a wrong document. That one stays, and counts, as a bill made in QuickBooks; ours is a draft
    again, so that nothing counts twice. Nothing is changed in QuickBooks. Raises `BillRefused`.
    """
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
        if not locked.is_ours or not locked.quickbooks_id:
            raise BillRefused("This bill is not linked to a document in QuickBooks.", code="not_sent")
        push = find_bill_push(locked)
        if push is not None and push.state not in (PushState.HELD, PushState.WAITING):
            raise BillRefused(
                "A change of this bill is on its way. Wait for QuickBooks' answer.", code="on_its_way"
            )
        if push is not None:
            raise BillRefused("A change of this bill waits to be sent. Decide about that first.", code="held")
        assert locked.connection is not None
        forget_document(connection=locked.connection, kind=KIND, subject_id=str(locked.pk))
        unlink_twin(locked, now=now)
        locked.state, locked.approved_by, locked.approved_at = BillState.DRAFT, None, None
        locked.duplicate_is_intended = False
        locked.save()
        record_activity(
            company=locked.company, actor=member.user, verb="unlinked from QuickBooks", subject=locked
        )
    return locked


def send_in_spite_of_duplicate(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """Held because QuickBooks has a bill of this number: somebody looked, and both are right."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
        if locked.state != BillState.APPROVED:
            raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
        locked.duplicate_is_intended = True
        locked.save(update_fields=["duplicate_is_intended"])
        push = find_bill_push(locked)
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="confirmed, besides another of its number,",
            subject=locked,
        )
        if push is not None and push.state == PushState.HELD:
            retry_push(push=push, actor=member.user, now=now)
    return locked
