"""Markup: profit ÷ cost, of the line, else of its cost code, else of the invoice (R10); to the cent. Pure.

Lines that share a percentage share its rounding: their profit adds up to the percentage of their cost together, so
that it does not matter whether costs are billed one by one or by cost code.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from invoicing.totals import split_shares
from ressio.money import ZERO

HUNDRED = Decimal(100)
PERCENT_STEP = Decimal("0.0001")
LARGEST_PERCENT = Decimal(100_000)


@dataclass(frozen=True)
class MarkedLine:
    """What a line's profit depends on."""

    cost: Decimal
    cost_code_id: int | None = None
    percent: Decimal | None = None
    """The line's own."""
    profit: Decimal | None = None
    """Typed as an amount; it wins."""


@dataclass(frozen=True)
class Profit:
    """Of one line. `percent` is the line's own and None where the invoice or the cost code decides."""

    amount: Decimal
    percent: Decimal | None


def profits_of(
    lines: Sequence[MarkedLine], *, by_code: Mapping[int, Decimal], of_invoice: Decimal | None
) -> list[Profit]:
    """In the order of the lines."""
    profits = [_own_profit(line) for line in lines]
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    percents: dict[tuple[str, int], Decimal] = {}
    for place, line in enumerate(lines):
        if profits[place] is not None:
            continue
        group, percent = _shared_percent(line, by_code, of_invoice)
        groups[group].append(place)
        percents[group] = percent
    for group, places in groups.items():
        shares = [lines[place].cost * percents[group] / HUNDRED for place in places]
        for place, amount in zip(places, split_shares(shares), strict=True):
            profits[place] = Profit(amount, None)
    return [profit for profit in profits if profit is not None]


def percent_of_profit(profit: Decimal, cost: Decimal) -> Decimal | None:
    """The percentage behind a profit that was typed, to four decimals; None where there is none that can be said."""
    if not cost:
        return None
    percent = (profit * HUNDRED / cost).quantize(PERCENT_STEP, rounding=ROUND_HALF_UP)
    return percent if abs(percent) < LARGEST_PERCENT else None


def _own_profit(line: MarkedLine) -> Profit | None:
    if line.profit is not None:
        return Profit(line.profit, percent_of_profit(line.profit, line.cost))
    if line.percent is not None:
        return Profit(split_shares([line.cost * line.percent / HUNDRED])[0], line.percent)
    return None


def _shared_percent(
    line: MarkedLine, by_code: Mapping[int, Decimal], of_invoice: Decimal | None
) -> tuple[tuple[str, int], Decimal]:
    code = line.cost_code_id
    if code is not None and code in by_code:
        return ("code", code), by_code[code]
    return ("invoice", 0), of_invoice or ZERO
