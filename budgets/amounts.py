"""What a cost line is worth to a project: the one definition that totals, lists and issues share.

Bills, purchases and credits: the net amount in home currency, plus the line's tax where the project says that
tax is a cost (V5). Time: the price by the project's labor basis (V9), and 0 where there is none; such hours
are never shown as 0 dollars silently, `Tally.unpriced_seconds` carries them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from budgets.models import Kind
from budgets.verdicts import Rules, Signature
from ressio.money import ZERO, MoneyField


class Sums(NamedTuple):
    """The added-up columns of some lines that share a signature. None = nothing to add."""

    lines: int
    amount: Decimal | None
    tax: Decimal | None
    at_cost: Decimal | None
    at_billable: Decimal | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Some lines added up: how many, dollars, the tax that belongs to them, and time worked."""

    lines: int = 0
    amount: Decimal = ZERO
    tax: Decimal = ZERO
    """Shown beside the amount; part of it only where the project says that tax is a cost."""
    seconds: int = 0
    unpriced_seconds: int = 0
    """Time without a rate: it adds hours and no dollars."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.lines + other.lines,
            self.amount + other.amount,
            self.tax + other.tax,
            self.seconds + other.seconds,
            self.unpriced_seconds + other.unpriced_seconds,
        )

    @property
    def hours(self) -> Decimal:
        return Decimal(self.seconds) / 3600

    @property
    def unpriced_hours(self) -> Decimal:
        return Decimal(self.unpriced_seconds) / 3600


NOTHING = Tally()


def add_up(tallies: Iterable[Tally]) -> Tally:
    """As `sum` does, without a new Tally for each step: a page adds up thousands."""
    lines = seconds = unpriced_seconds = 0
    amount = tax = ZERO
    for tally in tallies:
        lines += tally.lines
        amount += tally.amount
        tax += tally.tax
        seconds += tally.seconds
        unpriced_seconds += tally.unpriced_seconds
    return Tally(lines, amount, tax, seconds, unpriced_seconds)


def tally_of(signature: Signature, sums: Sums, rules: Rules) -> Tally:
    """The worth of all lines of one signature to a project."""
    tax, seconds = sums.tax or ZERO, sums.seconds or 0
    if signature.kind != Kind.TIME:
        amount = (sums.amount or ZERO) + (tax if rules.tax_is_cost else ZERO)
        return Tally(sums.lines, amount, tax)
    is_priced = signature.has_billable_price if rules.is_at_billable else signature.has_cost_price
    price = (sums.at_billable if rules.is_at_billable else sums.at_cost) or ZERO
    return Tally(sums.lines, price, tax, seconds, 0 if is_priced else seconds)


def worth_expression(rules: Rules) -> Case:
    """The same for a single line, in SQL, to order, filter and add up lists by."""
    price: Any = F("amount_at_billable") if rules.is_at_billable else F("amount_at_cost")
    net: Any = F("amount") + F("tax_amount") if rules.tax_is_cost else F("amount")
    nothing = Value(ZERO, output_field=MoneyField())
    return Case(
        When(kind=Kind.TIME, then=Coalesce(price, nothing)),
        default=Coalesce(net, nothing),
        output_field=MoneyField(),
    )
