"""What people decide about a shift that is held on its way to QuickBooks, or that did not go (N6, K7)."""

from datetime import datetime

from django.db import transaction

from integrations.models import PushOperation, PushState
from integrations.outbox import DecisionRefused, skip_push
from ressio.models import TeamMember
from timeclock.errors import ShiftRefused
from timeclock.history import note_change
from timeclock.models import Shift, ShiftState
from timeclock.pushes import ask_for_pushes, find_shift_push, held_shift_push, try_again
from timeclock.recording import lock_shift
from timeclock.rights import may_review


def retry_shift(*, shift: Shift, member: TeamMember, now: datetime) -> Shift:
    """Build and send it anew; whatever still stands in its way holds it again. Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = _locked(shift, member)
        try_again(held_shift_push(locked), actor=member.user, now=now)
    return locked


def skip_shift(*, shift: Shift, member: TeamMember, now: datetime) -> Shift:
    """It is not sent, and counts on here. Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = _locked(shift, member)
        push = held_shift_push(locked, (PushState.HELD, PushState.WAITING))
        try:
            skip_push(push=push, actor=member.user, now=now)
        except DecisionRefused as error:
            raise ShiftRefused(str(error), code="on_its_way") from error
        is_deletion = push.operation == PushOperation.DELETE
        said = "decided to leave it in QuickBooks" if is_deletion else "decided not to send"
        note_change(locked, said, member=member, now=now)
    return locked


def send_shift(*, shift: Shift, member: TeamMember, now: datetime) -> Shift:
    """Send an approved shift that did not go by itself, as the project was not ready then. Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = _locked(shift, member)
        if locked.state != ShiftState.APPROVED or locked.is_sent or not locked.is_ours:
            raise ShiftRefused("Only an approved shift that is not in QuickBooks yet.", code="not_open")
        _leave_earlier_books(locked, member, now)
        if not ask_for_pushes([locked], requested_by=member.user, now=now, is_bulk=False):
            raise ShiftRefused(
                "The project does not send this shift. Look at its Financials: time tracking must have been on when "
                "the shift was recorded.",
                code="stays_here",
            )
        note_change(locked, "sent to QuickBooks", member=member, now=now)
    return locked


def _leave_earlier_books(shift: Shift, member: TeamMember, now: datetime) -> None:
    """What waits for books that were connected before is not sent there: it goes to those of now (U10)."""
    push = find_shift_push(shift)
    if push is None:
        return
    if push.connection.is_current:
        raise ShiftRefused("It is on its way already.", code="on_its_way")
    try:
        skip_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise ShiftRefused(
            f"It was sent to the earlier books ({push.connection}), and no answer came: they may have it. Connect them "
            "again to find out.",
            code="on_its_way",
        ) from error


def _locked(shift: Shift, member: TeamMember) -> Shift:
    locked = lock_shift(shift)
    if not may_review(member):
        raise ShiftRefused("You may not decide this. Ask an Admin.", code="not_allowed")
    return locked
