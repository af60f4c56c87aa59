"""The demo company's products and services: about sixty, by trade, with the flaws real lists have."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies.demo_accounts import (
    INCOME,
    JOB_LABOR,
    JOB_MATERIALS,
    JOB_OTHER,
    JOB_SUBS,
)
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import ZERO, Document, reference

# Near-equal pairs on purpose: nothing may link these silently.
ROUGH_FRAMING, FRAMING_ROUGH = "06-100 Rough Framing", "Framing, Rough"
DRYWALL, DRY_WALL = "09-100 Drywall", "Dry Wall"
PROJECT_MANAGEMENT = "01-100 Project Management"
CARPENTRY_LABOR = "06-400 Carpentry Labor"
LUMBER = "06-110 Framing Lumber & Sheathing"
DESIGN = "00-100 Design Consultation"
BUILDERS_FEE = "00-200 Builder's Fee"
CHANGE_ORDER = "00-300 Change Order"
# "I sell" without "I purchase": no ExpenseAccountRef, PurchaseCost 0.
NOT_PURCHASED = (DESIGN, BUILDERS_FEE, CHANGE_ORDER)
# "I purchase" without "I sell": no IncomeAccountRef.
NOT_SOLD = "01-800 Small Tools & Consumables"
INACTIVE_ITEM = "09-330 Vinyl Sheet Flooring"
BUNDLE = "Guest Bathroom Package"

# category -> (name, expense account, sales price, purchase cost). Materials are NonInventory, others Service.
CATALOG: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "00 Fees": (
        (DESIGN, "", "120", "0"),
        (BUILDERS_FEE, "", "0", "0"),
        (CHANGE_ORDER, "", "0", "0"),
    ),
    "01 General Conditions": (
        (PROJECT_MANAGEMENT, JOB_LABOR, "95", "58"),
        ("01-200 Permits & Fees", JOB_OTHER, "0", "0"),
        ("01-300 Temporary Power & Toilets", JOB_OTHER, "185", "145"),
        ("01-400 Dumpster & Haul-off", JOB_OTHER, "560", "465"),
        ("01-500 Equipment Rental", JOB_OTHER, "0", "0"),
        ("01-600 Final Cleaning", JOB_SUBS, "0.45", "0.31"),
        (NOT_SOLD, JOB_MATERIALS, "0", "0"),
    ),
    "02 Sitework": (
        ("02-100 Demolition", JOB_SUBS, "0", "0"),
        ("02-200 Excavation & Grading", JOB_SUBS, "0", "0"),
        ("02-300 Septic & Utilities", JOB_SUBS, "0", "0"),
        ("02-400 Driveway & Paving", JOB_SUBS, "0", "0"),
        ("02-500 Erosion Control", JOB_MATERIALS, "0", "0"),
    ),
    "03 Concrete & Masonry": (
        ("03-100 Footings & Foundation", JOB_SUBS, "0", "0"),
        ("03-200 Flatwork & Slabs", JOB_MATERIALS, "214", "168.50"),
        ("03-300 Concrete Pumping", JOB_SUBS, "1150", "925"),
        ("04-100 Stone Veneer", JOB_SUBS, "0", "0"),
    ),
    "06 Framing & Carpentry": (
        ("05-100 Structural Steel & Hardware", JOB_MATERIALS, "0", "0"),
        (ROUGH_FRAMING, JOB_SUBS, "0", "0"),
        (LUMBER, JOB_MATERIALS, "11.40", "8.47"),
        ("06-120 Trusses", JOB_MATERIALS, "0", "0"),
        ("06-200 Finish Carpentry", JOB_SUBS, "0", "0"),
        ("06-210 Millwork & Trim", JOB_MATERIALS, "4.10", "2.86"),
        ("06-300 Decks & Railings", JOB_MATERIALS, "0", "0"),
        (CARPENTRY_LABOR, JOB_LABOR, "72", "41.50"),
    ),
    "07 Roofing & Envelope": (
        ("07-100 Roofing", JOB_SUBS, "0", "0"),
        ("07-200 Gutters & Downspouts", JOB_SUBS, "0", "0"),
        ("07-300 Siding & Exterior Trim", JOB_MATERIALS, "0", "0"),
        ("07-400 Waterproofing", JOB_SUBS, "0", "0"),
        ("07-500 Insulation", JOB_SUBS, "0", "0"),
    ),
    "08 Windows & Doors": (
        ("08-100 Windows", JOB_MATERIALS, "0", "0"),
        ("08-200 Exterior Doors", JOB_MATERIALS, "0", "0"),
        ("08-300 Interior Doors & Hardware", JOB_MATERIALS, "0", "0"),
        ("08-400 Garage Doors", JOB_SUBS, "0", "0"),
    ),
    "09 Finishes": (
        (DRYWALL, JOB_SUBS, "0", "0"),
        ("09-200 Interior Painting", JOB_SUBS, "0", "0"),
        ("09-210 Exterior Painting", JOB_SUBS, "0", "0"),
        ("09-300 Hardwood Flooring", JOB_SUBS, "14.25", "10.60"),
        ("09-310 Tile", JOB_SUBS, "0", "0"),
        ("09-320 Carpet", JOB_SUBS, "0", "0"),
        (INACTIVE_ITEM, JOB_MATERIALS, "0", "0"),
    ),
    "11 Appliances & Cabinetry": (
        ("11-100 Appliances", JOB_MATERIALS, "0", "0"),
        ("12-100 Cabinets", JOB_MATERIALS, "0", "0"),
        ("12-200 Countertops", JOB_SUBS, "0", "0"),
        ("12-300 Closet Systems", JOB_SUBS, "0", "0"),
    ),
    "22 Mechanical & Electrical": (
        ("22-100 Rough Plumbing", JOB_SUBS, "0", "0"),
        ("22-200 Plumbing Fixtures", JOB_MATERIALS, "0", "0"),
        ("23-100 HVAC", JOB_SUBS, "0", "0"),
        ("26-100 Rough Electrical", JOB_SUBS, "0", "0"),
        ("26-200 Light Fixtures", JOB_MATERIALS, "0", "0"),
        ("26-300 Low Voltage & Data", JOB_SUBS, "0", "0"),
    ),
    "32 Landscaping": (
        ("32-100 Landscaping", JOB_SUBS, "0", "0"),
        ("32-200 Irrigation", JOB_SUBS, "0", "0"),
        ("32-300 Fencing", JOB_SUBS, "0", "0"),
    ),
    # Entered in a hurry, without a category.
    "": (
        (FRAMING_ROUGH, JOB_SUBS, "0", "0"),
        (DRY_WALL, JOB_SUBS, "0", "0"),
        ("Warranty Repair", JOB_LABOR, "85", "0"),
    ),
}

BUNDLE_PARTS = (("22-200 Plumbing Fixtures", 4), ("09-310 Tile", 1), ("12-100 Cabinets", 1))


def add_items(draft: Draft) -> None:
    for category, items in CATALOG.items():
        parent = _add_category(draft, category) if category else None
        for name, account, price, cost in items:
            _add_item(draft, name, parent, account, Decimal(price), Decimal(cost))
    _add_bundle(draft)


def _add_category(draft: Draft, name: str) -> Document:
    fields = {"Name": name, "FullyQualifiedName": name, "Type": "Category", "Active": True}
    return draft.add("Item", fields)


def _add_item(
    draft: Draft, name: str, parent: Document | None, account: str, price: Decimal, cost: Decimal
) -> None:
    shown = f"{name} (deleted)" if name == INACTIVE_ITEM else name
    fields = {
        "Name": shown,
        "FullyQualifiedName": f"{parent['Name']}:{shown}" if parent else shown,
        "Active": name != INACTIVE_ITEM,
        "Taxable": account == JOB_MATERIALS,
        "Type": "NonInventory" if account == JOB_MATERIALS else "Service",
        "TrackQtyOnHand": False,
        "PurchaseCost": cost,
        "UnitPrice": price,
        **_place(parent),
        **_accounts(draft, name, account),
    }
    draft.add("Item", fields)


def _place(parent: Document | None) -> Document:
    if parent is None:
        return {}
    return {"SubItem": True, "ParentRef": reference(parent), "Level": 1}


def _accounts(draft: Draft, name: str, account: str) -> Document:
    """The two tick boxes of the item form exist only as these references and their texts."""
    words = name.partition(" ")[2] if name[0].isdigit() else name
    fields: Document = {}
    if name != NOT_SOLD:
        fields |= {"Description": words, "IncomeAccountRef": draft.ref("Account", INCOME)}
    if account:
        fields |= {"PurchaseDesc": words, "ExpenseAccountRef": draft.ref("Account", account)}
    return fields


def _add_bundle(draft: Draft) -> None:
    """A bundle cannot be bought or budgeted: it has no accounts of its own."""
    fields = {
        "Name": BUNDLE,
        "FullyQualifiedName": BUNDLE,
        "Description": "Fixtures, tile and vanity for a guest bathroom",
        "Active": True,
        "Taxable": False,
        "Type": "Group",
        "TrackQtyOnHand": False,
        "PurchaseCost": ZERO,
        "UnitPrice": ZERO,
        "PrintGroupedItems": True,
        "ItemGroupDetail": {"ItemGroupLine": [_bundle_part(draft, name, qty) for name, qty in BUNDLE_PARTS]},
    }
    draft.add("Item", fields)


def _bundle_part(draft: Draft, name: str, quantity: int) -> Document:
    item = draft.find("Item", name)
    return {"ItemRef": {**reference(item), "type": item["Type"]}, "Qty": quantity}
