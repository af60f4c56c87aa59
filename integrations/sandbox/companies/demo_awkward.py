"""The awkward costs every real company has, each made on purpose.

Every function decorated with ``case`` enters one case and returns the documents that show it; its name is the
name of the case. Tests, demos and people find them by that name (``demo.demo_cases``) instead of by an id.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.companies.demo_accounts import CHECKING, JOB_MATERIALS, JOB_OTHER, JOB_SUBS
from integrations.sandbox.companies.demo_entry import (
    add_bill,
    add_card_charge,
    add_card_credit,
    add_check,
    add_expense,
    add_purchase,
    add_vendor_credit,
    category,
    item,
)
from integrations.sandbox.companies.demo_items import (
    DESIGN,
    FRAMING_ROUGH,
    INACTIVE_ITEM,
    LUMBER,
    NOT_SOLD,
    ROUGH_FRAMING,
)
from integrations.sandbox.companies.demo_payments import pay
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import BILLABLE, CHECK_FORM, ZERO, Document

Case = Callable[[Draft], list[Document]]
CASES: dict[str, Case] = {}

# DocNumber's full length.
LONG_NUMBER = "PO-2217/CHG-04/INV-A1"
CAD_RATE = Decimal("0.7234")


def case(enter: Case) -> Case:
    CASES[enter.__name__] = enter
    return enter


@case
def category_line_with_customer(draft: Draft) -> list[Document]:
    line = category(draft, JOB_OTHER, "386.40", customers.LOT_14, text="Crane standby, 3 h")
    return [add_bill(draft, vendors.RENTALS, [line], back=37, number="88120")]


@case
def two_projects_on_one_bill(draft: Draft) -> list[Document]:
    lines = [
        item(draft, LUMBER, "8.47", customers.LOT_14, quantity="220"),
        item(draft, LUMBER, "8.47", customers.HARBOR_VIEW, quantity="64"),
        item(draft, "06-210 Millwork & Trim", "2.86", customers.HARBOR_VIEW, quantity="150"),
    ]
    return [add_bill(draft, vendors.LUMBER_YARD, lines, back=29, number="INV-70012")]


@case
def lines_without_customer(draft: Draft) -> list[Document]:
    lines = [
        item(draft, LUMBER, "8.47", quantity="40", text="Shop stock"),
        category(draft, JOB_MATERIALS, "61.25"),
    ]
    return [add_bill(draft, vendors.LUMBER_YARD, lines, back=26, number="INV-70220")]


@case
def mixed_category_and_item(draft: Draft) -> list[Document]:
    lines = [
        category(draft, JOB_SUBS, "1450.00", customers.HARBOR_VIEW, text="Extra footing depth"),
        item(draft, "03-200 Flatwork & Slabs", "168.50", customers.HARBOR_VIEW, quantity="9.5"),
        category(draft, "Fuel & Vehicle", "85.00", text="Delivery fuel surcharge"),
    ]
    return [add_bill(draft, vendors.READY_MIX, lines, back=41, number="HRM-2210-77")]


@case
def negative_line(draft: Draft) -> list[Document]:
    lines = [
        item(draft, "12-100 Cabinets", "4380.00", customers.KITCHEN),
        item(draft, "12-100 Cabinets", "-219.00", customers.KITCHEN, text="5 % builder discount"),
    ]
    return [add_bill(draft, vendors.CABINETS, lines, back=24, number="SC-5520")]


@case
def billable_and_non_billable(draft: Draft) -> list[Document]:
    lines = [
        item(draft, "09-310 Tile", "1210.00", customers.MAPLE_STREET, billable=BILLABLE),
        item(draft, "09-310 Tile", "148.00", customers.MAPLE_STREET, text="Breakage, ours"),
    ]
    return [add_bill(draft, vendors.TILE, lines, back=36, number="4471-908")]


@case
def item_not_purchased(draft: Draft) -> list[Document]:
    """An item without "I purchase" reached a bill anyway: it was ticked when the bill was entered."""
    line = item(draft, DESIGN, "525.00", customers.MAPLE_STREET, text="Structural engineer, calcs")
    return [add_bill(draft, vendors.TRUSSES, [line], back=90, number="ENG-31")]


@case
def item_not_sold(draft: Draft) -> list[Document]:
    line = item(draft, NOT_SOLD, "243.18", customers.LOT_14, text="Blades, fasteners, caulk")
    return [add_card_charge(draft, vendors.SAWS, [line], back=33)]


@case
def inactive_item(draft: Draft) -> list[Document]:
    line = item(draft, INACTIVE_ITEM, "612.00", customers.CLUBHOUSE, text="Kitchenette floor")
    return [add_bill(draft, vendors.TILE, [line], back=207, number="4471-410")]


@case
def near_equal_item(draft: Draft) -> list[Document]:
    line = item(draft, FRAMING_ROUGH, "1980.00", customers.HARBOR_VIEW, text="Dormer framing")
    return [add_bill(draft, vendors.FRAMERS, [line], back=58, number="TF-119")]


@case
def project_ref_beside_parent(draft: Draft) -> list[Document]:
    """Newer entry forms: CustomerRef is the parent, ProjectRef the project's id in the other id space."""
    line = item(
        draft,
        "26-200 Light Fixtures",
        "734.50",
        customers.OBRIEN,
        project_ref=customers.PROJECT_REFS[customers.MAPLE_STREET],
    )
    return [add_bill(draft, vendors.ELECTRICIAN, [line], back=38, number="V-2093")]


