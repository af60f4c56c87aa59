"""Tax of a document: automated sales tax for companies in the US, a tax code on every line elsewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.validation.lines import detail_of, round_cents
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change


@dataclass(frozen=True)
class Rate:
    id: str
    percent: Decimal

    def tax_on(self, net: Decimal) -> Decimal:
        return net * self.percent / 100


def apply_us_tax(change: Change, document: Document, old: Document | None) -> Decimal:
    """Lines coded TAX are taxed with the company's rates, unless the client gave a total itself."""
    override = _total_given(document, old)
    code = _group_code(change, document)
    rates = rates_of(change, code, "SalesTaxRateList") if _is_taxable(change, document) else []
    net = _taxable_net(document)
    if override is not None:
        return _write_override(document, code, rates, net, override)
    lines = [_tax_line(rate, net, round_cents(rate.tax_on(net))) for rate in rates] if net else []
    return _write(document, code if lines else "", lines)


def apply_sales_tax(change: Change, document: Document, old: Document | None) -> Decimal:
    return _apply_global_tax(change, document, old, "SalesTaxRateList")


def apply_purchase_tax(change: Change, document: Document, old: Document | None) -> Decimal:
    return _apply_global_tax(change, document, old, "PurchaseTaxRateList")


def rates_of(change: Change, code_id: str, rate_list: str) -> list[Rate]:
    """The rates of a tax code; TAX and NON have none of their own."""
    code = change.read("TaxCode", code_id) or {}
    details = (code.get(rate_list) or {}).get("TaxRateDetail", [])
    ids = [detail["TaxRateRef"]["value"] for detail in details]
    rates = [change.read("TaxRate", rate_id) for rate_id in ids]
    return [Rate(rate["Id"], number(rate.get("RateValue"))) for rate in rates if rate]


def _apply_global_tax(change: Change, document: Document, old: Document | None, rate_list: str) -> Decimal:
    """Tax is added up per rate and rounded once per rate. Line amounts are net in every mode."""
    mode = document.setdefault("GlobalTaxCalculation", "TaxExcluded")
    override = _total_given(document, old)
    if mode == "NotApplicable":
        if override is not None:
            raise ApiFault("6170", "TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable")
        document.pop("TxnTaxDetail", None)
        return Decimal(0)
    nets: defaultdict[Rate, Decimal] = defaultdict(Decimal)
    for line in document["Line"]:
        for rate in _rates_of_line(change, line, rate_list):
            nets[rate] += number(line.get("Amount"))
        if mode == "TaxInclusive":
            _fill_gross(change, line, rate_list)
    lines = [_tax_line(rate, net, round_cents(rate.tax_on(net))) for rate, net in nets.items()]
    total = _write(document, "", lines)
    if override is not None:
        document["TxnTaxDetail"]["TotalTax"] = total = override
    return total


def _rates_of_line(change: Change, line: Document, rate_list: str) -> list[Rate]:
    code = (detail_of(line).get("TaxCodeRef") or {}).get("value", "")
    return rates_of(change, code, rate_list) if code else []


def _fill_gross(change: Change, line: Document, rate_list: str) -> None:
    net = number(line.get("Amount"))
    tax = sum((rate.tax_on(net) for rate in _rates_of_line(change, line, rate_list)), Decimal(0))
    if detail_of(line):
        detail_of(line).setdefault("TaxInclusiveAmt", round_cents(net + tax))


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


def _taxable_net(document: Document) -> Decimal:
    """Sum of the TAX lines; a discount lowers it in proportion when tax is applied after it."""
    items = [line for line in document["Line"] if line.get("DetailType") == "SalesItemLineDetail"]
    taxed = [line for line in items if (detail_of(line).get("TaxCodeRef") or {}).get("value") == "TAX"]
    net = sum((number(line.get("Amount")) for line in taxed), Decimal(0))
    subtotal = sum((number(line.get("Amount")) for line in items), Decimal(0))
    discounts = [line for line in document["Line"] if line.get("DetailType") == "DiscountLineDetail"]
    discount = sum((number(line.get("Amount")) for line in discounts), Decimal(0))
    if document.get("ApplyTaxAfterDiscount") and discount and subtotal:
        net -= net * discount / subtotal
    return round_cents(net)


def _tax_line(rate: Rate, net: Decimal, amount: Decimal) -> Document:
    return {
        "Amount": amount,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate.id},
            "PercentBased": True,
            "TaxPercent": rate.percent,
            "NetAmountTaxable": round_cents(net),
        },
    }


def _write(document: Document, code: str, lines: list[Document]) -> Decimal:
    total = sum((number(line["Amount"]) for line in lines), Decimal(0))
    detail: Document = {"TotalTax": total}
    if code:
        detail["TxnTaxCodeRef"] = {"value": code}
    if lines:
        detail["TaxLine"] = lines
    document["TxnTaxDetail"] = detail
    return total


def _write_override(
    document: Document, code: str, rates: list[Rate], net: Decimal, override: Decimal
) -> Decimal:
    """The client's own total, spread over the rates in proportion to their percentages."""
    whole = sum((rate.percent for rate in rates), Decimal(0))
    lines = []
    left = override
    for position, rate in enumerate(rates, start=1):
        last = position == len(rates)
        share = left if last or not whole else round_cents(override * rate.percent / whole)
        left -= share
        lines.append(_tax_line(rate, net, share))
    _write(document, code if lines else "", lines)
    document["TxnTaxDetail"]["TotalTax"] = override
    return override
