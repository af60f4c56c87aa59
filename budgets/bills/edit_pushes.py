"""The push that carries an edit of a bill which is in QuickBooks already: asked for, rebuilt, or no longer needed."""

from datetime import datetime

from budgets.bills.pushes import find_bill_push, request_bill_push
from budgets.models import Bill
from integrations.models import Push, PushOperation, PushState
from integrations.outbox import link_to_existing, retry_push, skip_push
from ressio.models import User

STALE = "5010"
CONFLICT = "conflict"


def request_edit_push(bill: Bill, *, requested_by: User | None, now: datetime) -> None:
    """One that is held is tried again with what the bill says now; one on its way is followed by another."""
    push = find_bill_push(bill)
    if push is None:
        request_bill_push(bill, requested_by=requested_by, now=now, operation=PushOperation.UPDATE)
    elif push.state == PushState.HELD:
        retry_push(push=push, actor=requested_by, now=now)


def _close(push: Push, bill: Bill, *, now: datetime) -> None:
    """An edit that QuickBooks refused as stale and has after all arrived there: its answer had been lost."""
    if push.hold_code == STALE:
        link_to_existing(push=push, quickbooks_id=bill.quickbooks_id, actor=None, now=now)
    else:
        skip_push(push=push, actor=None, now=now)


def follow_edit(bill: Bill, *, has_edits: bool, now: datetime) -> None:
    """QuickBooks' document changed and both sides were brought together: is there still something to send?"""
    push = find_bill_push(bill)
    if push is None:
        if has_edits:
            request_bill_push(bill, requested_by=None, now=now, operation=PushOperation.UPDATE)
    elif push.state == PushState.HELD and push.operation == PushOperation.UPDATE:
        if not has_edits:
            _close(push, bill, now=now)
        elif push.hold_code in (STALE, CONFLICT):
            retry_push(push=push, actor=push.requested_by, now=now)
