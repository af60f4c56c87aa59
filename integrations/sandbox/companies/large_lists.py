"""Lists of the large company: 40 customers and projects, 120 items, 200 vendors, 60 employees."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from integrations.sandbox.companies.shapes import USD, Document, reference

TOP_CUSTOMERS, PROJECTS_EACH = 10, 3
SET_UP = "2020-01-06T09:00:00-08:00"
# Accounts of every fresh company (``empty.ACCOUNTS``), by what they are used for here.
CHECKING, CARD, PAYABLE, INCOME, MATERIALS, SUBS, LABOR = "1", "3", "5", "11", "14", "15", "16"
ACCOUNT_NAMES = {
    CHECKING: "Checking",
    CARD: "Company Credit Card",
    PAYABLE: "Accounts Payable (A/P)",
    INCOME: "Construction Income",
    MATERIALS: "Job Materials",
    SUBS: "Subcontractors",
    LABOR: "Direct Labor",
}

SUPPLIERS = (
    "Aspen",
    "Badger",
    "Copper",
    "Delta",
    "Evergreen",
    "Falcon",
    "Granite",
    "Harvest",
    "Iron",
    "Juniper",
)
GOODS = (
    "Lumber",
    "Concrete",
    "Electric",
    "Plumbing",
    "Roofing",
    "Drywall",
    "Paint",
    "Glass",
    "Rentals",
    "Excavating",
    "Millwork",
    "Masonry",
    "Insulation",
    "Steel",
    "Flooring",
    "Tile",
    "Cabinets",
    "Paving",
    "Landscaping",
    "Hauling",
)
GIVEN = ("Ada", "Ben", "Carla", "Dmitri", "Esi", "Farid", "Gina", "Hugo", "Iris", "Jonas")
FAMILY = ("Alvarez", "Brandt", "Cho", "Diallo", "Eriksen", "Fontaine")
TRADES = (
    "Sitework",
    "Concrete",
    "Masonry",
    "Framing",
    "Roofing",
    "Windows",
    "Plumbing",
    "Electrical",
    "Mechanical",
    "Drywall",
    "Finishes",
    "Landscaping",
)
PARTS = (
    "Labor",
    "Material",
    "Equipment",
    "Subcontract",
    "Delivery",
    "Disposal",
    "Inspection",
    "Repair",
    "Rework",
    "Hardware",
)
PLACES = ("North", "South", "East", "West", "Lake", "Hill", "River", "Park", "Mill", "Bay")
PROJECT_WORDS = ("House", "Addition", "Clubhouse")


def account(account_id: str) -> Document:
    return {"value": account_id, "name": ACCOUNT_NAMES[account_id]}


def list_document(number: int, fields: Document) -> Document:
    return {
        "Id": str(number),
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"CreateTime": SET_UP, "LastUpdatedTime": SET_UP},
        "Active": True,
        **fields,
    }


def large_customers() -> list[Document]:
    """Ids 1 to 40: ten customers, then three projects under each."""
    tops = [_top_customer(number) for number in range(1, TOP_CUSTOMERS + 1)]
    children = product(tops, PROJECT_WORDS[:PROJECTS_EACH])
    return tops + [_project(TOP_CUSTOMERS + place, *pair) for place, pair in enumerate(children, 1)]


def _top_customer(number: int) -> Document:
    name = f"{PLACES[number - 1]}gate Holdings"
    return list_document(number, {**_customer_fields(name), "FullyQualifiedName": name, "Job": False})


def _project(number: int, parent: Document, word: str) -> Document:
    name = f"{parent['DisplayName'].split()[0]} {word}"
    place = {"Job": True, "IsProject": True, "Level": 1, "ParentRef": reference(parent)}
    path = f"{parent['DisplayName']}:{name}"
    return list_document(number, {**_customer_fields(name), "FullyQualifiedName": path, **place})


def _customer_fields(name: str) -> Document:
    return {
        "DisplayName": name,
        "PrintOnCheckName": name,
        "Taxable": False,
        "BillWithParent": False,
        "Balance": 0,
        "BalanceWithJobs": 0,
        "PreferredDeliveryMethod": "None",
        "CurrencyRef": USD,
    }


def large_items() -> list[Document]:
    return [
        _item(number, f"{number + 100}-{trade} {part}", part)
        for number, (trade, part) in enumerate(product(TRADES, PARTS), 1)
    ]


def _item(number: int, name: str, part: str) -> Document:
    cost_account = LABOR if part == "Labor" else MATERIALS if part in ("Material", "Hardware") else SUBS
    fields = {
        "Name": name,
        "FullyQualifiedName": name,
        "Description": name,
        "Taxable": False,
        "UnitPrice": 0,
        "Type": "Service",
        "PurchaseCost": 0,
        "TrackQtyOnHand": False,
        "IncomeAccountRef": account(INCOME),
        "ExpenseAccountRef": account(cost_account),
    }
    return list_document(number, fields)


def large_vendors(first: int) -> list[Document]:
    names = [" ".join(words) for words in product(SUPPLIERS, GOODS)]
    return [list_document(first + place, _vendor_fields(name)) for place, name in enumerate(names)]


def _vendor_fields(name: str) -> Document:
    return {
        "DisplayName": name,
        "PrintOnCheckName": name,
        "CompanyName": name,
        "Vendor1099": False,
        "Balance": 0,
        "CurrencyRef": USD,
    }


def large_employees(first: int) -> Iterator[Document]:
    for place, (given, family) in enumerate(product(GIVEN, FAMILY)):
        name = f"{given} {family}"
        fields = {
            "DisplayName": name,
            "GivenName": given,
            "FamilyName": family,
            "PrintOnCheckName": name,
            "BillableTime": True,
            "BillRate": Decimal(60 + place % 7 * 5),
            "CostRate": Decimal(32 + place % 9 * 3),
        }
        yield list_document(first + place, fields)