@case
def project_ref_is_customer_row(draft: Draft) -> list[Document]:
    project = draft.find("Customer", customers.HARBOR_VIEW)
    line = item(
        draft, "23-100 HVAC", "880.00", customers.HARGROVE, project_ref=project["Id"], text="Duct relocation"
    )
    return [add_bill(draft, vendors.HVAC, [line], back=21, number="AA-6630")]


@case
def parents_carry_costs(draft: Draft) -> list[Document]:
    """Costs on the customer above a project, and on the middle of three levels."""
    lines = [
        item(draft, "01-200 Permits & Fees", "310.00", customers.OBRIEN, text="Tree permit"),
        item(
            draft,
            "02-200 Excavation & Grading",
            "2600.00",
            customers.CEDAR_CROSSING,
            text="Access road",
        ),
        item(draft, "02-500 Erosion Control", "145.00", customers.SPEC_HOMES),
    ]
    return [add_check(draft, vendors.COUNTY, lines, back=55)]


@case
def inactive_vendor(draft: Draft) -> list[Document]:
    """Paid: QuickBooks lets nobody retire a vendor who is still owed something."""
    line = item(draft, "22-200 Plumbing Fixtures", "1267.35", customers.MAPLE_STREET, billable=BILLABLE)
    bill = add_bill(draft, vendors.INACTIVE_VENDOR, [line], back=118, number="PPS-00418")
    pay(draft, [(bill, bill["Balance"])], back=99)
    return [bill]


@case
def voided_bill(draft: Draft) -> list[Document]:
    line = item(draft, "07-100 Roofing", "9400.00", customers.GARAGE)
    bill = add_bill(draft, vendors.ROOFER, [line], back=82, number="BR-771", note="Entered twice")
    return [void(draft, bill, back=80)]


@case
def voided_check(draft: Draft) -> list[Document]:
    line = item(draft, "01-200 Permits & Fees", "1150.00", customers.LOT_15)
    return [void(draft, add_check(draft, vendors.COUNTY, [line], back=47), back=46)]


def void(draft: Draft, document: Document, *, back: int) -> Document:
    """Done by a person: amounts and quantities 0, prices gone, and the word in front of the memo."""
    for line in document["Line"]:
        line["Amount"] = ZERO
        detail = line[line["DetailType"]]
        if "Qty" in detail:
            detail["Qty"] = ZERO
            del detail["UnitPrice"]
    for name in ("TotalAmt", "Balance", "HomeBalance"):
        if name in document:
            document[name] = ZERO
    note = document.get("PrivateNote")
    document["PrivateNote"] = f"Voided - {note}" if note else "Voided"
    draft.touch(document, draft.moment(back))
    return document


@case
def full_length_number(draft: Draft) -> list[Document]:
    line = item(draft, ROUGH_FRAMING, "3300.00", customers.LOT_15, text="Change order 4")
    return [add_bill(draft, vendors.FRAMERS, [line], back=14, number=LONG_NUMBER)]


@case
def zero_line(draft: Draft) -> list[Document]:
    lines = [
        item(draft, "08-100 Windows", "2145.00", customers.LOT_14),
        item(draft, "08-100 Windows", "0", customers.LOT_14, text="Warranty sash, no charge"),
    ]
    return [add_bill(draft, vendors.WINDOWS, lines, back=27, number="RH-77-1190")]


