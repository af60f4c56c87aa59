"""Rules of lists: unique names, forbidden characters, hierarchies, what stands against making one inactive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault, missing
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

CHECKS = ("Customer", "Vendor", "Employee", "Item", "Account", "Class", "Department", "Term")
PEOPLE = ("Customer", "Vendor", "Employee")
PERSON_PARTS = ("DisplayName", "GivenName", "MiddleName", "FamilyName", "Title", "Suffix")
# Five levels in all; Level counts from 0 at the top.
DEEPEST_LEVEL = 4


def check_name(change: Change, entity: str, document: Document, old: Document | None) -> None:
    if entity in PEOPLE:
        _check_person(document)
    else:
        _check_characters(document, ("Name",), '[:\t\n"]' if entity == "Account" else "[:\t\n]")
    if entity == "Customer":
        _check_job(change, document, old)
    if number(document.get("Level")) > DEEPEST_LEVEL:
        raise ApiFault("6180", "Hierarchy has too many levels")
    if entity == "Account" and not (document.get("AccountType") or document.get("AccountSubType")):
        raise ApiFault("6010", "AccountType or AccountSubType is required")
    if entity == "Item":
        _check_item(document)
    _check_unique(change, entity, document)
    if old and old.get("Active") is not False and document.get("Active") is False:
        _check_deactivation(change, entity, document)


def _check_person(document: Document) -> None:
    if not document.get("DisplayName"):
        raise missing("DisplayName")
    _check_characters(document, PERSON_PARTS, "[:\t\n]")
    address = (document.get("PrimaryEmailAddr") or {}).get("Address")
    if address and not re.search(r"@.*\.", address):
        raise ApiFault("2210", f"Invalid Email Address Format : {address}", element="PrimaryEmailAddr")


def _check_characters(document: Document, fields: tuple[str, ...], forbidden: str) -> None:
    for field in fields:
        if re.search(forbidden, str(document.get(field) or "")):
            raise ApiFault(
                "2040", f"Invalid String : {field} has a character that is not allowed", element=field
            )


def _check_job(change: Change, document: Document, old: Document | None) -> None:
    if bool(document.get("Job")) != bool(document.get("ParentRef")):
        raise ApiFault("6150", "Job and ParentRef do not agree", element="Job")
    if document.get("ParentRef"):
        _check_no_circle(change, document)


def _check_no_circle(change: Change, document: Document) -> None:
    parent_id = document["ParentRef"]["value"]
    for _ in range(DEEPEST_LEVEL + 2):
        if parent_id == document.get("Id"):
            raise ApiFault("900", "Parent cannot be child")
        parent = change.read("Customer", parent_id) or {}
        if not parent.get("ParentRef"):
            return
        parent_id = parent["ParentRef"]["value"]


def _check_item(document: Document) -> None:
    kind = document.get("Type")
    if kind not in ("Service", "NonInventory", "Inventory", "Category"):
        raise ApiFault("2170", f"Invalid Enumeration : {kind}", element="Type")
    if kind == "Inventory" and not document.get("AssetAccountRef"):
        raise missing("AssetAccountRef")
    if kind != "Category" and not (document.get("IncomeAccountRef") or document.get("ExpenseAccountRef")):
        raise missing("IncomeAccountRef")


def _check_unique(change: Change, entity: str, document: Document) -> None:
    holder = change.books.names.holder(entity, document)
    if holder:
        raise ApiFault(
            "6240",
            "The name supplied already exists. : Another customer, vendor or employee is already using this "
            f"name. Please use a different name. Id={holder[1]}",
        )


def _check_deactivation(change: Change, entity: str, document: Document) -> None:
    if entity in ("Customer", "Vendor") and number(document.get("Balance")) != 0:
        raise ApiFault("6220", "Delete Entity Has Balance Error")
    if entity == "Customer" and _has_unbilled_charges(change, document["Id"]):
        raise ApiFault("6280", "Delete Customer Has Unbilled Expenses Error")
    if entity == "Item" and document.get("Type") == "Category":
        raise ApiFault("800", "A category cannot be made inactive")


def _has_unbilled_charges(change: Change, customer_id: str) -> bool:
    for charge in change.books.all("ReimburseCharge"):
        if charge["CustomerRef"]["value"] == customer_id and not charge.get("HasBeenInvoiced"):
            return True
    return False
