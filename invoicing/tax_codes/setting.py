"""How a company's invoices are taxed, for `invoicing.totals.predict`, and which codes a line may have (M78)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets.reading import read_ref, read_text
from integrations.models import Connection
from invoicing.tax_codes.mirrored import (
    TaxModel,
    is_active,
    load_document,
    load_tax_lists,
    load_tax_prefs,
    tax_model_of,
)
from invoicing.tax_codes.reading import Side, read_rate_uses
from invoicing.totals import (
    GlobalTax,
    NoTax,
    RateUse,
    TaxMode,
    TaxSetting,
    UnitedStatesTax,
    effective_percent,
)

TAXABLE, NOT_TAXABLE = "TAX", "NON"


@dataclass(frozen=True)
class PickableCode:
    """One entry of a line's pick list. `id` is what the line keeps, and what QuickBooks is told."""

    id: str
    label: str
    percent: Decimal | None
    """All its rates together; None in the US, where it depends on the company or the addresses."""


def tax_setting_of(connection: Connection, *, on: date, customer: str = "") -> TaxSetting:
    """As QuickBooks has it by the last sync. `customer` is a QuickBooks id: in the US it may not be taxable.

    Before the first sync nothing is known, and nothing is taxed. Three queries at most.
    """
    prefs = load_tax_prefs(connection)
    model = tax_model_of(connection, prefs)
    if prefs is None or model in (TaxModel.UNKNOWN, TaxModel.NONE):
        return NoTax()
    lists = load_tax_lists(connection)
    if model == TaxModel.CODES:
        return GlobalTax(
            {key: read_rate_uses(code, lists.rates, Side.SALES, on) for key, code in lists.codes.items()}
        )
    group = read_ref(prefs, "TaxGroupCodeRef")
    rates: tuple[RateUse, ...] = read_rate_uses(lists.codes.get(group, {}), lists.rates, Side.SALES, on)
    is_automated = model == TaxModel.US_AUTOMATED
    is_free = bool(customer) and load_document(connection, "Customer", customer).get("Taxable") is False
    return UnitedStatesTax(rates, is_automated, not is_free, "" if is_automated else group)


def pickable_codes(connection: Connection, *, on: date) -> list[PickableCode]:
    """What a new line may be given. Lines keep an inactive code that they have."""
    model = tax_model_of(connection, load_tax_prefs(connection))
    if model in (TaxModel.US_AUTOMATED, TaxModel.US_GROUPS):
        return [PickableCode(TAXABLE, "Taxable", None), PickableCode(NOT_TAXABLE, "Not taxable", None)]
    if model != TaxModel.CODES:
        return []
    lists = load_tax_lists(connection)
    codes = []
    for key, code in lists.codes.items():
        uses = read_rate_uses(code, lists.rates, Side.SALES, on)
        if uses and is_active(code) and code.get("Hidden") is not True:
            codes.append(PickableCode(key, read_text(code.get("Name")) or key, effective_percent(uses)))
    return sorted(codes, key=lambda code: code.label.casefold())


def tax_modes_of(setting: TaxSetting) -> list[TaxMode]:
    """Among which a person chooses; one means there is nothing to choose."""
    if isinstance(setting, GlobalTax):
        return [TaxMode.EXCLUDED, TaxMode.INCLUSIVE, TaxMode.NOT_APPLICABLE]
    return [TaxMode.NOT_APPLICABLE] if isinstance(setting, NoTax) else [TaxMode.EXCLUDED]
