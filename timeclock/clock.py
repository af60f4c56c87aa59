"""The clock: in, switch, break, out (R29, R37). One shift runs for a person, which the database guards.

`key` is of the tap: the same tap sent again changes nothing and is answered as before. `at` is when the tap was made,
where a phone could not send it at once; `now` is the server's clock.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from ressio.models import CostCode, Project, TeamMember
from ressio.templatetags.ressio_ui import write_date
from timeclock.choices import check_choice
from timeclock.durations import LONGEST_BREAK, Span, day_of, worked_seconds
from timeclock.errors import ShiftRefused
from timeclock.history import note_change
from timeclock.models import Break, Shift

LATEST_TAP = timedelta(hours=72)
"""A tap that could not be sent is taken this long afterwards; what is older is recorded by hand."""
SENT_LATE = timedelta(minutes=2)
"""From here on the history says that a tap was sent later than it was made."""
_PLACE = re.compile(r"-?\d{1,2}(\.\d{1,8})?, ?-?\d{1,3}(\.\d{1,8})?")


def clock_in(
    *,
    member: TeamMember,
    project: Project,
    cost_code: CostCode | None,
    shift_type: str = "",
    description: str = "",
    place: str = "",
    key: str,
    now: datetime,
    at: datetime | None = None,
) -> Shift:
    """Raises `ShiftRefused`, with code "running" while another shift runs."""
    known = _made_by(member, key)
    if known is not None:
        return known
    moment = read_tap(at, now)
    check_choice(member=member, project=project, cost_code=cost_code, shift_type=shift_type)
    try:
        with transaction.atomic():
            return _begin(
                member, project, cost_code, shift_type, description, place, key=key, moment=moment, now=now
            )
    except IntegrityError as error:
        known = _made_by(member, key)
        if known is not None:
            return known
        running = running_shift(member)
        where = f" on {running.project} since {say_time(running, running.started_at)}" if running else ""
        raise ShiftRefused(
            f"You are clocked in already{where}. Switch, or clock out first.", code="running"
        ) from error


def switch_to(
    *,
    member: TeamMember,
    project: Project,
    cost_code: CostCode | None,
    shift_type: str = "",
    description: str = "",
    place: str = "",
    key: str,
    now: datetime,
    at: datetime | None = None,
) -> Shift:
    """The running shift ends and another begins, at one moment (R29). Gives the new one. Raises `ShiftRefused`."""
    known = _made_by(member, key)
    if known is not None:
        return known
    moment = read_tap(at, now)
    check_choice(member=member, project=project, cost_code=cost_code, shift_type=shift_type)
    with transaction.atomic():
        running = _lock_running(member)
        if running is None:
            known = _made_by(member, key)
            if known is not None:
                return known
            raise ShiftRefused("You are not clocked in.", code="not_running")
        if (running.project_id, running.cost_code_id, running.shift_type) == (
            project.pk,
            cost_code.pk if cost_code else None,
            shift_type,
        ):
            raise ShiftRefused(
                "You are on this already. Choose another project or cost code.", field="project", code="same"
            )
        _end(running, member, place=place, key=key, moment=moment, now=now, what="switched away")
        return _begin(
            member, project, cost_code, shift_type, description, place, key=key, moment=moment, now=now
        )


def clock_out(
    *, shift: Shift, member: TeamMember, place: str = "", key: str, now: datetime, at: datetime | None = None
) -> Shift:
    """An open break closes with it (R37). Raises `ShiftRefused`."""
    moment = read_tap(at, now)
    with transaction.atomic():
        locked = _lock_own(shift, member)
        if locked.ended_at is None:
            return _end(locked, member, place=place, key=key, moment=moment, now=now, what="clocked out")
    if locked.end_key and locked.end_key == key:
        return locked
    raise ShiftRefused(
        f"This shift ended at {say_time(locked, locked.ended_at)} already.", code="not_running"
    )


def running_shift(member: TeamMember) -> Shift | None:
    running: Shift | None = (
        member.shifts.select_related("project", "cost_code", "team_member")
        .prefetch_related("breaks")
        .filter(started_at__isnull=False, ended_at__isnull=True)
        .first()
    )
    return running


# Breaks (R37) -------------------------------------------------------------------------------------------------------


def start_break(
    *, shift: Shift, member: TeamMember, key: str, now: datetime, at: datetime | None = None
) -> Break:
    """One at a time; it ends by itself after thirty minutes. Raises `ShiftRefused`."""
    moment = read_tap(at, now)
    with transaction.atomic():
        locked = _lock_own(shift, member)
        known: Break | None = locked.breaks.filter(client_key=key).first()
        if known is not None:
            return known
        _refuse_unless_running(locked)
        _refuse_before_start(locked, moment)
        settle_breaks(locked, moment)
        is_on_break = locked.breaks.filter(ended_at__isnull=True).exists()
        if is_on_break or locked.breaks.filter(started_at__lte=moment, ended_at__gt=moment).exists():
            raise ShiftRefused("You are on a break already.", code="on_break")
        made: Break = Break.objects.create(
            company_id=locked.company_id, shift=locked, started_at=moment, client_key=key
        )
        note_change(locked, "started a break", member=member, now=now, fields=_lateness(locked, moment, now))
    return made


def end_break(
    *, shift: Shift, member: TeamMember, key: str, now: datetime, at: datetime | None = None
) -> Break:
    """Raises `ShiftRefused`, also when the break has ended by itself meanwhile."""
    moment = read_tap(at, now)
    with transaction.atomic():
        locked = _lock_own(shift, member)
        open_break: Break | None = locked.breaks.filter(ended_at__isnull=True).first()
        if open_break is not None and moment < open_break.started_at + LONGEST_BREAK:
            open_break.ended_at, open_break.end_key = max(moment, open_break.started_at), key
            open_break.save(update_fields=["ended_at", "end_key"])
            note_change(
                locked, "ended the break", member=member, now=now, fields=_lateness(locked, moment, now)
            )
            return open_break
        settle_breaks(locked, moment)
        last: Break | None = locked.breaks.order_by("-started_at").first()
    if last is not None and last.end_key and last.end_key == key:
        return last
    if last is not None and last.was_auto_ended:
        raise ShiftRefused(
            f"Your break ended by itself at {say_time(locked, last.ended_at)}, after thirty minutes.",
            code="not_on_break",
        )
    raise ShiftRefused("You are not on a break.", code="not_on_break")


def settle_breaks(shift: Shift, until: datetime) -> int:
    """End what is open and has lasted thirty minutes by then. Answers how many ended. Call it with the shift locked."""
    ended = 0
    for each in shift.breaks.filter(ended_at__isnull=True, started_at__lte=until - LONGEST_BREAK):
        each.ended_at, each.was_auto_ended = each.started_at + LONGEST_BREAK, True
        each.save(update_fields=["ended_at", "was_auto_ended"])
        note_change(shift, "the break ended by itself after thirty minutes", member=None, now=until)
        ended += 1
    return ended


# Moments ------------------------------------------------------------------------------------------------------------


def read_tap(at: datetime | None, now: datetime) -> datetime:
    """The moment that counts. A phone's clock that runs ahead is not believed. Raises `ShiftRefused` for an old tap."""
    if at is None or at >= now:
        return now
    if now - at > LATEST_TAP:
        raise ShiftRefused(
            "This is from more than three days ago and is not taken by the clock any more. Record the shift instead, "
            "or ask an Admin to.",
            field="at",
            code="too_old",
        )
    return at


