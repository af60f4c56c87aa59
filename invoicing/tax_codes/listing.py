"""QuickBooks' tax codes with their rates and agencies, as pages and programs show them (M78, M79)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets.reading import Json, read_ref, read_text
from integrations.models import Connection
from invoicing.tax_codes.mirrored import TaxLists, is_active, load_tax_lists
from invoicing.tax_codes.reading import Side, read_rate_uses
from invoicing.tax_codes.usage import usage_counts
from invoicing.totals import TaxBase, effective_percent

PERCENT_PLACES = 5
BASES = {
    TaxBase.AMOUNT: "",
    TaxBase.AMOUNT_PLUS_TAX: "of the amount with the taxes before it",
    TaxBase.TAX: "of the taxes before it",
}


def write_percent(percent: Decimal) -> str:
    """`6.25 %`, at most five decimals."""
    return f"{format(round(percent, PERCENT_PLACES).normalize(), 'f')} %"


@dataclass(frozen=True)
class RateView:
    id: str
    name: str
    percent: Decimal
    """On the day that was asked for."""
    agency: str
    base: str
    """In words, for compound rates; else empty."""

    @property
    def percent_text(self) -> str:
        return write_percent(self.percent)


@dataclass(frozen=True)
class TaxCodeView:
    id: str
    name: str
    description: str
    is_active: bool
    is_taxable: bool
    sales_rates: tuple[RateView, ...]
    purchase_rates: tuple[RateView, ...]
    sales_percent: Decimal | None
    """All its sales rates together, compound ones as they work out; None without any."""
    used_on: int
    """Invoices here whose lines have it."""

    @property
    def sales_percent_text(self) -> str:
        return "" if self.sales_percent is None else write_percent(self.sales_percent)


def tax_codes_of(connection: Connection, *, on: date, search: str = "") -> list[TaxCodeView]:
    """Active ones first, by name. `search` is a part of the name, the description, a rate or an agency."""
    lists, used = load_tax_lists(connection), usage_counts(connection)
    views = [_view(key, code, lists, used, on) for key, code in lists.codes.items()]
    words = search.casefold().split()
    found = [view for view in views if all(word in _words_of(view) for word in words)]
    return sorted(found, key=lambda view: (not view.is_active, view.name.casefold(), view.id))


def _view(key: str, code: Json, lists: TaxLists, used: Mapping[str, int], on: date) -> TaxCodeView:
    name = read_text(code.get("Name")) or key
    description = read_text(code.get("Description"))
    uses = read_rate_uses(code, lists.rates, Side.SALES, on)
    return TaxCodeView(
        id=key,
        name=name,
        description="" if description == name else description,
        is_active=is_active(code),
        is_taxable=code.get("Taxable") is not False,
        sales_rates=_rates(code, lists, Side.SALES, on),
        purchase_rates=_rates(code, lists, Side.PURCHASES, on),
        sales_percent=effective_percent(uses) if uses else None,
        used_on=used.get(key, 0),
    )


def _rates(code: Json, lists: TaxLists, side: Side, on: date) -> tuple[RateView, ...]:
    return tuple(
        RateView(
            id=use.rate_id,
            name=read_text(lists.rates[use.rate_id].get("Name")) or use.rate_id,
            percent=use.percent,
            agency=agency_name(lists, lists.rates[use.rate_id]),
            base=BASES[use.base],
        )
        for use in read_rate_uses(code, lists.rates, side, on)
    )


def agency_name(lists: TaxLists, rate: Json) -> str:
    agency = lists.agencies.get(read_ref(rate, "AgencyRef"), {})
    return read_text(agency.get("DisplayName"))


def _words_of(view: TaxCodeView) -> str:
    rates = (*view.sales_rates, *view.purchase_rates)
    parts = [view.name, view.description, *(f"{rate.name} {rate.agency}" for rate in rates)]
    return " ".join(parts).casefold()