@case
def foreign_currency(draft: Draft) -> list[Document]:
    """Two bills in Canadian dollars: one paid at its rate, one open. Amounts are in the bill's currency."""
    paid = add_bill(
        draft,
        vendors.KOOTENAY,
        [item(draft, "07-300 Siding & Exterior Trim", "12.35", customers.LOT_14, quantity="480")],
        back=78,
        number="K-30071",
        rate=CAD_RATE,
    )
    pay(draft, [(paid, paid["Balance"])], back=52)
    lines = [
        item(draft, "06-300 Decks & Railings", "1899.99", customers.HARBOR_VIEW, text="Cedar decking"),
        category(draft, JOB_OTHER, "140.01", customers.HARBOR_VIEW, text="Brokerage and freight"),
    ]
    return [paid, add_bill(draft, vendors.KOOTENAY, lines, back=17, number="K-30544", rate=CAD_RATE)]


@case
def many_decimals_in_price(draft: Draft) -> list[Document]:
    """92.5633333 x 3 is 277.69: the stored amount counts, the product is not recomputed."""
    line = item(draft, "06-210 Millwork & Trim", "92.5633333", customers.KITCHEN, quantity="3")
    return [add_card_charge(draft, vendors.LUMBER_YARD, [line], back=19)]


@case
def not_a_cost_account(draft: Draft) -> list[Document]:
    lines = [
        category(draft, "Prepaid Expenses", "900.00", customers.LOT_15, text="Deposit on temporary power"),
        category(draft, "Tools & Equipment", "1289.00", text="Table saw"),
    ]
    return [add_expense(draft, vendors.SAWS, lines, back=31)]


@case
def customer_as_payee(draft: Draft) -> list[Document]:
    """EntityRef names a customer, but the line names none: nothing of this belongs to the customer's job."""
    payee = draft.find("Customer", customers.SAETHER)
    line = category(draft, "Construction Income", "120.00", text="Refund of overpayment")
    return [add_purchase(draft, "Check", [line], back=25, payee=payee, form=CHECK_FORM)]


@case
def employee_as_payee(draft: Draft) -> list[Document]:
    payee = draft.find("Employee", vendors.WEBB)
    line = category(draft, JOB_MATERIALS, "47.83", customers.HARBOR_VIEW, text="Reimburse: hangers")
    return [add_purchase(draft, "Cash", [line], back=23, payee=payee, account=CHECKING)]


@case
def card_credits(draft: Draft) -> list[Document]:
    return_ = [item(draft, "26-200 Light Fixtures", "129.90", customers.LOT_14, text="Returned sconces")]
    split = [
        item(draft, "06-300 Decks & Railings", "84.00", customers.DECK, text="Returned joist hangers"),
        category(draft, "Small Tools & Consumables", "31.49", text="Returned drill bit set"),
    ]
    billable = [item(draft, "22-200 Plumbing Fixtures", "212.00", customers.MAPLE_STREET, billable=BILLABLE)]
    return [
        add_card_credit(draft, vendors.HARDWARE, return_, back=12),
        add_card_credit(draft, vendors.LUMBER_YARD, split, back=29),
        add_card_credit(draft, vendors.PLUMBER, billable, back=39),
    ]


@case
def vendor_credits(draft: Draft) -> list[Document]:
    """One used up when a bill was paid, two open, the last with a line that has no item."""
    lumber = [item(draft, LUMBER, "8.47", customers.LOT_14, quantity="36", text="Returned, unused")]
    used = add_vendor_credit(draft, vendors.LUMBER_YARD, lumber, back=63, number="CM-1180")
    bill = add_bill(
        draft,
        vendors.LUMBER_YARD,
        [item(draft, LUMBER, "8.47", customers.LOT_14, quantity="310")],
        back=66,
        number="INV-68800",
    )
    pay(draft, [(bill, bill["Balance"])], back=45, less=(used,), by_card=True)
    windows = [item(draft, "08-100 Windows", "640.00", customers.HARBOR_VIEW, text="Scratched unit")]
    tile = [
        item(draft, "09-310 Tile", "96.00", customers.KITCHEN, text="Two boxes back"),
        category(draft, JOB_MATERIALS, "18.50", customers.KITCHEN, text="Restocking waived"),
    ]
    return [
        used,
        add_vendor_credit(draft, vendors.WINDOWS, windows, back=20, number="RC-90"),
        add_vendor_credit(draft, vendors.TILE, tile, back=11),
    ]
