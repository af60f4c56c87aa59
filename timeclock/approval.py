"""From draft to approved, and back (R31, U2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ressio.models import TeamMember
from timeclock.errors import ShiftRefused
from timeclock.history import note_change
from timeclock.marks import why_not_approvable
from timeclock.models import Shift, ShiftState
from timeclock.recording import lock_shift
from timeclock.rights import may_review


def approve_shift(*, shift: Shift, member: TeamMember, now: datetime, is_bulk: bool = False) -> Shift:
    """Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = lock_shift(shift)
        if not may_review(member):
            raise ShiftRefused("You may not approve time. Ask an Admin.", code="not_allowed")
        refusal = why_not_approvable(locked)
        if refusal:
            raise ShiftRefused(refusal, code="not_open" if locked.state != ShiftState.DRAFT else "incomplete")
        locked.state, locked.approved_by, locked.approved_at = ShiftState.APPROVED, member.user, now
        locked.save(update_fields=["state", "approved_by", "approved_at"])
        note_change(locked, "approved", member=member, now=now)
    return locked


@dataclass(frozen=True)
class Approved:
    """What became of many shifts approved at once: one that is refused holds up no other."""

    shifts: list[Shift]
    refused: list[tuple[Shift, str]]


def approve_shifts(*, shifts: Sequence[Shift], member: TeamMember, now: datetime) -> Approved:
    """Each as `approve_shift` would."""
    done = Approved([], [])
    for shift in shifts:
        try:
            done.shifts.append(approve_shift(shift=shift, member=member, now=now, is_bulk=len(shifts) > 1))
        except ShiftRefused as refused:
            done.refused.append((shift, str(refused)))
    return done


def take_back_approval(*, shift: Shift, member: TeamMember, now: datetime) -> Shift:
    """A draft again. Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = lock_shift(shift)
        if not may_review(member):
            raise ShiftRefused("You may not take back an approval. Ask an Admin.", code="not_allowed")
        if locked.state != ShiftState.APPROVED or not locked.is_ours:
            raise ShiftRefused("Only an approved shift.", code="not_open")
        locked.state, locked.approved_by, locked.approved_at = ShiftState.DRAFT, None, None
        locked.save(update_fields=["state", "approved_by", "approved_at"])
        note_change(locked, "approval taken back", member=member, now=now)
    return locked
