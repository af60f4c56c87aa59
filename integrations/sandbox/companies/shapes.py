"""The shapes QuickBooks Online gives its documents, as small functions that return plain dictionaries.

Amounts are ``Decimal`` and ids are strings throughout. Nothing here knows a particular company.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from integrations.sandbox.wire import Document

Reference = dict[str, str]

ZERO = Decimal("0")
ONE = Decimal("1")
USD: Reference = {"value": "USD", "name": "United States Dollar"}
CAD: Reference = {"value": "CAD", "name": "Canadian Dollar"}

NOT_BILLABLE = "NotBillable"
BILLABLE = "Billable"
BILLED = "HasBeenBilled"

# TxnType numbers of PurchaseEx: they tell the form used in QuickBooks (entities: Purchase).
EXPENSE_FORM, CHECK_FORM, CARD_CREDIT_FORM = "54", "3", "11"


def cents(value: Decimal | int | str) -> Decimal:
    """Rounded to the cent, half away from zero, as recorded amounts are."""
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def label(document: Document) -> str:
    """The text a reference shows: the full path where there is one."""
    for name in ("FullyQualifiedName", "DisplayName", "Name"):
        if name in document:
            return str(document[name])
    return str(document["Id"])


def reference(document: Document) -> Reference:
    return {"value": document["Id"], "name": label(document)}


def address(line: str, city: str, state: str, postal_code: str, country: str = "USA") -> Document:
    return {
        "Line1": line,
        "City": city,
        "CountrySubDivisionCode": state,
        "PostalCode": postal_code,
        "Country": country,
    }


def name_values(pairs: dict[str, str]) -> list[Document]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def jaxb_name_value(name: str, value: str) -> Document:
    """One element of ``PurchaseEx.any`` or ``LineEx.any``, in the wrapper of the XML layer below."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def purchase_form(number: str) -> Document:
    return {"any": [jaxb_name_value("TxnType", number)]}


def item_line(
    item: Document,
    price: Decimal,
    *,
    quantity: Decimal = ONE,
    customer: Document | None = None,
    billable: str = NOT_BILLABLE,
    text: str = "",
    project_ref: str = "",
) -> Document:
    """A line of the "Item details" part of a bill, expense, check or credit."""
    detail: Document = {"ItemRef": reference(item), "Qty": quantity, "UnitPrice": price}
    if "ExpenseAccountRef" in item:
        detail["ItemAccountRef"] = item["ExpenseAccountRef"]
    kind = "ItemBasedExpenseLineDetail"
    text = text or item.get("PurchaseDesc", "")
    return _cost_line(kind, detail, cents(price * quantity), customer, billable, text, project_ref)


def account_line(
    account: Document,
    amount: Decimal,
    *,
    customer: Document | None = None,
    billable: str = NOT_BILLABLE,
    text: str = "",
) -> Document:
    """A line of the "Category details" part: it names an account instead of an item."""
    detail: Document = {"AccountRef": reference(account)}
    kind = "AccountBasedExpenseLineDetail"
    return _cost_line(kind, detail, cents(amount), customer, billable, text)


def _cost_line(
    kind: str,
    detail: Document,
    amount: Decimal,
    customer: Document | None,
    billable: str,
    text: str,
    project_ref: str = "",
) -> Document:
    if customer:
        detail["CustomerRef"] = reference(customer)
    # Both are always returned; expense lines of a US company carry the tax code NON.
    detail |= {"BillableStatus": billable, "TaxCodeRef": {"value": "NON"}}
    line: Document = {"Amount": amount, "DetailType": kind, kind: detail}
    if text:
        line["Description"] = text
    if project_ref:
        line["ProjectRef"] = {"value": project_ref}
    return line


def sales_line(
    item: Document, price: Decimal, *, quantity: Decimal = ONE, text: str = "", tax: str = "NON"
) -> Document:
    detail = {
        "ItemRef": reference(item),
        "Qty": quantity,
        "UnitPrice": price,
        "ItemAccountRef": item["IncomeAccountRef"],
        "TaxCodeRef": {"value": tax},
    }
    kind = "SalesItemLineDetail"
    return {
        "Description": text or item.get("Description", ""),
        "Amount": cents(price * quantity),
        "DetailType": kind,
        kind: detail,
    }


def subtotal_line(lines: Iterable[Document]) -> Document:
    """Appended by the server to invoices and credit memos; it has neither Id nor LineNum."""
    amount = sum((line["Amount"] for line in lines), ZERO)
    return {"Amount": amount, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}


def applied_line(amount: Decimal, txn: Document, txn_type: str) -> Document:
    """A line of a Payment or BillPayment: so much of the money went to that transaction."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": txn["Id"], "TxnType": txn_type}]}


def numbered(lines: Iterable[Document]) -> list[Document]:
    return [{"Id": str(number), "LineNum": number, **line} for number, line in enumerate(lines, 1)]


def link(document: Document, txn: Document, txn_type: str) -> None:
    """Note on one transaction that another is connected with it."""
    document.setdefault("LinkedTxn", []).append({"TxnId": txn["Id"], "TxnType": txn_type})


def total(lines: Iterable[Document]) -> Decimal:
    return sum((line["Amount"] for line in lines), ZERO)
