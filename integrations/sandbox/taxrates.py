"""The rates of a tax code: what each is taken of, and which percentage holds on a day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change


class Rate(NamedTuple):
    id: str
    percent: Decimal

    def of(self, base: Decimal) -> Decimal:
        return base * self.percent / 100


class Portion(NamedTuple):
    """A rate of a code with the part of a line's net amount that it is taken of."""

    rate: Rate
    part: Decimal


def portions_of(change: Change, code_id: str, rate_list: str, day: str) -> list[Portion]:
    """The rates of a tax code one after another. TAX and NON have none of their own.

    TaxOnAmount is taken of the amount; TaxOnTax of the taxes before it; TaxOnAmountPlusTax of both.
    TaxOnTaxOrder names which of the taxes before it; all of them when it is absent.
    """
    code = change.read("TaxCode", code_id) or {}
    details = (code.get(rate_list) or {}).get("TaxRateDetail", [])
    portions: list[Portion] = []
    taxes: list[tuple[int, Decimal]] = []
    for detail in sorted(details, key=_order):
        document = change.read("TaxRate", detail["TaxRateRef"]["value"])
        if document:
            portion = Portion(Rate(document["Id"], percent_on(document, day)), _part(detail, taxes))
            portions.append(portion)
            taxes.append((_order(detail), portion.rate.of(portion.part)))
    return portions


def percent_on(rate: Document, day: str) -> Decimal:
    """EffectiveTaxRate says since when and until when a percentage holds; RateValue where it says nothing."""
    for period in rate.get("EffectiveTaxRate") or []:
        start, end = str(period.get("EffectiveDate", "")), str(period.get("EndDate") or "9999")
        if start[:10] <= day <= end[:10]:
            return number(period.get("RateValue"))
    return number(rate.get("RateValue"))


def _order(detail: Document) -> int:
    return int(detail.get("TaxOrder") or 0)


def _part(detail: Document, taxes: list[tuple[int, Decimal]]) -> Decimal:
    kind = detail.get("TaxTypeApplicable", "TaxOnAmount")
    if kind == "TaxOnAmount":
        return Decimal(1)
    wanted = detail.get("TaxOnTaxOrder")
    before = sum((tax for order, tax in taxes if wanted is None or order == int(wanted)), Decimal(0))
    return before if kind == "TaxOnTax" else 1 + before
