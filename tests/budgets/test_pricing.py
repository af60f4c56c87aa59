"""V8 and V9: hours and what an hour is worth."""

from datetime import date
from decimal import Decimal

import pytest

from budgets.models import RateSource
from budgets.pricing import (
    EntryRates,
    MemberPrice,
    Prices,
    WorkerRates,
    price_time,
    rate_mark,
    rate_words,
    read_seconds,
)
from tests.budgets.documents import Json

pytestmark = pytest.mark.pure

HOUR = 3600


@pytest.mark.parametrize(
    ("entry", "seconds"),
    [
        ({"Hours": 8}, 8 * HOUR),
        ({"Hours": 1, "Minutes": 30, "Seconds": 15}, HOUR + 1815),
        ({"Minutes": 20}, 1200),
        ({"Hours": 30, "Minutes": 0}, 30 * HOUR),
        ({"StartTime": "2026-03-12T09:00:00-07:00", "EndTime": "2026-03-12T18:00:00-07:00"}, 9 * HOUR),
        # The offset changes on the night the clocks go forward; the clock faces do not care.
        ({"StartTime": "2026-03-08T01:00:00-08:00", "EndTime": "2026-03-08T09:00:00-07:00"}, 8 * HOUR),
        ({"StartTime": "08:00:00-08:00", "EndTime": "16:30:00-08:00"}, 8 * HOUR + 1800),
        ({"StartTime": "2026-03-12T22:00:00-07:00", "EndTime": "2026-03-13T06:00:00-07:00"}, 8 * HOUR),
        ({"StartTime": "2026-03-12T22:00:00-07:00", "EndTime": "2026-03-12T06:00:00-07:00"}, 8 * HOUR),
        ({"StartTime": "07:00:00", "EndTime": "07:00:00"}, 24 * HOUR),
        ({"StartTime": "08:00", "EndTime": "17:00", "BreakHours": 1, "BreakMinutes": 15}, 7 * HOUR + 2700),
        ({"StartTime": "08:00", "EndTime": "09:00", "BreakHours": 2}, 0),
        ({"Hours": 0, "Minutes": 0, "StartTime": "08:00", "EndTime": "09:00"}, HOUR),
        # The two styles exclude each other; where both are there, the duration stands.
        ({"Hours": 2, "StartTime": "08:00", "EndTime": "17:00"}, 2 * HOUR),
        ({"StartTime": "08:00"}, 0),
        ({"StartTime": "soon", "EndTime": "later"}, 0),
        ({}, 0),
    ],
)
def test_v8_hours(entry: Json, seconds: int) -> None:
    assert read_seconds(entry) == seconds


DAY = date(2026, 3, 12)
MEMBER = (
    MemberPrice(date(2026, 1, 1), Decimal("40"), Decimal("80")),
    MemberPrice(date(2026, 3, 12), Decimal("50"), Decimal("90")),
    MemberPrice(date(2026, 4, 1), Decimal("60"), Decimal("100")),
)


def rates(cost: str = "0", hourly: str = "0", employee: str = "", member: bool = False) -> EntryRates:
    worker = WorkerRates(Decimal(employee) if employee else None, MEMBER if member else ())
    return EntryRates(Decimal(cost), Decimal(hourly), worker)


def prices(at_cost: str, source: str, at_billable: str, billable_source: str) -> Prices:
    return Prices(
        Decimal(at_cost) if at_cost else None,
        source,
        Decimal(at_billable) if at_billable else None,
        billable_source,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (rates("30", "75", "20", True), prices("60.00", "entry_cost", "150.00", "entry_billable")),
        (rates("0", "75", "20", True), prices("40.00", "employee_cost", "150.00", "entry_billable")),
        (rates("0", "75", "0", True), prices("100.00", "member_cost", "150.00", "entry_billable")),
        (rates("0", "75"), prices("150.00", "entry_billable", "150.00", "entry_billable")),
        (rates("0", "0", "20", True), prices("40.00", "employee_cost", "180.00", "member_billable")),
        (rates("30", "0"), prices("60.00", "entry_cost", "60.00", "entry_cost")),
        (rates("0", "0", "20"), prices("40.00", "employee_cost", "40.00", "employee_cost")),
        (rates(), prices("", "", "", "")),
        (rates("-5", "-1", "-2"), prices("", "", "", "")),
    ],
)
def test_v9_the_first_rate_above_zero_of_each_chain(given: EntryRates, expected: Prices) -> None:
    assert price_time(2 * HOUR, given, on=DAY) == expected


@pytest.mark.parametrize(
    ("on", "at_cost"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "40.00"),
        (date(2026, 3, 11), "40.00"),
        (date(2026, 3, 12), "50.00"),
        (date(2026, 12, 31), "60.00"),
        (None, None),
    ],
)
def test_v9_a_members_rate_is_the_one_in_force_that_day(on: date | None, at_cost: str | None) -> None:
    found = price_time(HOUR, rates(member=True), on=on)

    assert found.at_cost == (Decimal(at_cost) if at_cost else None)


def test_v9_a_member_may_have_one_rate_without_the_other() -> None:
    only_billable = WorkerRates(None, (MemberPrice(DAY, None, Decimal("90")),))

    found = price_time(HOUR, EntryRates(worker=only_billable), on=DAY)
    assert found == Prices(None, "", Decimal("90.00"), "member_billable")


@pytest.mark.parametrize(
    ("seconds", "rate", "amount"),
    [
        (1200, "33.33", "11.11"),
        (60, "20.10", "0.34"),  # 0.335, half away from zero
        (HOUR + 1, "10", "10.00"),
        (0, "10", "0.00"),
    ],
)
def test_v9_an_amount_is_rounded_once(seconds: int, rate: str, amount: str) -> None:
    assert price_time(seconds, rates(rate), on=DAY).at_cost == Decimal(amount)


def test_v9_a_price_from_the_other_chain_is_marked() -> None:
    cost_marks = {source.value: rate_mark(source, at_billable=False) for source in RateSource}
    billable_marks = {source.value: rate_mark(source, at_billable=True) for source in RateSource}

    assert {source: mark for source, mark in cost_marks.items() if mark} == {
        "entry_billable": "at billable rate"
    }
    assert {source: mark for source, mark in billable_marks.items() if mark} == {
        "entry_cost": "at cost rate",
        "employee_cost": "at cost rate",
        "member_cost": "at cost rate",
    }


def test_words_for_the_rate_that_was_used() -> None:
    said = [
        rate_words(source, at_billable=at_billable)
        for source, at_billable in (
            ("", True), ("member_cost", False), ("employee_cost", True), ("entry_billable", False)
        )
    ]  # fmt: skip
    assert said == [
        "",
        "at cost rate of the team member",
        "at cost rate of the employee (no billable rate)",
        "at billable rate of the entry (no cost rate)",
    ]
