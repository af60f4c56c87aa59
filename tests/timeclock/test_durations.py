"""Lengths are exact over breaks, midnight and clock changes (R34, R37)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeclock.durations import ComesTwice, NoSuchTime, Span, Which, read_wall, read_wall_span, worked_seconds
from timeclock.marks import sharing_time

NEW_YORK = ZoneInfo("America/New_York")
BACK, FORWARD = date(2026, 11, 1), date(2026, 3, 8)
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "UTC"]
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
lengths = st.integers(0, 20 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=25)
@given(moments, lengths, st.lists(st.tuples(lengths, lengths), max_size=4), lengths)
def test_worked_time_is_what_lies_in_the_shift_and_in_no_break(
    start: datetime, length: timedelta, drawn: list[tuple[timedelta, timedelta]], cut: timedelta
) -> None:
    """Held against a count, minute by minute, of who is at work."""
    minute = timedelta(minutes=1)
    start, end = (
        start.replace(second=0, microsecond=0),
        start.replace(second=0, microsecond=0) + length // minute * minute,
    )
    breaks = [
        Span(start + at // minute * minute, start + (at + rest) // minute * minute) for at, rest in drawn
    ]
    worked = worked_seconds(start, end, breaks)
    counted = sum(
        not any(each.start <= at < (each.end or end) for each in breaks)
        for at in (start + minute * place for place in range((end - start) // minute))
    )
    assert worked == counted * 60
    # Cutting a shift in two, as switching does, loses and adds nothing.
    middle = min(start + cut // minute * minute, end)
    assert worked_seconds(start, middle, breaks) + worked_seconds(middle, end, breaks) == worked


@settings(max_examples=60)
@given(moments, lengths, st.sampled_from(ZONES), st.integers(0, 23 * 60 + 59))
def test_what_is_read_off_a_wall_is_the_same_length(
    start: datetime, length: timedelta, zone: str, shift: int
) -> None:
    """Two moments less than a day apart, written down as a clock shows them, are found again."""
    clock = ZoneInfo(zone)
    start = start.replace(second=0, microsecond=0) + timedelta(minutes=shift)
    end = start + max(length // timedelta(minutes=1), 1) * timedelta(minutes=1)
    shown, gone = start.astimezone(clock), end.astimezone(clock)
    read = read_wall_span(
        shown.date(), plain(shown), plain(gone), clock, start_is=which(shown), end_is=which(gone)
    )
    assert read == (start, end)
    assert worked_seconds(*read) == (end - start).total_seconds()


def plain(shown: datetime) -> time:
    return shown.time().replace(fold=0)


def which(shown: datetime) -> Which:
    return "second" if shown.fold else "first"


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [
        (date(2026, 6, 1), time(7), time(15, 30), 8.5),
        (date(2026, 6, 1), time(22), time(6), 8),
        (date(2026, 10, 31), time(22), time(6), 9),
        (date(2026, 3, 7), time(22), time(6), 7),
        (date(2026, 6, 1), time(7), time(7), 24),
    ],
    ids=["a day", "over midnight", "clocks back", "clocks forward", "a whole day"],
)
def test_spans_on_the_wall(day: date, start: time, end: time, hours: float) -> None:
    begin, finish = read_wall_span(day, start, end, NEW_YORK)
    assert worked_seconds(begin, finish) == hours * 3600


def test_times_that_come_twice_or_not_at_all_are_asked_about() -> None:
    with pytest.raises(NoSuchTime) as missing:
        read_wall_span(FORWARD, time(1), time(2, 30), NEW_YORK)
    assert missing.value.field == "ended"
    with pytest.raises(ComesTwice) as double:
        read_wall(BACK, time(1, 30), NEW_YORK)
    assert double.value.field == "started"
    first, second = (read_wall(BACK, time(1, 30), NEW_YORK, which) for which in ("first", "second"))
    assert (first, second - first) == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), timedelta(hours=1))
    # From 01:50 to 01:10 of the same night.
    begin, finish = read_wall_span(
        BACK, time(1, 50), time(1, 10), NEW_YORK, start_is="first", end_is="second"
    )
    assert finish - begin == timedelta(minutes=20)
    with pytest.raises(ComesTwice):
        read_wall_span(BACK, time(1, 50), time(1, 10), NEW_YORK, start_is="first")


def test_an_open_break_ends_by_itself() -> None:
    start = datetime(2026, 6, 1, 11, tzinfo=UTC)
    noon = start + timedelta(hours=1)
    for minutes, worked in ((10, 60), (30, 60), (45, 75)):
        assert worked_seconds(start, noon + timedelta(minutes=minutes), [Span(noon)]) == worked * 60
    assert [Span(noon).end_by(noon + timedelta(minutes=m)) - noon for m in (10, 45)] == [
        timedelta(minutes=10),
        timedelta(minutes=30),
    ]
    assert worked_seconds(noon, start) == 0


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=8))
def test_who_shares_time_with_whom(drawn: list[tuple[int, int]]) -> None:
    """Held against every pair."""
    hours = [datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=place) for place in range(60)]
    spells = [(hours[start], hours[start + length], place) for place, (start, length) in enumerate(drawn)]
    pairs = [(a, b) for a in spells for b in spells if a[2] != b[2] and a[0] < b[1] and b[0] < a[1]]
    assert sharing_time(spells) == {a[2] for a, _ in pairs}
