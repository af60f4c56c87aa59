"""What an hour is worth (V8, V9): the time worked, and its two candidate prices. Pure.

An entry is priced both ways when it is projected; a project's labor basis picks one when somebody asks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from budgets.models import RateSource
from budgets.reading import Json, read_decimal, read_text
from ressio.money import round_cents

HOUR = 3600
DAY = 24 * HOUR
_CLOCK_FACE = re.compile(r"(?:^|T|\s)(\d{1,2}):(\d{2})(?::(\d{2}))?")


# Hours (V8) -----------------------------------------------------------------------------------------------------


def read_seconds(entry: Json) -> int:
    """Time worked: Hours + Minutes + Seconds, else end − start − break.

    QuickBooks keeps the style an entry was made in, so only one of them is filled; an entry whose
    duration reads 0 and that has clock times is taken by its clock times.
    """
    return _read_duration(entry, "Hours", "Minutes", "Seconds") or _read_clock_times(entry)


def _read_duration(entry: Json, hours: str, minutes: str, seconds: str) -> int:
    parts = ((hours, HOUR), (minutes, 60), (seconds, 1))
    total = sum(((read_decimal(entry.get(name)) or Decimal(0)) * unit for name, unit in parts), Decimal(0))
    return max(0, int(total.to_integral_value(rounding=ROUND_HALF_UP)))


def _read_clock_times(entry: Json) -> int:
    """By the clock faces, whatever their days and offsets; an end that is not after the start crosses midnight."""
    start, end = _read_face(entry.get("StartTime")), _read_face(entry.get("EndTime"))
    if start is None or end is None:
        return 0
    elapsed = end - start if end > start else end - start + DAY
    return max(0, elapsed - _read_duration(entry, "BreakHours", "BreakMinutes", "BreakSeconds"))


def _read_face(value: Any) -> int | None:
    """Seconds since midnight on the wall: `2026-03-12T08:00:00-08:00` and `08:00:00-08:00` are both eight o'clock."""
    match = _CLOCK_FACE.search(read_text(value))
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    return hour * HOUR + minute * 60 + second


# Prices (V9) ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberPrice:
    """What an hour of a team member costs and is billed at, from a day on (default shift type)."""

    starts_on: date
    cost: Decimal | None
    billable: Decimal | None


@dataclass(frozen=True, slots=True)
class WorkerRates:
    """All we know of a worker's rates besides the entry itself. `member` is ordered by day."""

    employee_cost: Decimal | None = None
    member: tuple[MemberPrice, ...] = ()

    def in_force(self, on: date | None) -> MemberPrice | None:
        if on is None:
            return None
        return next((price for price in reversed(self.member) if price.starts_on <= on), None)


UNKNOWN_WORKER = WorkerRates()


class Prices(NamedTuple):
    """The amounts of an entry at cost and at billable rates, and where each came from; None and '' = no rate."""

    at_cost: Decimal | None
    cost_source: str
    at_billable: Decimal | None
    billable_source: str


@dataclass(frozen=True, slots=True)
class EntryRates:
    """The rates an entry itself carries. QuickBooks sends 0 where there is none."""

    cost: Decimal | None = None
    hourly: Decimal | None = None
    worker: WorkerRates = field(default=UNKNOWN_WORKER)


def price_time(seconds: int, rates: EntryRates, *, on: date | None) -> Prices:
    """Both prices of an entry, each rounded once (V9)."""
    in_force = rates.worker.in_force(on)
    cost_rate, cost_source = _first_rate(_cost_chain(rates, in_force))
    billable_rate, billable_source = _first_rate(_billable_chain(rates, in_force))
    return Prices(_price(seconds, cost_rate), cost_source, _price(seconds, billable_rate), billable_source)


Candidates = Iterator[tuple[Decimal | None, RateSource]]


def _cost_chain(rates: EntryRates, in_force: MemberPrice | None) -> Candidates:
    yield rates.cost, RateSource.ENTRY_COST
    yield rates.worker.employee_cost, RateSource.EMPLOYEE_COST
    yield in_force.cost if in_force else None, RateSource.MEMBER_COST
    yield rates.hourly, RateSource.ENTRY_BILLABLE


def _billable_chain(rates: EntryRates, in_force: MemberPrice | None) -> Candidates:
    yield rates.hourly, RateSource.ENTRY_BILLABLE
    yield in_force.billable if in_force else None, RateSource.MEMBER_BILLABLE
    yield from _cost_chain(rates, in_force)


def _first_rate(candidates: Candidates) -> tuple[Decimal | None, str]:
    """The first rate above 0."""
    return next(((rate, source.value) for rate, source in candidates if rate and rate > 0), (None, ""))


def _price(seconds: int, rate: Decimal | None) -> Decimal | None:
    return None if rate is None else round_cents(seconds * rate / HOUR)


# Words ----------------------------------------------------------------------------------------------------------

COST_SOURCES: Mapping[str, str] = {
    RateSource.ENTRY_COST.value: "",
    RateSource.EMPLOYEE_COST.value: "",
    RateSource.MEMBER_COST.value: "",
    RateSource.ENTRY_BILLABLE.value: "at billable rate",
}
BILLABLE_SOURCES: Mapping[str, str] = {
    RateSource.ENTRY_BILLABLE.value: "",
    RateSource.MEMBER_BILLABLE.value: "",
    RateSource.ENTRY_COST.value: "at cost rate",
    RateSource.EMPLOYEE_COST.value: "at cost rate",
    RateSource.MEMBER_COST.value: "at cost rate",
}


def rate_mark(source: str, *, at_billable: bool) -> str:
    """The mark V9 asks for when a price came from the other chain; '' when it is what the basis says."""
    return (BILLABLE_SOURCES if at_billable else COST_SOURCES).get(source, "")


def rate_words(source: str, *, at_billable: bool) -> str:
    """`at cost rate of the employee`, and `(no billable rate)` behind it where that one was wanted; '' = no rate."""
    if not source:
        return ""
    wanted = f" (no {'billable' if at_billable else 'cost'} rate)"
    return f"at {RateSource(source).label}{wanted if rate_mark(source, at_billable=at_billable) else ''}"
