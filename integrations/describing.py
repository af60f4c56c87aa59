"""A mirrored document in a line, with the words a bookkeeper looks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.deep_links import FORMS, PURCHASE_FORMS, link_to_document

# What one document of an entity is called on its own.
SINGULAR = {
    "CompanyInfo": "Company information",
    "Preferences": "Preferences",
    "Account": "Account",
    "TaxAgency": "Tax agency",
    "TaxRate": "Tax rate",
    "TaxCode": "Tax code",
    "Customer": "Customer",
    "Vendor": "Vendor",
    "Employee": "Employee",
    "Item": "Product or service",
    "Bill": "Bill",
    "Purchase": "Expense",
    "VendorCredit": "Vendor credit",
    "BillPayment": "Bill payment",
    "TimeActivity": "Time entry",
    "Invoice": "Invoice",
    "CreditMemo": "Credit memo",
    "Payment": "Payment",
    "Attachable": "Attachment",
}
NAMES = ("FullyQualifiedName", "DisplayName", "Name", "CompanyName", "FileName", "Note")
PARTIES = ("VendorRef", "EntityRef", "EmployeeRef", "CustomerRef")
PAYMENT_TYPES = {"Check": "Check", "CreditCard": "Credit card charge"}


@dataclass(frozen=True)
class Description:
    what: str
    title: str
    """A list row's name, a transaction's number; empty when QuickBooks gave none."""
    party: str
    day: date | None
    amount: Decimal | None
    url: str


def describe_document(entity: str, quickbooks_id: str, data: Mapping[str, Any]) -> Description:
    return Description(
        what=_what(entity, data),
        title=str(data.get("DocNumber") or _first(data, NAMES)),
        party=_party(data),
        day=_day(data.get("TxnDate")),
        amount=Decimal(str(data["TotalAmt"])) if "TotalAmt" in data else None,
        url=_url(entity, quickbooks_id, data),
    )


def _url(entity: str, quickbooks_id: str, data: Mapping[str, Any]) -> str:
    """Lists have no page of one row; a Purchase has a screen for each of its kinds."""
    if entity not in FORMS or not data:
        return ""
    kind = "CreditCardCredit" if data.get("Credit") is True else data.get("PaymentType", "")
    return link_to_document(entity, quickbooks_id, PURCHASE_FORMS.get(kind, ""))


def _what(entity: str, data: Mapping[str, Any]) -> str:
    if entity == "Customer" and data.get("IsProject"):
        return "Project"
    if entity == "Purchase" and data.get("Credit") is True:
        return "Credit card credit"
    if entity == "Purchase":
        return PAYMENT_TYPES.get(data.get("PaymentType", ""), SINGULAR[entity])
    return SINGULAR.get(entity, entity)


def _first(data: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(data[name]) for name in names if data.get(name)), "")


def _party(data: Mapping[str, Any]) -> str:
    found = (data[name] for name in PARTIES if isinstance(data.get(name), Mapping))
    return next((str(ref.get("name", "")) for ref in found), "")


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
