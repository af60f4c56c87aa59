"""Markup and the profit it makes, to the cent (R10). Pure.

Markup is profit ÷ cost; margin is profit ÷ price and is only shown. Every split adds up to its whole exactly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ressio.money import CENT, ZERO, round_cents

HUNDRED = Decimal(100)
FEWEST_PLACES, MOST_PLACES = 2, 10


@dataclass(frozen=True)
class Markup:
    """Profit as a percentage of cost, or as an amount for all lines together."""

    name: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    is_on_top: bool = False
    """A percentage of cost and the markups before it, not of cost alone."""


@dataclass(frozen=True)
class CostFigure:
    key: str
    cost: Decimal


class ProfitPlace(StrEnum):
    WITHIN = "within"
    """The client sees one price a line."""
    APART = "apart"
    """Lines are at cost; each markup is a line of its own, under the Profit code (M73)."""


@dataclass(frozen=True)
class PricedLine:
    key: str
    cost: Decimal
    profit: Decimal
    """This line's part of the profit, wherever it is shown."""
    amount: Decimal
    """What the invoice line says."""


@dataclass(frozen=True)
class ProfitLine:
    name: str
    amount: Decimal


@dataclass(frozen=True)
class PricedLines:
    lines: tuple[PricedLine, ...]
    profit_lines: tuple[ProfitLine, ...]
    """Empty where profit is within the lines."""
    cost: Decimal
    profit: Decimal

    @property
    def total(self) -> Decimal:
        return self.cost + self.profit


def price_lines(
    costs: Sequence[CostFigure], markups: Sequence[Markup], *, place: ProfitPlace = ProfitPlace.WITHIN
) -> PricedLines:
    """Lines at their price. The invoice's total is the same wherever the profit stands."""
    amounts = [round_cents(each.cost) for each in costs]
    split = split_markup(amounts, markups)
    profits = [sum(parts, ZERO) for parts in zip(*split, strict=True)] if split else [ZERO] * len(amounts)
    is_within = place == ProfitPlace.WITHIN
    lines = tuple(
        PricedLine(each.key, cost, profit, cost + profit if is_within else cost)
        for each, cost, profit in zip(costs, amounts, profits, strict=True)
    )
    apart = (ProfitLine(each.name, sum(parts, ZERO)) for each, parts in zip(markups, split, strict=True))
    return PricedLines(
        lines=lines,
        profit_lines=() if is_within else tuple(line for line in apart if line.amount),
        cost=sum(amounts, ZERO),
        profit=sum(profits, ZERO),
    )


def split_markup(costs: Sequence[Decimal], markups: Sequence[Markup]) -> list[list[Decimal]]:
    """Each markup's profit by line, in cents: `[markup][line]`. A markup's parts add up to its own whole."""
    split: list[list[Decimal]] = []
    so_far = list(costs)
    for markup in markups:
        base = so_far if markup.is_on_top else costs
        parts = split_shares(_shares(markup, base))
        so_far = [before + part for before, part in zip(so_far, parts, strict=True)]
        split.append(parts)
    return split


def _shares(markup: Markup, base: Sequence[Decimal]) -> list[Decimal]:
    if markup.percent is not None:
        return [cost * markup.percent / HUNDRED for cost in base]
    amount = round_cents(markup.amount or ZERO)
    weights = _weights(base)
    whole = sum(weights)
    return [amount * weight / whole for weight in weights]


def _weights(base: Sequence[Decimal]) -> Sequence[Decimal]:
    """An amount goes by cost; where the costs cancel out by their size; where there are none, equally."""
    if sum(base):
        return base
    return [abs(cost) for cost in base] if any(base) else [Decimal(1)] * len(base)


def split_shares(shares: Sequence[Decimal]) -> list[Decimal]:
    """Round shares to cents so that they add up to their rounded sum; the largest remainders get the odd cents."""
    cents = [share / CENT for share in shares]
    whole = int(round_cents(sum(shares, ZERO)) / CENT)
    parts = [math.floor(share) for share in cents]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - cents[i], i))
    for index in by_remainder[: whole - sum(parts)]:
        parts[index] += 1
    return [Decimal(part) * CENT for part in parts]


def percent_of_profit(profit: Decimal, cost: Decimal) -> Decimal | None:
    """The markup behind a profit that somebody typed: the shortest percentage that gives it back to the cent.

    Between 2 and `MOST_PLACES` decimals; None without a cost.
    """
    if not cost:
        return None
    for places in range(FEWEST_PLACES, MOST_PLACES + 1):
        percent = round(profit * HUNDRED / cost, places)
        if round_cents(cost * percent / HUNDRED) == profit:
            break
    return percent


def margin_of(profit: Decimal, price: Decimal) -> Decimal | None:
    """Profit ÷ price in percent, to two decimals; None without a price."""
    return round_cents(profit * HUNDRED / price) if price else None
