"""Server-computed fields of lists: full names, levels, classifications, defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from integrations.sandbox.computed.common import fill_currency
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.validation.references import name_of
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

DELETED_SUFFIX = re.compile(r" \(deleted(?: \d+)?\)$")
SUB_TYPES = {
    "Bank": "Checking",
    "Accounts Receivable": "AccountsReceivable",
    "Other Current Asset": "OtherCurrentAssets",
    "Fixed Asset": "OtherFixedAssets",
    "Other Asset": "OtherLongTermAssets",
    "Accounts Payable": "AccountsPayable",
    "Credit Card": "CreditCard",
    "Other Current Liability": "OtherCurrentLiabilities",
    "Long Term Liability": "OtherLongTermLiabilities",
    "Equity": "OpeningBalanceEquity",
    "Income": "ServiceFeeIncome",
    "Cost of Goods Sold": "SuppliesMaterialsCogs",
    "Expense": "OtherMiscellaneousServiceCost",
    "Other Income": "OtherMiscellaneousIncome",
    "Other Expense": "OtherMiscellaneousExpense",
}
CLASSIFICATIONS = {
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Expense": "Expense",
    "Other Expense": "Expense",
    "Cost of Goods Sold": "Expense",
}


def complete_account(change: Change, entity: str, document: Document, old: Document | None) -> None:
    if not document.get("AccountType") and document.get("AccountSubType"):
        by_sub_type = {sub_type: account_type for account_type, sub_type in SUB_TYPES.items()}
        document["AccountType"] = by_sub_type.get(document["AccountSubType"])
    if not document.get("AccountType"):
        raise ApiFault("6010", "AccountType or AccountSubType is required")
    document.setdefault("AccountSubType", SUB_TYPES.get(document["AccountType"], ""))
    document["Classification"] = CLASSIFICATIONS.get(document["AccountType"], "Asset")
    document["SubAccount"] = bool(document.get("ParentRef"))
    document.setdefault("CurrentBalance", 0)
    document.setdefault("CurrentBalanceWithSubAccounts", document["CurrentBalance"])
    fill_currency(change, document)
    _complete_hierarchy(change, entity, document, old, label="Name")
    document.pop("Level", None)


def complete_customer(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_person(document, old)
    if document.get("ParentRef") and "Job" not in document:
        document["Job"] = True
    document.setdefault("Job", False)
    document.setdefault("BillWithParent", False)
    document.setdefault("Taxable", True)
    document.setdefault("PreferredDeliveryMethod", "Print")
    document.setdefault("Balance", 0)
    document.setdefault("BalanceWithJobs", document["Balance"])
    _keep_currency(change, document, old)
    _complete_hierarchy(change, entity, document, old, label="DisplayName")


def complete_vendor(change: Change, entity: str, document: Document, old: Document | None) -> None:
    _complete_person(document, old)
    document.setdefault("Balance", 0)
    document.setdefault("Vendor1099", False)
    _mask(document, "TaxIdentifier")
    _keep_currency(change, document, old)


def complete_employee(change: Change, entity: str, document: Document, old: Document | None) -> None:
    if not document.get("GivenName") and not document.get("FamilyName"):
        raise ApiFault("6080", "GivenName or FamilyName is required")
    _complete_person(document, old)
    document.setdefault("BillableTime", False)
    if document.get("SSN"):
        document["SSN"] = "XXX-XX-XXXX"


def complete_item(change: Change, entity: str, document: Document, old: Document | None) -> None:
    document.setdefault("Type", "Service")
    document.setdefault("Active", True)
    if document["Type"] != "Category":
        document.setdefault("Taxable", False)
        document.setdefault("UnitPrice", 0)
        document.setdefault("PurchaseCost", 0)
        document.setdefault("TrackQtyOnHand", document["Type"] == "Inventory")
    if document.get("ParentRef"):
        document["SubItem"] = True
    _complete_hierarchy(change, entity, document, old, label="Name")


def complete_simple_list(change: Change, entity: str, document: Document, old: Document | None) -> None:
    document.setdefault("Active", True)
    if entity == "Term":
        document.setdefault("Type", "STANDARD")
        document.setdefault("DiscountPercent", 0)
    else:
        document[f"Sub{entity}"] = bool(document.get("ParentRef"))
        _complete_hierarchy(change, entity, document, old, label="Name")
        document.pop("Level", None)


def complete_tax_agency(change: Change, entity: str, document: Document, old: Document | None) -> None:
    document.setdefault("TaxTrackedOnSales", True)
    document.setdefault("TaxTrackedOnPurchases", False)


def _complete_person(document: Document, old: Document | None) -> None:
    document.setdefault("Active", True)
    if not document.get("DisplayName"):
        parts = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
        document["DisplayName"] = " ".join(document[part] for part in parts if document.get(part))
    document["DisplayName"] = document["DisplayName"].strip()
    document.setdefault("PrintOnCheckName", (document.get("CompanyName") or document["DisplayName"])[:110])


def _keep_currency(change: Change, document: Document, old: Document | None) -> None:
    if old and old.get("CurrencyRef"):
        document["CurrencyRef"] = old["CurrencyRef"]
    fill_currency(change, document)


def _mask(document: Document, field: str) -> None:
    """Tax numbers come back with only their last four characters."""
    value = document.get(field)
    if value:
        document[field] = "X" * max(len(value) - 4, 0) + value[-4:]


def _complete_hierarchy(
    change: Change, entity: str, document: Document, old: Document | None, *, label: str
) -> None:
    document.setdefault("Active", True)
    document[label] = document[label].strip()
    fill_path(change, entity, document, label)


def fill_path(change: Change, entity: str, document: Document, label: str) -> None:
    """FullyQualifiedName is the parents' names and the own one, joined by colons."""
    parent = change.read(entity, (document.get("ParentRef") or {}).get("value", ""))
    if parent is None:
        document["FullyQualifiedName"] = document[label]
        document.pop("Level", None)
        return
    document["FullyQualifiedName"] = f"{name_of(parent)}:{document[label]}"
    document["Level"] = int(parent.get("Level") or 0) + 1


def rename_inactive(change: Change, entity: str, document: Document, label: str) -> None:
    """An inactive name gets the suffix `` (deleted)`` so that the name is free again."""
    plain = DELETED_SUFFIX.sub("", document[label])
    counter = 1
    while True:
        document[label] = f"{plain} (deleted)" if counter == 1 else f"{plain} (deleted {counter})"
        if entity in ("Vendor", "Employee"):
            document.pop("FullyQualifiedName", None)
        else:
            fill_path(change, entity, document, label)
        if not change.books.names.holder(entity, document):
            return
        counter += 1


def restore_name(document: Document, label: str) -> None:
    document[label] = DELETED_SUFFIX.sub("", document[label])
