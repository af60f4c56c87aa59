"""Time entered afterwards, and drafts changed or removed, with what stood before (R29, R30)."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from ressio.models import TeamMember
from timeclock.choices import check_project, check_shift_type
from timeclock.clock import say_time
from timeclock.durations import Span
from timeclock.errors import ShiftRefused
from timeclock.history import note_activity, note_change
from timeclock.models import Break, Shift, ShiftState
from timeclock.rights import may_edit, may_record, may_review
from timeclock.written_times import BreakInput, ShiftInput, read_times

__all__ = [
    "BreakInput",
    "ShiftInput",
    "change_shift",
    "lock_shift",
    "mark_of",
    "record_shift",
    "refuse_if_changed",
    "refuse_unless_editable",
    "remove_shift",
]


def record_shift(
    *, worker: TeamMember, given: ShiftInput, member: TeamMember, key: str, now: datetime
) -> Shift:
    """A draft, for oneself or by an Admin for anybody. `key` is of the form: sent twice it makes one shift.

    Raises `ShiftRefused`.
    """
    if not may_record(member) or (worker.pk != member.pk and not may_review(member)):
        raise ShiftRefused("You may not record time here. Ask an Admin.", code="not_allowed")
    known = _made_before(member, key)
    if known is not None:
        return known
    zone = member.company.time_zone
    _check(given, worker, member)
    if given.seconds is None and given.ended is None:
        raise ShiftRefused("Give start and end, or the hours.", field="ended")
    times = read_times(given, zone, now)
    try:
        with transaction.atomic():
            shift: Shift = Shift.objects.create(
                company_id=member.company_id,
                team_member=worker,
                zone=zone,
                was_recorded=True,
                client_key=key,
                recorded_at=now,
                created_by=member.user,
                started_at=times.started_at,
                ended_at=times.ended_at,
                worked_seconds=times.seconds,
                is_billable=True if given.is_billable is None else given.is_billable,
                **_columns(given),
            )
            _store_breaks(shift, times.breaks or ())
            note_change(shift, "recorded", member=member, now=now)
    except IntegrityError:
        known = _made_before(member, key)
        if known is None:
            raise
        return known
    return shift


def change_shift(
    *, shift: Shift, given: ShiftInput, member: TeamMember, now: datetime, mark: str = ""
) -> Shift:
    """Only a draft made here. `mark`: `mark_of` the shift that the person saw. Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = lock_shift(shift)
        refuse_unless_editable(locked, member)
        refuse_if_changed(locked, mark)
        assert locked.team_member is not None
        _check(given, locked.team_member, member, keeps=locked)
        times = read_times(given, locked.zone, now, keeps=locked)
        before = _describe(locked)
        for name, value in _columns(given).items():
            setattr(locked, name, value)
        if given.is_billable is not None:
            locked.is_billable = given.is_billable
        locked.started_at, locked.ended_at, locked.worked_seconds = (
            times.started_at,
            times.ended_at,
            times.seconds,
        )
        locked.save()
        if times.breaks is not None:
            _store_breaks(locked, times.breaks)
        after = _describe(locked)
        fields = [(label, before[label], after[label]) for label in after if before[label] != after[label]]
        if fields:
            note_change(locked, "changed", member=member, now=now, fields=fields)
    return locked


def remove_shift(*, shift: Shift, member: TeamMember, now: datetime) -> None:
    """Only a draft made here; nothing of it is in the budget or in QuickBooks. Raises `ShiftRefused`."""
    with transaction.atomic():
        locked = lock_shift(shift)
        refuse_unless_editable(locked, member)
        said = _describe(locked)
        note_activity(
            locked, "removed", member=member, fields=[(name, said[name], "") for name in said if said[name]]
        )
        locked.delete()


def lock_shift(shift: Shift) -> Shift:
    """Raises `ShiftRefused` where somebody has removed it."""
    found = Shift.objects.select_for_update(of=("self",)).select_related("team_member").filter(pk=shift.pk)
    locked: Shift | None = found.first()
    if locked is None:
        raise ShiftRefused("This shift was removed meanwhile.", code="gone")
    return locked


