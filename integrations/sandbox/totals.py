"""What the books say each customer's projects cost: the yardstick of the product's property tests.

Written from the verdict rules V1 to V8 alone. Nothing here may be shared with the product.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from integrations.sandbox.books import Books
from integrations.sandbox.wire import Document, number

CENT = Decimal("0.01")
DAY_SECONDS = 24 * 3600
COST_DETAILS = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")


def totals(books: Books) -> dict[str, Any]:
    """Money by customer id as text with two decimals; time apart, as hours, seconds and money at cost."""
    projects = {customer["Id"] for customer in books.all("Customer") if customer.get("IsProject")}
    money: defaultdict[str, Decimal] = defaultdict(Decimal)
    lines: Counter[str] = Counter()
    for customer_id, amount in _cost_lines(books, projects):
        money[customer_id] += amount
        lines[customer_id] += 1
    seconds, at_cost = _times(books, projects)
    return {
        "customers": {key: str(amount.quantize(CENT)) for key, amount in sorted(money.items())},
        "lines": dict(lines),
        "hours": {key: _hours_text(value) for key, value in sorted(seconds.items())},
        "seconds": dict(sorted(seconds.items())),
        "time_at_cost": {key: str(amount.quantize(CENT)) for key, amount in sorted(at_cost.items())},
    }


def _cost_lines(books: Books, projects: set[str]) -> Iterator[tuple[str, Decimal]]:
    """(customer id, signed home amount) of every line that touches a customer. V1, V2, V4, V5, V6."""
    for entity in ("Bill", "Purchase", "VendorCredit"):
        for document in books.all(entity):
            sign = -1 if entity == "VendorCredit" or document.get("Credit") is True else 1
            rate = number(document.get("ExchangeRate") or 1)
            for line in document.get("Line", []):
                customer_id = _customer_of(line, projects)
                if customer_id:
                    amount = (number(line.get("Amount")) * rate).quantize(CENT, ROUND_HALF_UP)
                    yield customer_id, sign * amount


def _customer_of(line: Document, projects: set[str]) -> str | None:
    """V2: a ProjectRef that is the id of a project's customer row wins over CustomerRef."""
    detail: Document = {}
    for name in COST_DETAILS:
        if line.get("DetailType") == name:
            detail = line.get(name) or {}
    if not detail:
        return None
    return _project_or_customer(line.get("ProjectRef"), detail.get("CustomerRef"), projects)


def _project_or_customer(
    project: Document | None, customer: Document | None, projects: set[str]
) -> str | None:
    project_id = str((project or {}).get("value", ""))
    if project_id in projects:
        return project_id
    customer_id = str((customer or {}).get("value", ""))
    return customer_id or None


def _times(books: Books, projects: set[str]) -> tuple[dict[str, int], dict[str, Decimal]]:
    rates = _people_rates(books)
    seconds: defaultdict[str, int] = defaultdict(int)
    at_cost: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in books.all("TimeActivity"):
        customer_id = _project_or_customer(entry.get("ProjectRef"), entry.get("CustomerRef"), projects)
        if customer_id:
            worked = worked_seconds(entry)
            seconds[customer_id] += worked
            at_cost[customer_id] += _round(Fraction(worked, 3600) * Fraction(_cost_rate(entry, rates)))
    return dict(seconds), dict(at_cost)


def _people_rates(books: Books) -> dict[tuple[str, str], Decimal]:
    people = [(entity, person) for entity in ("Employee", "Vendor") for person in books.all(entity)]
    return {(entity, person["Id"]): number(person.get("CostRate")) for entity, person in people}


def _cost_rate(entry: Document, rates: dict[tuple[str, str], Decimal]) -> Decimal:
    """The entry's own cost rate when above zero, else that of the employee or vendor."""
    own = number(entry.get("CostRate"))
    if own > 0:
        return own
    kind = str(entry.get("NameOf"))
    person = (entry.get(f"{kind}Ref") or {}).get("value", "")
    return rates.get((kind, person), Decimal(0))


def worked_seconds(entry: Document) -> int:
    """V8: the duration given, else end minus start minus break by the clock faces, across midnight if needed."""
    if any(entry.get(name) is not None for name in ("Hours", "Minutes", "Seconds")):
        return _as_seconds(entry, "Hours", "Minutes", "Seconds")
    if not (entry.get("StartTime") and entry.get("EndTime")):
        return 0
    span = _face(entry["EndTime"]) - _face(entry["StartTime"])
    if span <= 0:
        span += DAY_SECONDS
    return span - _as_seconds(entry, "BreakHours", "BreakMinutes", "BreakSeconds")


def _face(text: str) -> int:
    """Seconds after midnight on the clock face of a time, whatever its day and offset."""
    hours, minutes, seconds = text.split("T")[-1][:8].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _as_seconds(entry: Document, hours: str, minutes: str, seconds: str) -> int:
    return (
        int(entry.get(hours) or 0) * 3600 + int(entry.get(minutes) or 0) * 60 + int(entry.get(seconds) or 0)
    )


def _round(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(CENT, ROUND_HALF_UP)


def _hours_text(seconds: int) -> str:
    return str(_round(Fraction(seconds, 3600)))
