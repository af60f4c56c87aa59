"""What people decide about a bill that is held on its way to QuickBooks (N6, N13)."""

from datetime import datetime

from django.db import transaction

from budgets.bills.drafting import lock_bill
from budgets.bills.errors import BillRefused
from budgets.bills.pushes import find_bill_push
from budgets.bills.rights import may_approve_bills
from budgets.models import Bill
from integrations.models import Push, PushState
from integrations.outbox import DecisionRefused, retry_push, skip_push
from ressio.activity import record_activity
from ressio.models import TeamMember


def retry_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """Build and send it anew; whatever still stands in its way holds it again. Raises `BillRefused`."""
    with transaction.atomic():
        locked, push = _held(bill, member)
        _retry(push, member, now)
    return locked


def skip_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """It is not sent, and counts on here. Of a change to a bill that is in QuickBooks, what QuickBooks has holds again
    (`BillBuilder.skipped`). Raises `BillRefused`.
    """
    with transaction.atomic():
        locked, push = _held(bill, member, PushState.HELD, PushState.WAITING)
        if locked.conflicts:
            raise BillRefused("Decide about what changed on both sides instead.", code="conflict")
        try:
            skip_push(push=push, actor=member.user, now=now)
        except DecisionRefused as error:
            raise BillRefused(str(error), code="on_its_way") from error
        locked.refresh_from_db()
    return locked


def allow_duplicate(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """Both bills of this number are right: this one is sent too. Raises `BillRefused`."""
    with transaction.atomic():
        locked, push = _held(bill, member)
        locked.duplicate_is_intended = True
        locked.save(update_fields=["duplicate_is_intended"])
        record_activity(
            company=locked.company, actor=member.user, verb="said that both are right:", subject=locked
        )
        _retry(push, member, now)
    return locked


def _held(bill: Bill, member: TeamMember, *states: PushState) -> tuple[Bill, Push]:
    locked = lock_bill(bill)
    if not may_approve_bills(member):
        raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
    push = find_bill_push(locked)
    if push is None or push.state not in (states or (PushState.HELD,)):
        raise BillRefused("Nothing of this bill waits for a decision any more.", code="settled")
    return locked, push


def _retry(push: Push, member: TeamMember, now: datetime) -> None:
    try:
        retry_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise BillRefused(str(error), code="on_its_way") from error
