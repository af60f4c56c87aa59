"""The demo company's customers, their sub-customers and projects.

Paths use QuickBooks' own notation, ``Top:Child:Grandchild``. A project is a customer row with ``IsProject``;
a sub-customer is the same row without it. Projects also have an id in another id space (``PROJECT_REFS``),
which appears as ``ProjectRef`` beside the parent as ``CustomerRef``.
"""

from __future__ import annotations

from integrations.sandbox.companies.demo_setup import CITY, POSTAL_CODE, STATE
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import USD, ZERO, Document, address, reference

OBRIEN = "Siobhán O'Brien"
MAPLE_STREET = f"{OBRIEN}:Maple Street Remodel"
SPEC_HOMES = "Ridgeline Spec Homes"
CEDAR_CROSSING = f"{SPEC_HOMES}:Cedar Crossing"
LOT_14 = f"{CEDAR_CROSSING}:Lot 14 New Build"
LOT_15 = f"{CEDAR_CROSSING}:Lot 15 New Build"
HARGROVE = "Hargrove, Dana & Luis"
HARBOR_VIEW = f"{HARGROVE}:Harbor View Addition"
ZELENSKI = "Łukasz Żeleński"
GARAGE = f"{ZELENSKI}:Garage & ADU"
NUNEZ = "José Núñez"
KITCHEN = f"{NUNEZ}:Núñez Kitchen & Bath"
CHEN = "陳美玲"
TEA_HOUSE = f"{CHEN}:陳宅 Tea House"
SCHOOLS = "Lakeshore School District"
BLEACHERS = f"{SCHOOLS}:Gymnasium Bleachers"
DANGELO = "D'Angelo & Sons Realty"
UNIT_3B = f"{DANGELO}:Unit 3B Turnover"
SAETHER = "Bjørn Sæther"
DECK = f"{SAETHER}:Tamarack Lane Deck"
WALK_IN = "Walk-in Repairs"
QUINTANA = "Marisol & Pete Quintana"
CAFE = "Blue Heron Café"
PATIO = f"{CAFE}:Patio Cover"
WHITFIELD = "Whitfield Estates HOA"
CLUBHOUSE = f"{WHITFIELD}:Clubhouse Roof"
OKAFOR = "Grace Okafor"

PROJECTS = (MAPLE_STREET, LOT_14, LOT_15, HARBOR_VIEW, KITCHEN, TEA_HOUSE, UNIT_3B, DECK, CLUBHOUSE)
SUB_CUSTOMERS = (CEDAR_CROSSING, GARAGE, BLEACHERS, PATIO)
INACTIVE = (WHITFIELD, CLUBHOUSE)

# The project's id in the other id space, as ProjectRef.value carries it.
PROJECT_REFS = {MAPLE_STREET: "435514740", HARBOR_VIEW: "435514871"}

# top-level path -> (given name, family name, company, street); children inherit the street.
TOP_LEVEL = {
    OBRIEN: ("Siobhán", "O'Brien", "", "412 Maple Street"),
    SPEC_HOMES: ("", "", "Ridgeline Spec Homes", "1180 Ironwood Drive, Suite 4"),
    HARGROVE: ("Dana", "Hargrove", "", "77 Harbor View Road"),
    ZELENSKI: ("Łukasz", "Żeleński", "", "2306 Fernan Hill Road"),
    NUNEZ: ("José", "Núñez", "", "918 Lakeside Avenue"),
    CHEN: ("美玲", "陳", "", "55 Tubbs Hill Lane"),
    SCHOOLS: ("Ruth", "Abernathy", "Lakeshore School District", "300 Academic Way"),
    DANGELO: ("Vincent", "D'Angelo", "D'Angelo & Sons Realty", "14 Sherman Avenue"),
    SAETHER: ("Bjørn", "Sæther", "", "6 Tamarack Lane"),
    WALK_IN: ("", "", "", ""),
    QUINTANA: ("Marisol", "Quintana", "", "1022 Hazel Street"),
    CAFE: ("Inés", "Laurent", "Blue Heron Café", "201 Front Avenue"),
    WHITFIELD: ("", "", "Whitfield Estates HOA", "1 Whitfield Circle"),
    OKAFOR: ("Grace", "Okafor", "", "640 Pine Grove Court"),
}


def add_customers(draft: Draft) -> None:
    for path in TOP_LEVEL:
        _add_customer(draft, path)
    for path in sorted((*PROJECTS, *SUB_CUSTOMERS), key=lambda path: path.count(":")):
        _add_customer(draft, path)


def _add_customer(draft: Draft, path: str) -> None:
    parent_path, _, name = path.rpartition(":")
    parent = draft.find("Customer", parent_path) if parent_path else None
    mark = " (deleted)" if path in INACTIVE else ""
    full_path = f"{reference(parent)['name']}:{name}{mark}" if parent else name + mark
    fields = {
        "DisplayName": name + mark,
        "PrintOnCheckName": name,
        "FullyQualifiedName": full_path,
        "Active": path not in INACTIVE,
        "Taxable": True,
        "Job": parent is not None,
        "BillWithParent": parent is not None,
        "IsProject": path in PROJECTS,
        "Balance": ZERO,
        "BalanceWithJobs": ZERO,
        "PreferredDeliveryMethod": "Email" if path.partition(":")[0] != WALK_IN else "None",
        "CurrencyRef": USD,
        **_contact(path.partition(":")[0]),
        **_place(parent),
    }
    draft.add("Customer", fields)


def _place(parent: Document | None) -> Document:
    """Level counts from 1 for a child and is absent on top."""
    if parent is None:
        return {}
    return {"ParentRef": reference(parent), "Level": parent.get("Level", 0) + 1}


def _contact(top: str) -> Document:
    given, family, company, street = TOP_LEVEL[top]
    fields: Document = {}
    for name, value in (("GivenName", given), ("FamilyName", family), ("CompanyName", company)):
        if value:
            fields[name] = value
    if street:
        place = address(street, CITY, STATE, POSTAL_CODE)
        fields |= {"BillAddr": place, "ShipAddr": dict(place)}
        fields["PrimaryEmailAddr"] = {"Address": f"client{list(TOP_LEVEL).index(top) + 1}@mail.example"}
    return fields
