"""Tax of a document: automated sales tax for companies in the US, a tax code on every line elsewhere.

Tax is added up per rate and rounded once per rate, half away from zero; line amounts are net in every mode.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.taxrates import Portion, Rate, portions_of
from integrations.sandbox.validation.lines import CENT, detail_of, round_cents
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change


class RateTax(NamedTuple):
    """What one rate comes to over a whole document."""

    rate: Rate
    net: Decimal
    tax: Decimal


def apply_us_tax(change: Change, document: Document, old: Document | None) -> Decimal:
    """Lines coded TAX are taxed with the company's rates, unless the client gave a total itself."""
    override = _total_given(document, old)
    code = _group_code(change, document)
    portions = []
    if _is_taxable(change, document):
        portions = portions_of(change, code, "SalesTaxRateList", _day(document))
    taxes = _rate_taxes(document, [(line, portions) for line in _lines_coded_tax(document)])
    if override is not None:
        return _write_override(document, code, portions, taxes, override)
    if not any(tax.net for tax in taxes):
        taxes = []
    return _write(document, code if taxes else "", taxes)


def apply_sales_tax(change: Change, document: Document, old: Document | None) -> Decimal:
    return _apply_global_tax(change, document, old, "SalesTaxRateList")


def apply_purchase_tax(change: Change, document: Document, old: Document | None) -> Decimal:
    return _apply_global_tax(change, document, old, "PurchaseTaxRateList")


def _apply_global_tax(change: Change, document: Document, old: Document | None, rate_list: str) -> Decimal:
    mode = document.setdefault("GlobalTaxCalculation", "TaxExcluded")
    override = _total_given(document, old)
    if mode == "NotApplicable":
        if override is not None:
            raise ApiFault("6170", "TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable")
        document.pop("TxnTaxDetail", None)
        return Decimal(0)
    coded = [(line, _portions_of_line(change, document, line, rate_list)) for line in document["Line"]]
    taxes = _rate_taxes(document, coded)
    if mode == "TaxInclusive":
        taxes = _reach_gross(document, coded, taxes)
    total = _write(document, "", taxes)
    if override is not None:
        document["TxnTaxDetail"]["TotalTax"] = total = override
    return total


def _portions_of_line(change: Change, document: Document, line: Document, rate_list: str) -> list[Portion]:
    code = (detail_of(line).get("TaxCodeRef") or {}).get("value", "")
    is_item = line.get("DetailType") != "DiscountLineDetail"
    return portions_of(change, code, rate_list, _day(document)) if code and is_item else []


def _rate_taxes(document: Document, coded: list[tuple[Document, list[Portion]]]) -> list[RateTax]:
    bases: defaultdict[Rate, Decimal] = defaultdict(Decimal)
    for line, portions in coded:
        for rate, part in portions:
            bases[rate] += number(line.get("Amount")) * part
    taxes = []
    for rate, base in bases.items():
        net = _less_discount(document, base)
        taxes.append(RateTax(rate, net, round_cents(rate.of(net))))
    return taxes


def _less_discount(document: Document, amount: Decimal) -> Decimal:
    """A discount lowers everything that is taxed in proportion when tax is applied after it."""
    if not document.get("ApplyTaxAfterDiscount"):
        return round_cents(amount)
    subtotal = discount = Decimal(0)
    for line in document["Line"]:
        if line.get("DetailType") == "DiscountLineDetail":
            discount += number(line.get("Amount"))
        elif line.get("DetailType") != "SubTotalLineDetail":
            subtotal += number(line.get("Amount"))
    return round_cents(amount - amount * discount / subtotal) if subtotal else round_cents(amount)


def _reach_gross(
    document: Document, coded: list[tuple[Document, list[Portion]]], taxes: list[RateTax]
) -> list[RateTax]:
    """The total of a tax-inclusive document is its gross amounts: the largest tax takes the odd cents."""
    owed = Decimal(0)
    for line, portions in coded:
        if portions:
            owed += _fill_gross(line, portions) - number(line["Amount"])
    odd = _less_discount(document, owed) - sum((tax.tax for tax in taxes), Decimal(0))
    if not odd or not taxes:
        return taxes
    sizes = [abs(tax.tax) for tax in taxes]
    largest = sizes.index(max(sizes))
    taxes[largest] = taxes[largest]._replace(tax=taxes[largest].tax + odd)
    return taxes


def _fill_gross(line: Document, portions: list[Portion]) -> Decimal:
    """The gross that the client gave, if Amount is its net to the cent; else the net with its tax."""
    detail, net = detail_of(line), number(line["Amount"])
    whole = 1 + sum((rate.of(part) for rate, part in portions), Decimal(0))
    given = number(detail.get("TaxInclusiveAmt"))
    if not given or abs(given / whole - net) > CENT:
        detail["TaxInclusiveAmt"] = round_cents(net * whole)
    return number(detail["TaxInclusiveAmt"])


def _total_given(document: Document, old: Document | None) -> Decimal | None:
    """TotalTax as the client's own figure; the figure of the stored version is not one."""
    detail = document.get("TxnTaxDetail") or {}
    if detail.get("TotalTax") is None or detail == (old or {}).get("TxnTaxDetail"):
        return None
    return number(detail["TotalTax"])


def _group_code(change: Change, document: Document) -> str:
    given = ((document.get("TxnTaxDetail") or {}).get("TxnTaxCodeRef") or {}).get("value")
    if given and given not in ("TAX", "NON"):
        return str(given)
    prefs = change.books.settings("Preferences").get("TaxPrefs") or {}
    return str((prefs.get("TaxGroupCodeRef") or {}).get("value", "")) if prefs.get("UsingSalesTax") else ""


def _is_taxable(change: Change, document: Document) -> bool:
    customer = change.read("Customer", (document.get("CustomerRef") or {}).get("value", "")) or {}
    return customer.get("Taxable", True) is not False


def _lines_coded_tax(document: Document) -> list[Document]:
    items = [line for line in document["Line"] if line.get("DetailType") == "SalesItemLineDetail"]
    return [line for line in items if (detail_of(line).get("TaxCodeRef") or {}).get("value") == "TAX"]


def _day(document: Document) -> str:
    return str(document.get("TxnDate", ""))[:10]


def _tax_line(tax: RateTax) -> Document:
    return {
        "Amount": tax.tax,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": tax.rate.id},
            "PercentBased": True,
            "TaxPercent": tax.rate.percent,
            "NetAmountTaxable": tax.net,
        },
    }


def _write(document: Document, code: str, taxes: list[RateTax]) -> Decimal:
    total = sum((tax.tax for tax in taxes), Decimal(0))
    detail: Document = {"TotalTax": total}
    if code:
        detail["TxnTaxCodeRef"] = {"value": code}
    if taxes:
        detail["TaxLine"] = [_tax_line(tax) for tax in taxes]
    document["TxnTaxDetail"] = detail
    return total


def _write_override(
    document: Document, code: str, portions: list[Portion], taxes: list[RateTax], override: Decimal
) -> Decimal:
    """The client's own total, spread over the rates in proportion to their percentages."""
    nets = {tax.rate: tax.net for tax in taxes}
    rates = [rate for rate, _ in portions]
    whole = sum((rate.percent for rate in rates), Decimal(0))
    spread = []
    left = override
    for position, rate in enumerate(rates, start=1):
        last = position == len(rates)
        share = left if last or not whole else round_cents(override * rate.percent / whole)
        left -= share
        spread.append(RateTax(rate, nets.get(rate, Decimal(0)), share))
    _write(document, code if spread else "", spread)
    document["TxnTaxDetail"]["TotalTax"] = override
    return override
