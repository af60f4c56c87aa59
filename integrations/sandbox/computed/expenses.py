"""Server-computed fields of bills, purchases, vendor credits, purchase orders and journal entries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox import tax
from integrations.sandbox.computed.common import (
    assign_line_ids,
    default_account,
    default_date,
    default_due_date,
    fill_currency,
    in_home_currency,
    is_foreign,
    is_us,
    keep_server_links,
    line_total,
)
from integrations.sandbox.validation.lines import detail_of
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

# The form a Purchase was entered on, as the server tells it in PurchaseEx.
FORM_CHECK, FORM_CARD_CREDIT, FORM_EXPENSE = "3", "11", "54"


def complete_bill(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_expense(change, document, old, links=("PurchaseOrder",))
    default_account(change, document, "APAccountRef", "Accounts Payable", "AccountsPayable")
    default_due_date(change, document)
    move_balance(document, old)
    if is_foreign(change, document):
        document["HomeBalance"] = in_home_currency(document, number(document["Balance"]))


def complete_vendor_credit(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_expense(change, document, old, links=())
    default_account(change, document, "APAccountRef", "Accounts Payable", "AccountsPayable")
    move_balance(document, old)


def complete_purchase(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_expense(change, document, old, links=())
    if document["PaymentType"] == "CreditCard":
        document["Credit"] = document.get("Credit") is True
    else:
        document.pop("Credit", None)
    if document["PaymentType"] == "Check":
        document.setdefault("PrintStatus", "NeedToPrint")
    document.setdefault("CustomField", [])
    document["PurchaseEx"] = {"any": [name_value("TxnType", _form_of(document))]}


def complete_purchase_order(change: Change, entity: str, document: Document, old: Document | None) -> None:
    default_date(change, document)
    fill_currency(change, document)
    assign_line_ids(document, old, numbered=True)
    default_account(change, document, "APAccountRef", "Accounts Payable", "AccountsPayable")
    document.setdefault("POStatus", "Open")
    document["TotalAmt"] = line_total(document)


def complete_journal_entry(change: Change, entity: str, document: Document, old: Document | None) -> None:
    default_date(change, document)
    fill_currency(change, document)
    document.setdefault("Adjustment", False)
    known = {line.get("Id") for line in (old or {}).get("Line", [])}
    highest = max((int(line_id) for line_id in known if line_id), default=-1)
    for line in document["Line"]:
        if line.get("Id") not in known or not line.get("Id"):
            highest += 1
            line["Id"] = str(highest)


def _complete_expense(
    change: Change, document: Document, old: Document | None, *, links: tuple[str, ...]
) -> None:
    default_date(change, document)
    fill_currency(change, document)
    keep_server_links(document, old, links)
    assign_line_ids(document, old, numbered=False)
    us_company = is_us(change)
    for line in document["Line"]:
        _complete_line(change, line, us_company=us_company)
    _keep_line_links(document, old)
    if us_company:
        document.pop("GlobalTaxCalculation", None)
        document.pop("TxnTaxDetail", None)
        total_tax = Decimal(0)
    else:
        total_tax = tax.apply_purchase_tax(change, document, old)
    document["TotalAmt"] = line_total(document) + total_tax
    if not document["LinkedTxn"]:
        del document["LinkedTxn"]


def _complete_line(change: Change, line: Document, *, us_company: bool) -> None:
    detail = detail_of(line)
    detail.setdefault("BillableStatus", "NotBillable")
    if us_company:
        detail.setdefault("TaxCodeRef", {"value": "NON"})
    item = change.read("Item", (detail.get("ItemRef") or {}).get("value", ""))
    if item:
        account = item.get("AssetAccountRef") if item.get("Type") == "Inventory" else None
        account = account or item.get("ExpenseAccountRef")
        detail.pop("ItemAccountRef", None)
        if account:
            detail["ItemAccountRef"] = dict(account)


def _keep_line_links(document: Document, old: Document | None) -> None:
    """Links of lines to reimbursable charges are the server's."""
    before = {line.get("Id"): line.get("LinkedTxn") for line in (old or {}).get("Line", [])}
    for line in document["Line"]:
        line.pop("LinkedTxn", None)
        if before.get(line["Id"]):
            line["LinkedTxn"] = before[line["Id"]]


def move_balance(document: Document, old: Document | None) -> None:
    """What is open moves with the total; what was paid stays paid."""
    before = number((old or {}).get("TotalAmt")) - number((old or {}).get("Balance"))
    document["Balance"] = number(document["TotalAmt"]) - before


def _form_of(document: Document) -> str:
    if document["PaymentType"] == "Check":
        return FORM_CHECK
    return FORM_CARD_CREDIT if document.get("Credit") else FORM_EXPENSE


def name_value(name: str, value: str) -> Document:
    """The wrapper in which extension values are returned."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