# What somebody saw --------------------------------------------------------------------------------------------------


def mark_of(shift: Shift) -> str:
    """Changes with anything a person enters. One query at most."""
    said = [
        [
            shift.project_id,
            shift.cost_code_id,
            shift.shift_type,
            shift.description,
            shift.is_billable,
            shift.state,
        ],
        [shift.worked_on, shift.started_at, shift.ended_at, shift.worked_seconds],
        sorted([each.started_at, each.ended_at] for each in shift.breaks.all()),
    ]
    return sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]


def refuse_if_changed(locked: Shift, mark: str) -> None:
    """ "" asks nothing. Raises `ShiftRefused`."""
    if mark and mark != mark_of(locked):
        raise ShiftRefused(
            "Somebody changed this shift meanwhile. Open it again and look at it once more.", code="changed"
        )


# Checks -------------------------------------------------------------------------------------------------------------


def refuse_unless_editable(shift: Shift, member: TeamMember) -> None:
    """Raises `ShiftRefused`."""
    if not shift.is_ours:
        raise ShiftRefused("This time was entered in QuickBooks and is changed there.", code="not_ours")
    if shift.state != ShiftState.DRAFT:
        raise ShiftRefused("An approved shift is not changed. Take back the approval first.", code="not_open")
    if not may_edit(member, shift):
        raise ShiftRefused("You may not change this shift. Ask an Admin.", code="not_allowed")


def _check(given: ShiftInput, worker: TeamMember, member: TeamMember, *, keeps: Shift | None = None) -> None:
    """What stays as it was is not questioned anew: a project may have been archived since."""
    if keeps is None or keeps.project_id != given.project.pk:
        check_project(worker, given.project)
    code = given.cost_code
    if code is not None and not code.is_active and (keeps is None or keeps.cost_code_id != code.pk):
        raise ShiftRefused(f"The cost code “{code}” is inactive.", field="cost_code")
    if keeps is None or keeps.shift_type != given.shift_type:
        check_shift_type(worker, given.shift_type)
    if len(given.description) > 4000:
        raise ShiftRefused("The description has at most 4,000 characters.", field="description")
    if not may_review(member) and (given.breaks is not None or given.is_billable is not None):
        raise ShiftRefused(
            "Only Admins change breaks, and what is billable.", field="breaks", code="not_allowed"
        )


# Writing ------------------------------------------------------------------------------------------------------------


def _columns(given: ShiftInput) -> dict[str, object]:
    return {
        "project": given.project,
        "cost_code": given.cost_code,
        "shift_type": given.shift_type,
        "description": given.description.strip(),
        "worked_on": given.worked_on,
    }


def _store_breaks(shift: Shift, spans: Sequence[Span]) -> None:
    """Those that stand already keep their rows, and so the taps that made them."""
    wanted = {(span.start, span.end) for span in spans}
    for each in list(shift.breaks.all()):
        if (each.started_at, each.ended_at) in wanted:
            wanted.discard((each.started_at, each.ended_at))
        else:
            each.delete()
    for start, end in sorted(wanted, key=lambda pair: pair[0]):
        Break.objects.create(company_id=shift.company_id, shift=shift, started_at=start, ended_at=end)


def _made_before(member: TeamMember, key: str) -> Shift | None:
    made: Shift | None = Shift.objects.filter(created_by=member.user, client_key=key).first()
    return made


def _describe(shift: Shift) -> dict[str, str]:
    """What stands in a shift, in words, by label. One query for the breaks."""
    breaks = shift.breaks.order_by("started_at")
    return {
        "Project": str(shift.project or ""),
        "Cost code": str(shift.cost_code or ""),
        "Shift type": shift.shift_type,
        "Description": shift.description,
        "Billable": "yes" if shift.is_billable else "no",
        "Date": str(shift.worked_on),
        "Start": say_time(shift, shift.started_at),
        "End": say_time(shift, shift.ended_at),
        "Breaks": ", ".join(
            f"{say_time(shift, each.started_at)}–{say_time(shift, each.ended_at)}" for each in breaks
        ),
        "Hours": "" if shift.is_running else f"{shift.worked_seconds / 3600:.2f}",
    }
