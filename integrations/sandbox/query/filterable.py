"""Which properties a WHERE and an ORDERBY may name, per entity; and how a value is read from a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.fields import ENTITIES
from integrations.sandbox.wire import Document

COMMON = "Id MetaData.CreateTime MetaData.LastUpdatedTime"
FILTERABLE = {
    "CompanyInfo": "CompanyName",
    "Preferences": "",
    "Account": "Name FullyQualifiedName AccountType AccountSubType Classification Active",
    "Customer": "DisplayName GivenName MiddleName FamilyName CompanyName PrintOnCheckName FullyQualifiedName "
    "Active Balance PrimaryEmailAddr BalanceWithJobs Job ParentRef",
    "Vendor": "DisplayName GivenName MiddleName FamilyName Suffix CompanyName PrintOnCheckName Active Balance",
    "Employee": "DisplayName GivenName MiddleName FamilyName Suffix PrintOnCheckName Active",
    "Item": "Name Type Active Taxable FullyQualifiedName SubItem Sku",
    "Class": "Name FullyQualifiedName Active",
    "Department": "FullyQualifiedName Active SubDepartment",
    "Term": "Name Active Type",
    "TaxCode": "Name Active Description",
    "TaxRate": "Name Active Description AgencyRef TaxReturnLineRef",
    "TaxAgency": "DisplayName",
    "Bill": "VendorRef TxnDate APAccountRef SalesTermRef TotalAmt DueDate DocNumber Balance",
    "BillPayment": "VendorRef TotalAmt DocNumber TxnDate APAccountRef CheckPayment CreditCardPayment",
    "Purchase": "TxnDate DocNumber",
    "VendorCredit": "DocNumber TxnDate TotalAmt APAccountRef",
    "JournalEntry": "DocNumber TxnDate",
    "TimeActivity": "TxnDate ProjectRef BillableStatus",
    "Invoice": "CustomerRef DocNumber ProjectRef TxnDate SalesTermRef DueDate Balance TotalAmt",
    "Payment": "CustomerRef TxnDate TotalAmt PaymentMethodRef PaymentRefNum ProjectRef",
    "CreditMemo": "CustomerRef DocNumber TxnDate TotalAmt ProjectRef",
    "Estimate": "CustomerRef DocNumber TxnDate TotalAmt TxnStatus ProjectRef",
    "PurchaseOrder": "VendorRef DocNumber TxnDate TotalAmt",
    "ReimburseCharge": "CustomerRef HasBeenInvoiced TxnDate",
    "Attachable": "FileName Note Category ContentType Size Tag PlaceName Lat Long AttachableRef.EntityRef.Type "
    "AttachableRef.EntityRef.value AttachableRef.IncludeOnSend AttachableRef.LineInfo",
}
# Sorted by, never filtered by.
SORT_ONLY = {("Customer", "BalanceWithJobs"), ("Department", "SubDepartment")}
FILTER_ONLY = {("Bill", "Balance"), ("Customer", "PrimaryEmailAddr")}
KINDS = {
    "MetaData.CreateTime": "time",
    "MetaData.LastUpdatedTime": "time",
    "AttachableRef.IncludeOnSend": "flag",
}


@dataclass(frozen=True)
class Column:
    """``kind`` decides how values compare: text, number, date, time or flag."""

    name: str
    kind: str
    read: Callable[[Document], Any]


def find_column(entity: str, name: str, *, sorting: bool = False) -> Column:
    """Raises fault 4001 for a property that does not exist or cannot be used here."""
    asked = (
        name.casefold().removesuffix(".value")
        if not name.casefold().startswith("attach")
        else name.casefold()
    )
    for known in f"{COMMON} {FILTERABLE[entity]}".split():
        if known.casefold() == asked:
            refused = FILTER_ONLY if sorting else SORT_ONLY
            if (entity, known) in refused:
                break
            return _column(entity, known)
    raise _unknown(entity, name)


def _unknown(entity: str, name: str) -> ApiFault:
    known = {field.casefold() for field in ENTITIES[entity]}
    if name.split(".")[0].casefold() in known:
        return validation_fault(f"property '{name}' is not queryable")
    return validation_fault(f"Property {name} not found for Entity {entity}")


def validation_fault(text: str) -> ApiFault:
    return ApiFault("4001", f"QueryValidationError: {text}", element=None)


def _column(entity: str, name: str) -> Column:
    field = ENTITIES[entity].get(name)
    kind = KINDS.get(name) or (field.kind if field else "text")
    if kind == "whole":
        kind = "number"
    if kind not in ("number", "date", "time", "flag"):
        kind = "text"
    parts = tuple("type" if part == "Type" and "." in name else part for part in name.split("."))
    return Column(name, kind, lambda document: _read(document, parts))


def _read(node: Any, parts: tuple[str, ...]) -> Any:
    """The value at a path; a list gives the tuple of its elements' values, a reference its id."""
    if isinstance(node, list):
        return tuple(_read(item, parts) for item in node)
    if not parts:
        return _plain(node)
    return _read(node.get(parts[0]), parts[1:]) if isinstance(node, dict) else None


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return node.get("value", node.get("Address", ""))
    return node
