"""How long somebody worked: over breaks, midnight and clock changes (R34, R37). Pure.

Moments are aware and compared as such, so a length is exact whatever the clock on the wall did meanwhile. Only what a
person writes down (a day and two times) is read on a clock, where a time may come twice or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

LONGEST_BREAK = timedelta(minutes=30)
"""A break that nobody ends, ends by itself after this (R37)."""
FORGOTTEN_AFTER = timedelta(hours=14)
"""A shift that runs longer was probably forgotten."""

Which = Literal["", "first", "second"]
"""Which of two, where the clock shows a time twice; "" while nobody has said."""


# Lengths ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to a moment; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None

    def end_by(self, now: datetime) -> datetime:
        """When a break ended or will have ended, seen at `now`: an open one at the latest after thirty minutes."""
        return self.end or min(self.start + LONGEST_BREAK, now)


def worked_seconds(start: datetime, end: datetime, breaks: Iterable[Span] = ()) -> int:
    """Whole seconds from start to end without the breaks, each counted as far as it lies within, overlaps once."""
    if end <= start:
        return 0
    rest = timedelta()
    reached = start
    for each in sorted(breaks, key=lambda span: span.start):
        begin, finish = max(each.start, reached), min(each.end_by(end), end)
        if finish > begin:
            rest += finish - begin
            reached = finish
    return int((end - start - rest).total_seconds())


def is_forgotten(start: datetime, now: datetime) -> bool:
    return now - start > FORGOTTEN_AFTER


# Times on a wall ----------------------------------------------------------------------------------------------------


class UnclearTime(Exception):
    """`field` is "started" or "ended"."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NoSuchTime(UnclearTime):
    """The clocks were put forward over it."""


class ComesTwice(UnclearTime):
    """The clocks were put back over it, and nobody said which of the two is meant."""


def read_wall(day: date, at: time, zone: ZoneInfo, which: Which = "", *, field: str = "started") -> datetime:
    """The moment (UTC) at which a clock in that zone shows this. Raises `NoSuchTime`, `ComesTwice`."""
    first, second = (_at(day, at, zone, fold) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(zone).time() != at:
        raise NoSuchTime(field)
    if not which:
        raise ComesTwice(field)
    return second if which == "second" else first


def _at(day: date, at: time, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC)


def read_wall_span(
    day: date, start: time, end: time, zone: ZoneInfo, *, start_is: Which = "", end_is: Which = ""
) -> tuple[datetime, datetime]:
    """What "on that day from 22:00 to 06:00" means: an end that is not after the start is on the next day (V8).

    Raises `NoSuchTime`, `ComesTwice`. In the hour that comes twice an end may be told to lie before the start.
    """
    begin = read_wall(day, start, zone, start_is)
    is_next_day = end <= start and not _comes_again(day, end, zone, begin, end_is)
    return begin, read_wall(day + timedelta(days=is_next_day), end, zone, end_is, field="ended")


def _comes_again(day: date, end: time, zone: ZoneInfo, begin: datetime, end_is: Which) -> bool:
    """From 01:50 to 01:10 in the night the clocks are put back: the second 01:10 is twenty minutes later."""
    try:
        return end_is != "first" and begin < read_wall(day, end, zone, "second")
    except NoSuchTime:
        return False


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day on the clock of that zone."""
    return moment.astimezone(zone).date()
