"""References: does the id exist, is it still active, and what is its name? The server fills the name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault, invalid_reference
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

# property name -> (entity, word of fault 2500)
TARGETS = {
    "VendorRef": ("Vendor", "Names"),
    "PrefVendorRef": ("Vendor", "Names"),
    "CustomerRef": ("Customer", "Names"),
    "EmployeeRef": ("Employee", "Names"),
    "ItemRef": ("Item", "Items"),
    "GroupItemRef": ("Item", "Items"),
    "AccountRef": ("Account", "Accounts"),
    "APAccountRef": ("Account", "Accounts"),
    "ARAccountRef": ("Account", "Accounts"),
    "IncomeAccountRef": ("Account", "Accounts"),
    "ExpenseAccountRef": ("Account", "Accounts"),
    "AssetAccountRef": ("Account", "Accounts"),
    "DepositToAccountRef": ("Account", "Accounts"),
    "DiscountAccountRef": ("Account", "Accounts"),
    "BankAccountRef": ("Account", "Accounts"),
    "CCAccountRef": ("Account", "Accounts"),
    "ItemAccountRef": ("Account", "Accounts"),
    "TaxCodeRef": ("TaxCode", "TaxCode"),
    "SalesTaxCodeRef": ("TaxCode", "TaxCode"),
    "PurchaseTaxCodeRef": ("TaxCode", "TaxCode"),
    "TxnTaxCodeRef": ("TaxCode", "TaxCode"),
    "TaxRateRef": ("TaxRate", "TaxRate"),
    "AgencyRef": ("TaxAgency", "TaxAgency"),
    "ClassRef": ("Class", "Klasses"),
    "DepartmentRef": ("Department", "Departments"),
    "SalesTermRef": ("Term", "Terms"),
    "TermRef": ("Term", "Terms"),
}
# The name is not returned for these.
WITHOUT_NAME = ("SalesTermRef", "TermRef", "TaxCodeRef", "TaxRateRef", "TxnTaxCodeRef")
PARTY_TYPES = ("Vendor", "Customer", "Employee")
Found = tuple[str, str, Document]


def resolve(change: Change, entity: str, document: Document, old: Document | None) -> None:
    """Check and complete every reference of the document. Raises fault 2500."""
    known = {(target, ref.get("value")) for target, _, ref in _references(entity, old or {})}
    for target, word, ref in _references(entity, document):
        value = str(ref.get("value") or "")
        found = change.read(target, value)
        if found is None:
            raise invalid_reference(word, value)
        if found.get("Active") is False and (target, value) not in known:
            raise ApiFault(
                "2500",
                "Invalid Reference Id : Something you're trying to use has been made inactive. "
                "Check the fields with accounts, customers, items, vendors or employees.",
            )
        _fill_name(ref, found)
    _drop_names(document)


def name_of(document: Document) -> str:
    """The label of a reference: the full path for hierarchies."""
    return str(
        document.get("FullyQualifiedName") or document.get("DisplayName") or document.get("Name") or ""
    )


def reference_to(document: Document) -> Document:
    return {"value": document["Id"], "name": name_of(document)}


def _fill_name(ref: Document, found: Document) -> None:
    ref["value"] = found["Id"]
    if name_of(found):
        ref["name"] = name_of(found)


def _drop_names(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _drop_names(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in WITHOUT_NAME and isinstance(value, dict):
                value.pop("name", None)
            else:
                _drop_names(value)


def _references(entity: str, node: object) -> Iterator[Found]:
    """Every reference in the document whose target this server keeps."""
    if isinstance(node, list):
        for item in node:
            yield from _references(entity, item)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _reference(entity, node, name, value)


def _reference(entity: str, parent: Document, name: str, value: object) -> Iterator[Found]:
    if not isinstance(value, dict):
        yield from _references(entity, value)
    elif name == "ParentRef":
        yield entity, "Parent", value
    elif name in TARGETS:
        yield (*TARGETS[name], value)
    elif name == "EntityRef":
        kind = parent.get("Type") or value.get("type")
        if kind in PARTY_TYPES:
            yield str(kind), "Names", value
    else:
        yield from _references(entity, value)
