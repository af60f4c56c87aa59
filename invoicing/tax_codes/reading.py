"""Tax codes and rates as QuickBooks writes them, whatever is missing. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from budgets.reading import Json, read_date, read_decimal, read_list, read_object, read_ref
from invoicing.totals import RateUse, TaxBase


class Side(StrEnum):
    """Which list of a tax code: TaxApplicableOn in QuickBooks' words."""

    SALES = "Sales"
    PURCHASES = "Purchase"

    @property
    def member(self) -> str:
        return f"{self.value}TaxRateList"


def read_rate_uses(code: Json, rates: Mapping[str, Json], side: Side, on: date) -> tuple[RateUse, ...]:
    """How a tax code uses its rates on a day, in the order in which they are applied."""
    details = [detail for detail in _details(code, side) if read_ref(detail, "TaxRateRef") in rates]
    uses = [_read_use(detail, rates[read_ref(detail, "TaxRateRef")], on) for detail in details]
    return tuple(sorted(uses, key=lambda use: use.order))


def rate_ids_of(code: Json, side: Side) -> list[str]:
    return [read_ref(detail, "TaxRateRef") for detail in _details(code, side)]


def percent_on(rate: Json, on: date) -> Decimal:
    """EffectiveTaxRate tells which percentage holds since when; RateValue where it does not say."""
    for period in read_list(rate, "EffectiveTaxRate"):
        start, end = read_date(period.get("EffectiveDate")), read_date(period.get("EndDate"))
        value = read_decimal(period.get("RateValue"))
        if value is not None and (start is None or start <= on) and (end is None or on <= end):
            return value
    return read_decimal(rate.get("RateValue")) or Decimal(0)


def _details(code: Json, side: Side) -> Sequence[Json]:
    return read_list(read_object(code, side.member), "TaxRateDetail")


def _read_use(detail: Json, rate: Json, on: date) -> RateUse:
    kind = detail.get("TaxTypeApplicable")
    on_order = detail.get("TaxOnTaxOrder")
    return RateUse(
        rate_id=read_ref(detail, "TaxRateRef"),
        percent=percent_on(rate, on),
        base=TaxBase(kind) if kind in list(TaxBase) else TaxBase.AMOUNT,
        order=int(read_decimal(detail.get("TaxOrder")) or 0),
        on_order=None if on_order is None else int(read_decimal(on_order) or 0),
    )
