"""What a person writes down about when somebody worked, brought to moments (R29). No database but the kept breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ressio.models import CostCode, Project
from timeclock.clock import say_time
from timeclock.durations import (
    ComesTwice,
    NoSuchTime,
    Span,
    UnclearTime,
    Which,
    read_wall_span,
    worked_seconds,
)
from timeclock.errors import ShiftRefused
from timeclock.models import Break, Shift

DAY = 24 * 3600
OLDEST = timedelta(days=730)


@dataclass(frozen=True)
class BreakInput:
    """By the clock on the wall, within the shift."""

    started: time
    ended: time


@dataclass(frozen=True)
class ShiftInput:
    """What a form or a program gives: from when to when on the company's clock, or only how long (`seconds`)."""

    project: Project
    worked_on: date
    cost_code: CostCode | None = None
    shift_type: str = ""
    description: str = ""
    is_billable: bool | None = None
    """Only an Admin's word; None leaves it as it is."""
    started: time | None = None
    ended: time | None = None
    """Empty for a shift that still runs."""
    started_is: Which = ""
    ended_is: Which = ""
    """Which of two, in the hour that the clocks show twice."""
    seconds: int | None = None
    breaks: Sequence[BreakInput] | None = None
    """Only an Admin's word (R37); None leaves them as they are."""


@dataclass(frozen=True)
class Times:
    """`breaks` is None where those that stand are kept."""

    started_at: datetime | None
    ended_at: datetime | None
    seconds: int
    breaks: Sequence[Span] | None


def as_given(shift: Shift) -> ShiftInput:
    """What stands, as it would be given: what a form or a program does not change, stays as it is. Needs a project."""
    assert shift.project is not None
    zone = ZoneInfo(shift.zone)
    begin = shift.started_at.astimezone(zone) if shift.started_at else None
    finish = shift.ended_at.astimezone(zone) if shift.ended_at else None
    return ShiftInput(
        project=shift.project,
        worked_on=shift.worked_on,
        cost_code=shift.cost_code,
        shift_type=shift.shift_type,
        description=shift.description,
        started=begin.time().replace(fold=0) if begin else None,
        ended=finish.time().replace(fold=0) if finish else None,
        started_is=_which(begin),
        ended_is=_which(finish),
        seconds=None if begin else shift.worked_seconds,
    )


def _which(shown: datetime | None) -> Which:
    """Said only where the clock shows that time twice."""
    if shown is None or shown.replace(fold=0).utcoffset() == shown.replace(fold=1).utcoffset():
        return ""
    return "second" if shown.fold else "first"


def read_times(given: ShiftInput, zone_name: str, now: datetime, *, keeps: Shift | None = None) -> Times:
    """`keeps`: the shift that is changed. Raises `ShiftRefused`."""
    zone = ZoneInfo(zone_name)
    today = now.astimezone(zone).date()
    if given.worked_on > today:
        raise ShiftRefused("This day is yet to come.", field="worked_on")
    if given.worked_on < today - OLDEST:
        raise ShiftRefused("This day is more than two years ago.", field="worked_on")
    if given.seconds is not None:
        return _read_length(given, keeps)
    if given.started is None:
        raise ShiftRefused("Give start and end, or the hours.", field="started")
    if given.ended is None:
        return _read_running(given, zone, now, keeps)
    start, end = _read_span(
        given.worked_on, given.started, given.ended, zone, given.started_is, given.ended_is
    )
    if end <= start:
        raise ShiftRefused("The end is before the start.", field="ended")
    if end > now:
        raise ShiftRefused("The end is yet to come.", field="ended")
    breaks = _read_breaks(given, zone, start, end)
    spans = _kept_spans(keeps, start, end) if breaks is None else breaks
    return Times(start, end, worked_seconds(start, end, spans), breaks)