def say_time(shift: Shift, moment: datetime | None) -> str:
    """On the shift's own clock; with its day where that is another one."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(shift.zone))
    return f"{local:%H:%M}" if local.date() == shift.worked_on else f"{write_date(local)}, {local:%H:%M}"


def seconds_of(shift: Shift, *, now: datetime) -> int:
    """What was worked so far, or in all."""
    if shift.started_at is None:
        return shift.worked_seconds
    end = shift.ended_at or now
    return worked_seconds(
        shift.started_at, end, [Span(each.started_at, each.ended_at) for each in shift.breaks.all()]
    )


def _lateness(shift: Shift, moment: datetime, now: datetime) -> list[tuple[str, str, str]]:
    """Said openly in the history: the time is the phone's word."""
    if now - moment < SENT_LATE:
        return []
    return [("Time", "", f"{say_time(shift, moment)}, sent at {say_time(shift, now)}")]


# Writing ------------------------------------------------------------------------------------------------------------


def _begin(
    member: TeamMember,
    project: Project,
    cost_code: CostCode | None,
    shift_type: str,
    description: str,
    place: str,
    *,
    key: str,
    moment: datetime,
    now: datetime,
) -> Shift:
    zone = member.company.time_zone
    shift: Shift = Shift.objects.create(
        company_id=member.company_id,
        team_member=member,
        project=project,
        cost_code=cost_code,
        shift_type=shift_type,
        description=description.strip()[:4000],
        started_at=moment,
        zone=zone,
        worked_on=day_of(moment, ZoneInfo(zone)),
        start_place=read_place(place),
        client_key=key,
        recorded_at=now,
        created_by=member.user,
    )
    note_change(shift, "clocked in", member=member, now=now, fields=_lateness(shift, moment, now))
    return shift


def _end(
    shift: Shift, member: TeamMember, *, place: str, key: str, moment: datetime, now: datetime, what: str
) -> Shift:
    _refuse_before_start(shift, moment)
    settle_breaks(shift, moment)
    shift.breaks.filter(started_at__gte=moment).delete()  # tapped on another phone, after this one said out
    shift.breaks.filter(ended_at__isnull=True).update(ended_at=moment, end_key=key)
    shift.ended_at, shift.end_key, shift.end_place = moment, key, read_place(place)
    shift.worked_seconds = seconds_of(shift, now=moment)
    shift.save(update_fields=["ended_at", "end_key", "end_place", "worked_seconds"])
    note_change(shift, what, member=member, now=now, fields=_lateness(shift, moment, now))
    return shift


def read_place(text: str) -> str:
    """Latitude and longitude, or "": a place is no reason to refuse a tap."""
    text = text.strip()
    return text if _PLACE.fullmatch(text) else ""


# Finding ------------------------------------------------------------------------------------------------------------


def _made_by(member: TeamMember, key: str) -> Shift | None:
    made: Shift | None = member.shifts.filter(client_key=key).first()
    return made


def _lock_running(member: TeamMember) -> Shift | None:
    running: Shift | None = (
        Shift.objects.select_for_update(of=("self",))
        .filter(team_member=member, started_at__isnull=False, ended_at__isnull=True)
        .first()
    )
    return running


def _lock_own(shift: Shift, member: TeamMember) -> Shift:
    if shift.team_member_id != member.pk:
        raise ShiftRefused("This is somebody else's shift.", code="not_allowed")
    locked: Shift | None = Shift.objects.select_for_update(of=("self",)).filter(pk=shift.pk).first()
    if locked is None:
        raise ShiftRefused("This shift was removed meanwhile.", code="not_running")
    return locked


def _refuse_unless_running(shift: Shift) -> None:
    if not shift.is_running:
        raise ShiftRefused("You are not clocked in.", code="not_running")


def _refuse_before_start(shift: Shift, moment: datetime) -> None:
    if shift.started_at is not None and moment < shift.started_at:
        raise ShiftRefused(f"The shift began only at {say_time(shift, shift.started_at)}.", field="at")
