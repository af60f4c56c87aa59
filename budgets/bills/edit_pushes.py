"""The push that carries an edit of a bill which is in QuickBooks already: asked for, rebuilt, or no longer needed."""

from datetime import datetime

from budgets.bills.errors import BillRefused
from budgets.bills.pushes import find_bill_push, request_bill_push
from budgets.models import Bill
from integrations.models import Push, PushOperation, PushState
from integrations.outbox import note_as_done, retry_push, skip_push
from ressio.models import User

STALE = "5010"
CONFLICT = "conflict"
NOT_LEFT = (PushState.WAITING, PushState.HELD)
IN_FLIGHT = (PushState.SENDING, PushState.UNKNOWN)


def refuse_while_on_its_way(bill: Bill) -> None:
    """What the answer brings is compared with the very edit that was sent: an edit of that would look like QuickBooks'
    own, and a line changed twice would become two. What has not left yet waits until the caller's transaction ends.
    Raises `BillRefused`.
    """
    push = find_bill_push(bill)
    if push is None:
        return
    waiting = Push.objects.select_for_update(of=("self",), skip_locked=True)
    if waiting.filter(pk=push.pk, state__in=NOT_LEFT).first() is None:
        raise BillRefused(
            "The last change is on its way to QuickBooks. Wait for the answer, then change the bill again.",
            code="on_its_way",
        )


def may_have_arrived(bill: Bill) -> bool:
    """An edit of this bill left, and nobody knows yet whether QuickBooks has it."""
    push = find_bill_push(bill)
    if push is None or push.operation != PushOperation.UPDATE or not push.payload:
        return False
    return push.state in IN_FLIGHT or (push.state == PushState.HELD and push.hold_code == STALE)


def request_edit_push(bill: Bill, *, requested_by: User | None, now: datetime) -> None:
    """One that is held is tried again, and one that waits leaves, with what the bill says now."""
    _close_create(find_bill_push(bill), now=now)
    request_bill_push(bill, requested_by=requested_by, now=now, operation=PushOperation.UPDATE)


def follow_edit(bill: Bill, *, has_edits: bool, now: datetime) -> None:
    """QuickBooks' document changed and both sides were brought together: is there still something to send?"""
    push = find_bill_push(bill)
    if _close_create(push, now=now) or push is None:
        if has_edits:
            request_bill_push(bill, requested_by=None, now=now, operation=PushOperation.UPDATE)
    elif push.state == PushState.HELD and push.operation == PushOperation.UPDATE:
        if not has_edits:
            _close(push, now=now)
        elif push.hold_code in (STALE, CONFLICT):
            retry_push(push=push, actor=push.requested_by, now=now)


def drop_edit(bill: Bill, *, by: User | None, now: datetime) -> None:
    """Somebody decided for what QuickBooks has: nothing of ours is left to send."""
    push = find_bill_push(bill)
    if push is not None and push.state == PushState.HELD:
        skip_push(push=push, actor=by, now=now)


def _close_create(push: Push | None, *, now: datetime) -> bool:
    """The bill is in QuickBooks, so what was to make it there has done so, whatever was answered. Left open, it would
    take the place of every later edit.
    """
    if push is None or push.operation != PushOperation.CREATE or push.state != PushState.HELD:
        return False
    note_as_done(push=push, now=now)
    return True


def _close(push: Push, *, now: datetime) -> None:
    """Nothing is left to send: refused as stale, the edit had arrived after all and only its answer was lost."""
    if push.hold_code == STALE:
        note_as_done(push=push, now=now)
    else:
        skip_push(push=push, actor=None, now=now)