def _read_length(given: ShiftInput, keeps: Shift | None) -> Times:
    if given.started is not None or given.ended is not None or given.breaks:
        raise ShiftRefused("Give start and end, or the hours; not both.", field="seconds")
    if keeps is not None and keeps.is_running:
        raise ShiftRefused("A running shift has a start. Give its end.", field="seconds")
    if not 0 < (given.seconds or 0) <= DAY:
        raise ShiftRefused("Hours must be more than 0 and at most 24.", field="seconds")
    return Times(None, None, given.seconds or 0, [])


def _read_running(given: ShiftInput, zone: ZoneInfo, now: datetime, keeps: Shift | None) -> Times:
    """A shift that runs may begin at another time, and goes on running."""
    assert given.started is not None
    if keeps is None or not keeps.is_running:
        raise ShiftRefused("The end is missing.", field="ended")
    start, _ = _read_span(
        given.worked_on, given.started, given.started, zone, given.started_is, given.started_is
    )
    if start > now:
        raise ShiftRefused("The start is yet to come.", field="started")
    _kept_spans(keeps, start, now)
    return Times(start, None, 0, None)


def _read_span(
    day: date, start: time, end: time, zone: ZoneInfo, start_is: Which, end_is: Which
) -> tuple[datetime, datetime]:
    try:
        return read_wall_span(day, start, end, zone, start_is=start_is, end_is=end_is)
    except UnclearTime as unclear:
        shown = start if unclear.field == "started" else end
        raise _say_unclear(unclear, shown) from unclear


def _say_unclear(unclear: UnclearTime, shown: time) -> ShiftRefused:
    if isinstance(unclear, NoSuchTime):
        return ShiftRefused(
            f"There was no {shown:%H:%M} in that night: the clocks were put forward over it.",
            field=unclear.field,
        )
    assert isinstance(unclear, ComesTwice)
    return ShiftRefused(
        f"The clocks showed {shown:%H:%M} twice in that night. Say whether you mean the first or the second.",
        field=f"{unclear.field}_is",
        code="comes_twice",
    )


def _read_breaks(given: ShiftInput, zone: ZoneInfo, start: datetime, end: datetime) -> list[Span] | None:
    if given.breaks is None:
        return None
    spans = [_read_break(each, zone, start, end) for each in given.breaks]
    spans.sort(key=lambda span: span.start)
    for before, after in pairwise(spans):
        if before.end is not None and after.start < before.end:
            raise ShiftRefused("Two breaks share time.", field="breaks")
    return spans


def _read_break(each: BreakInput, zone: ZoneInfo, start: datetime, end: datetime) -> Span:
    """On the day of the start, or on the next one where the shift goes over midnight. In the hour that comes twice the
    first that lies within the shift is meant.
    """
    first = start.astimezone(zone).date()
    tries: tuple[tuple[int, Which], ...] = ((0, "first"), (0, "second"), (1, "first"), (1, "second"))
    for days, which in tries:
        try:
            begin, finish = read_wall_span(
                first + timedelta(days=days), each.started, each.ended, zone, start_is=which, end_is=which
            )
        except NoSuchTime:
            continue
        if start <= begin < finish <= end:
            return Span(begin, finish)
    raise ShiftRefused(
        f"The break from {each.started:%H:%M} to {each.ended:%H:%M} does not lie within the shift.",
        field="breaks",
    )


def _kept_spans(keeps: Shift | None, start: datetime, end: datetime) -> list[Span]:
    """The breaks stay; a shift that leaves one of them outside is refused, because only Admins change breaks."""
    breaks: list[Break] = list(keeps.breaks.all()) if keeps else []
    for each in breaks:
        if each.started_at < start or (each.ended_at or each.started_at) > end:
            assert keeps is not None
            raise ShiftRefused(
                f"The break from {say_time(keeps, each.started_at)} would lie outside of the shift. "
                "An Admin can change breaks.",
                field="breaks",
            )
    return [Span(each.started_at, each.ended_at) for each in breaks]
