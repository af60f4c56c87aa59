"""Rules for the lines of expenses, sales forms and journal entries."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault, business, missing
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

CENT = Decimal("0.01")
EXPENSE_DETAILS = {"AccountBasedExpenseLineDetail": "AccountRef", "ItemBasedExpenseLineDetail": "ItemRef"}
SALES_DETAILS = (
    "SalesItemLineDetail",
    "SubTotalLineDetail",
    "DiscountLineDetail",
    "DescriptionOnly",
    "GroupLineDetail",
)
US_TAX_CODES = ("TAX", "NON")


def detail_of(line: Document) -> Document:
    """The object that the line's DetailType names; empty when there is none."""
    detail = line.get(line.get("DetailType", ""))
    return detail if isinstance(detail, dict) else {}


def round_cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def require_expense_lines(document: Document) -> None:
    for line in document["Line"]:
        kind = _require_kind(line)
        if kind not in EXPENSE_DETAILS:
            raise ApiFault("2170", f"Invalid Enumeration : {kind}", element="Line.DetailType")
        if line.get("Amount") is None:
            raise missing("Line.Amount")
        if not detail_of(line).get(EXPENSE_DETAILS[kind], {}).get("value"):
            raise ApiFault("6440", f"Transaction Detail Information Required : {EXPENSE_DETAILS[kind]}")


def require_sales_lines(document: Document) -> None:
    for line in document["Line"]:
        kind = _require_kind(line)
        if kind not in SALES_DETAILS:
            raise ApiFault("2170", f"Invalid Enumeration : {kind}", element="Line.DetailType")
        needs_amount = kind == "SalesItemLineDetail" or (
            kind == "DiscountLineDetail" and not detail_of(line).get("PercentBased")
        )
        if needs_amount and line.get("Amount") is None:
            raise missing("Line.Amount")


def require_journal_lines(document: Document) -> None:
    balance = Decimal(0)
    for line in document["Line"]:
        if line.get("DetailType") == "DescriptionOnly":
            continue
        detail = detail_of(line)
        if not detail.get("PostingType"):
            raise ApiFault(
                "2260", "PostingType is required", element="Line.JournalEntryLineDetail.PostingType"
            )
        if not detail.get("AccountRef"):
            raise missing("Line.JournalEntryLineDetail.AccountRef")
        sign = 1 if detail["PostingType"] == "Debit" else -1
        balance += sign * number(line.get("Amount"))
    if balance != 0:
        raise ApiFault("2300", "Amount on debits not equal to credits")


def _require_kind(line: Document) -> str:
    kind = line.get("DetailType")
    if not kind:
        raise missing("Line.DetailType")
    return str(kind)


def check_expense_lines(change: Change, entity: str, document: Document, old: Document | None) -> None:
    before = {line.get("Id"): line for line in (old or {}).get("Line", [])}
    for line in document["Line"]:
        check_product(line)
        _check_category(change, line)
        _check_billable(line, before.get(line.get("Id")))
        check_tax_code(change, line)
    kept = {line.get("Id") for line in document["Line"]}
    for line_id, line in before.items():
        if line_id not in kept and _is_billed(line):
            raise ApiFault("6400", "Deleting linkedPurchase results in invalid Invoice")


def _check_billable(line: Document, before: Document | None) -> None:
    """HasBeenBilled is the server's to set; a billed line keeps its state, amount and customer."""
    detail = detail_of(line)
    was_billed = before is not None and _is_billed(before)
    if detail.get("BillableStatus") == "HasBeenBilled" and not was_billed:
        raise ApiFault("2170", "Invalid Enumeration : HAS_BEEN_BILLED")
    if detail.get("BillableStatus") == "Billable" and not detail.get("CustomerRef"):
        raise business("When you check Billable, you need to specify a customer.")
    if was_billed and before is not None and _billed_facts(line) != _billed_facts(before):
        raise business("This expense was billed to a customer; change the invoice first.")


def _billed_facts(line: Document) -> tuple[object, ...]:
    detail = detail_of(line)
    customer = (detail.get("CustomerRef") or {}).get("value")
    return number(line.get("Amount")), customer, detail.get("BillableStatus")


def _is_billed(line: Document) -> bool:
    return detail_of(line).get("BillableStatus") == "HasBeenBilled"


def has_billed_line(document: Document) -> bool:
    return any(_is_billed(line) for line in document.get("Line", []))


def check_sales_lines(change: Change, document: Document) -> None:
    for line in document["Line"]:
        check_product(line)
        _check_category(change, line)
        check_tax_code(change, line)
    if number(document.get("TotalAmt")) < 0:
        raise business("Transaction amount must be 0 or greater.")


def check_product(line: Document) -> None:
    """6070: with both quantity and price, Amount must be their product, half up to the cent.

    Two zeros are as good as neither: python-quickbooks sends them with every line, and Intuit takes them.
    """
    detail = detail_of(line)
    if detail.get("Qty") is None or detail.get("UnitPrice") is None or line.get("Amount") is None:
        return
    quantity, price = number(detail["Qty"]), number(detail["UnitPrice"])
    product = quantity * price
    if not quantity and not price:
        return
    if round_cents(product) != round_cents(number(line["Amount"])):
        raise ApiFault("6070", f"Amount is not equal to UnitPrice * Qty. Supplied value:{line['Amount']}")


def _check_category(change: Change, line: Document) -> None:
    ref = detail_of(line).get("ItemRef")
    item = change.read("Item", ref["value"]) if ref else None
    if item and item.get("Type") == "Category":
        raise business("Categories cannot be used on a transaction line.")


def check_tax_code(change: Change, line: Document) -> None:
    """6100: a company in the US knows only TAX and NON on its lines."""
    code = (detail_of(line).get("TaxCodeRef") or {}).get("value")
    country = change.books.settings("CompanyInfo").get("Country", "US")
    if code and country == "US" and code not in US_TAX_CODES:
        raise ApiFault("6100", f"Invalid Line TaxCode : {code}")
