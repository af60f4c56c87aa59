"""From draft to approved: cost from then on, and sent to QuickBooks if the project says so (R31, U2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ressio.models import Activity, TeamMember
from timeclock.errors import ShiftRefused
from timeclock.marks import why_not_approvable
from timeclock.models import Shift, ShiftChange, ShiftState
from timeclock.own_time import count_own_time, hold_prices
from timeclock.pushes import ask_for_pushes
from timeclock.recording import lock_shift, refuse_if_changed
from timeclock.rights import may_review

AT_ONCE = 200
"""So many are approved in one transaction: enough to be quick, few enough that a clock-out need not wait for long."""


def approve_shift(
    *, shift: Shift, member: TeamMember, now: datetime, is_bulk: bool = False, mark: str = ""
) -> Shift:
    """In the budget from now on, and asked for to QuickBooks. `mark`: `mark_of` the shift that the person saw. Raises
    `ShiftRefused`.
    """
    with transaction.atomic():
        hold_prices(member.company_id)
        if mark:
            refuse_if_changed(lock_shift(shift), mark)
        done = _approve([shift], member, now, is_bulk=is_bulk)
    for locked, refusal in done.refused:
        code = "not_open" if locked.state != ShiftState.DRAFT else "incomplete"
        raise ShiftRefused(refusal, code=code)
    return done.shifts[0]


@dataclass(frozen=True)
class Approved:
    """What became of many shifts approved at once: one that is refused holds up no other."""

    shifts: list[Shift]
    refused: list[tuple[Shift, str]]


def approve_shifts(*, shifts: Sequence[Shift], member: TeamMember, now: datetime) -> Approved:
    """Each as `approve_shift` would, some hundred in a transaction; together they leave in batches.

    Raises `ShiftRefused` for somebody who may not approve at all.
    """
    done = Approved([], [])
    for start in range(0, len(shifts), AT_ONCE):
        some = _approve(shifts[start : start + AT_ONCE], member, now, is_bulk=len(shifts) > 1)
        done.shifts.extend(some.shifts)
        done.refused.extend(some.refused)
    return done


def _approve(shifts: Sequence[Shift], member: TeamMember, now: datetime, *, is_bulk: bool) -> Approved:
    """About twenty statements for any number. Shifts are locked by id, as everywhere."""
    if not may_review(member):
        raise ShiftRefused("You may not approve time. Ask an Admin.", code="not_allowed")
    done = Approved([], [])
    with transaction.atomic():
        hold_prices(member.company_id)
        locked = {shift.pk: shift for shift in _lock([shift.pk for shift in shifts])}
        for given in shifts:
            shift = locked.get(given.pk)
            refusal = why_refused(shift) if shift else "This shift was removed meanwhile."
            if shift is not None and not refusal:
                done.shifts.append(shift)
                del locked[shift.pk]  # named twice, it is approved once
            elif shift is not None or given.pk not in {each.pk for each in done.shifts}:
                done.refused.append((shift or given, refusal))
        _store(done.shifts, member, now)
        count_own_time(done.shifts)
        ask_for_pushes(done.shifts, requested_by=member.user, now=now, is_bulk=is_bulk)
    return done


def _lock(ids: Sequence[int]) -> Sequence[Shift]:
    found = Shift.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    return list(found.select_related("team_member", "project", "cost_code", "company"))


def why_refused(shift: Shift) -> str:
    """As a sentence; "" when it can be approved. No query."""
    refusal = why_not_approvable(shift)
    if not refusal and shift.project is not None and shift.project.is_archived:
        return f"{shift.project} is archived. Restore the project first."
    return refusal


def _store(shifts: Sequence[Shift], member: TeamMember, now: datetime) -> None:
    for shift in shifts:
        shift.state, shift.approved_by, shift.approved_at = ShiftState.APPROVED, member.user, now
    ids = [shift.pk for shift in shifts]
    Shift.objects.filter(pk__in=ids).update(
        state=ShiftState.APPROVED, approved_by=member.user, approved_at=now
    )
    ShiftChange.objects.bulk_create(
        ShiftChange(company_id=shift.company_id, shift=shift, at=now, by=member.user, what="approved")
        for shift in shifts
    )
    Activity.objects.bulk_create(
        Activity(
            company_id=shift.company_id,
            actor=member.user,
            verb="approved, shift of",
            subject_type=Shift._meta.label_lower,
            subject_id=str(shift.pk),
            subject_label=str(shift)[:200],
        )
        for shift in shifts
    )
