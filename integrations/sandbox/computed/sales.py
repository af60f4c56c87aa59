"""Server-computed fields of invoices, credit memos and estimates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox import tax
from integrations.sandbox.computed.common import (
    assign_line_ids,
    default_date,
    default_due_date,
    fill_currency,
    in_home_currency,
    is_foreign,
    is_us,
    keep_server_links,
    line_total,
    preferences,
)
from integrations.sandbox.validation.lines import detail_of, round_cents
from integrations.sandbox.validation.references import reference_to
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change


def complete_invoice(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_sale(change, entity, document, old, links=("Estimate", "TimeActivity", "ReimburseCharge"))
    default_due_date(change, document)
    document.setdefault("Deposit", 0)
    for name in ("AllowIPNPayment", "AllowOnlinePayment"):
        document.setdefault(name, False)
    for name in ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
        document.setdefault(name, False)
    _move_invoice_balance(document, old)
    if is_foreign(change, document):
        document["HomeTotalAmt"] = in_home_currency(document, number(document["TotalAmt"]))
        document["HomeBalance"] = in_home_currency(document, number(document["Balance"]))


def complete_credit_memo(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_sale(change, entity, document, old, links=())
    applied = number((old or {}).get("TotalAmt")) - number((old or {}).get("RemainingCredit"))
    document["RemainingCredit"] = number(document["TotalAmt"]) - applied
    document["Balance"] = document["RemainingCredit"]


def complete_estimate(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_sale(change, entity, document, old, links=("Invoice",))
    document.setdefault("TxnStatus", "Pending")


def _complete_sale(
    change: Change, entity: str, document: Document, old: Document | None, *, links: tuple[str, ...]
) -> None:
    default_date(change, document)
    fill_currency(change, document)
    keep_server_links(document, old, links)
    _fill_from_customer(change, document)
    _number(change, entity, document)
    document["Line"] = [line for line in document["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    assign_line_ids(document, old, numbered=True)
    for line in document["Line"]:
        _complete_line(change, document, line)
    add_up(change, document, old)
    document.setdefault("ApplyTaxAfterDiscount", False)
    document.setdefault("EmailStatus", "NotSet")
    document.setdefault("PrintStatus", "NeedToPrint")
    document.setdefault("CustomField", [])


def add_up(change: Change, document: Document, old: Document | None) -> None:
    """Subtotal, discounts, tax and total of a sale whose lines are complete."""
    _add_subtotal(document)
    _fill_discounts(document)
    apply_tax = tax.apply_us_tax if is_us(change) else tax.apply_sales_tax
    document["TotalAmt"] = line_total(document) + apply_tax(change, document, old)


def _move_invoice_balance(document: Document, old: Document | None) -> None:
    """Open amount: total less deposit, less what payments and credits have applied so far."""
    paid = Decimal(0)
    if old:
        paid = number(old.get("TotalAmt")) - number(old.get("Deposit")) - number(old.get("Balance"))
    document["Balance"] = number(document["TotalAmt"]) - number(document["Deposit"]) - paid


def _fill_from_customer(change: Change, document: Document) -> None:
    customer = change.read("Customer", document["CustomerRef"]["value"]) or {}
    for name in ("BillAddr", "ShipAddr"):
        if name not in document and customer.get(name):
            document[name] = dict(customer[name])
    if "BillEmail" not in document and customer.get("PrimaryEmailAddr"):
        document["BillEmail"] = dict(customer["PrimaryEmailAddr"])
    if "SalesTermRef" not in document and customer.get("SalesTermRef"):
        document["SalesTermRef"] = dict(customer["SalesTermRef"])


def _number(change: Change, entity: str, document: Document) -> None:
    """The server numbers sales forms itself unless the company uses its own numbers."""
    if not document.get("DocNumber") and not preferences(change, "SalesFormsPrefs").get("CustomTxnNumbers"):
        document["DocNumber"] = change.books.numbers.next_number(entity)


def _complete_line(change: Change, document: Document, line: Document) -> None:
    if line["DetailType"] != "SalesItemLineDetail":
        return
    detail = line.setdefault("SalesItemLineDetail", {})
    item = _item_of(change, detail)
    if item is None:
        return
    detail.setdefault("ItemRef", reference_to(item))
    if item.get("IncomeAccountRef"):
        detail["ItemAccountRef"] = dict(item["IncomeAccountRef"])
    if is_us(change):
        detail.setdefault("TaxCodeRef", {"value": "TAX" if item.get("Taxable") else "NON"})


def _item_of(change: Change, detail: Document) -> Document | None:
    """The line's item, else the company's first service item."""
    if detail.get("ItemRef"):
        return change.read("Item", detail["ItemRef"]["value"])
    for item in change.books.all("Item"):
        if item.get("Type") == "Service" and item.get("Active", True):
            return item
    return None


def _add_subtotal(document: Document) -> None:
    """A subtotal stands after the last item line, before a discount; it has neither Id nor LineNum."""
    lines = document["Line"]
    items = [line for line in lines if line["DetailType"] != "DiscountLineDetail"]
    discounts = [line for line in lines if line["DetailType"] == "DiscountLineDetail"]
    amount = sum((number(line.get("Amount")) for line in items), Decimal(0))
    subtotal = {"Amount": round_cents(amount), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    document["Line"] = [*items, subtotal, *discounts]


def _fill_discounts(document: Document) -> None:
    """A discount in percent is of the subtotal; its Amount is positive and subtracts."""
    subtotal = next(line for line in document["Line"] if line["DetailType"] == "SubTotalLineDetail")
    for line in document["Line"]:
        detail = detail_of(line)
        if line["DetailType"] == "DiscountLineDetail" and detail.get("PercentBased"):
            share = number(detail.get("DiscountPercent")) / 100
            line["Amount"] = round_cents(number(subtotal["Amount"]) * share)
