"""The demo builder: people, cost codes, vendors and projects with budgets, before QuickBooks is connected.

Its books are the stand-in QuickBooks company of the same name. Most names agree with those books; some are only
near (06-110, 23-100), one code has no counterpart and some products there have no code here: as in life.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from budgets.bills.approval import approve_bill, return_bill, submit_bill
from budgets.bills.drafting import BillInput, LineInput, create_bill
from budgets.models import BillState, BudgetLine
from integrations.switches import set_switches
from ressio.models import (
    Company,
    CostCode,
    CostStructure,
    MemberRate,
    Project,
    ProjectAssignment,
    Role,
    TeamMember,
    User,
    Vendor,
)
from ressio.scoping import scope

DEMO_SLUG = "ridgeline"
DEMO_PASSWORD = "measure-twice-cut-once"  # noqa: S105  printed on purpose: it opens the demo only

# name -> (e-mail, role, employee's cost and billable rate in Ressio)
PEOPLE = {
    "Dana Whitlock": ("dana@ridgeline.example", Role.ADMIN, None),
    "Marco Bell": ("marco@ridgeline.example", Role.TEAM_MEMBER, None),
    "Priya Raman": ("priya@ridgeline.example", Role.FIELD, ("39.50", "68.00")),
    "Wei Zhang": ("wei@ridgeline.example", Role.FIELD, None),
}

CODES = {
    "General conditions": (
        "01-100 Project Management",
        "01-200 Permits & Fees",
        "01-300 Temporary Power & Toilets",
        "01-400 Dumpster & Haul-off",
        "01-500 Equipment Rental",
        "01-600 Final Cleaning",
        "01-800 Small Tools & Consumables",
    ),
    "Sitework & concrete": (
        "02-100 Demolition",
        "02-200 Excavation & Grading",
        "02-300 Septic & Utilities",
        "02-500 Erosion Control",
        "03-100 Footings & Foundation",
        "03-200 Flatwork & Slabs",
        "03-300 Concrete Pumping",
    ),
    "Framing & envelope": (
        "05-100 Structural Steel & Hardware",
        "06-100 Rough Framing",
        "06-110 Framing Lumber and Sheathing",
        "06-120 Trusses",
        "06-210 Millwork & Trim",
        "06-300 Decks & Railings",
        "06-400 Carpentry Labor",
        "07-100 Roofing",
        "07-300 Siding & Exterior Trim",
        "07-500 Insulation",
        "08-100 Windows",
        "08-200 Exterior Doors",
        "08-300 Interior Doors & Hardware",
        "08-400 Garage Doors",
    ),
    "Finishes": (
        "09-100 Drywall",
        "09-200 Interior Painting",
        "09-210 Exterior Painting",
        "09-300 Hardwood Flooring",
        "09-310 Tile",
        "11-100 Appliances",
        "12-100 Cabinets",
        "12-200 Countertops",
        "32-100 Landscaping",
    ),
    "Mechanical & electrical": (
        "22-100 Rough Plumbing",
        "22-200 Plumbing Fixtures",
        "23-100 Heating & Air Conditioning",
        "26-100 Rough Electrical",
        "26-200 Light Fixtures",
        "26-300 Low Voltage & Data",
    ),
    "Reserve": ("99-100 Contingency",),
}

STAFF_EMAIL = "staff@ressio.example"

VENDORS = (
    "Hayden Ready-Mix Co.",
    "Lakeland Lumber and Millwork",
    "Cascade Plumbing & Heating",
    "Voltaic Electric LLC",
    "Bitterroot Roofing",
)


@dataclass(frozen=True)
class DemoProject:
    name: str
    client: str
    structure: CostStructure
    budget: dict[str, str]  # start of a code's name -> "original" or "original/approved changes"


PROJECTS = (
    DemoProject(
        "Lot 14 New Build",
        "Ridgeline Spec Homes",
        CostStructure.FIXED_PRICE,
        {
            "01-1": "24000",
            "01-2": "4000",
            "01-3": "1400",
            "01-4": "1800",
            "01-5": "4500",
            "01-6": "900",
            "02-1": "8000",
            "02-2": "30000/2400",
            "02-3": "14000",
            "02-5": "900",
            "03-1": "52000",
            "03-2": "11000",
            "03-3": "1800",
            "05-1": "2200",
            "06-100": "47000",
            "06-110": "58000/3150",
            "06-12": "14500",
            "06-2": "5200",
            "06-3": "7800",
            "06-4": "12000",
            "07-1": "17500",
            "07-3": "13500",
            "07-5": "7800",
            "08-1": "21000",
            "08-2": "6400",
            "08-3": "6800",
            "08-4": "3600",
            "09-100": "26000",
            "09-20": "8800",
            "09-21": "6900",
            "09-300": "12400",
            "09-31": "7400",
            "11-1": "9800",
            "12-1": "38000/1250",
            "12-2": "8600",
            "22-1": "13200",
            "22-2": "3300",
            "23-1": "16800",
            "26-1": "13900",
            "26-2": "2400",
            "26-3": "1900",
            "32-1": "9500",
            "99-1": "15000/-6800",
        },
    ),
    DemoProject(
        "Maple Street Remodel",
        "Siobhán O'Brien",
        CostStructure.COST_PLUS,
        {
            "01-1": "6500",
            "01-2": "1600",
            "01-4": "900",
            "06-100": "18000",
            "06-110": "22000/1800",
            "06-4": "9500",
            "08-1": "8400",
            "09-100": "10500",
            "09-31": "3200",
            "12-1": "14500",
            "12-2": "3900",
            "22-1": "5600",
            "22-2": "1500",
            "26-1": "6100",
            "99-1": "6000",
        },
    ),
    DemoProject(
        "Harbor View Addition",
        "Dana & Luis Hargrove",
        CostStructure.FIXED_PRICE,
        {
            "01-1": "9000",
            "01-5": "2500",
            "02-2": "17500",
            "03-1": "30000",
            "06-100": "27500",
            "06-110": "33000",
            "06-12": "8900",
            "07-1": "11200",
            "08-1": "13600",
            "22-1": "8200",
            "23-1": "10400",
            "26-1": "8800",
            "99-1": "8000",
        },
    ),
    DemoProject("Núñez Kitchen & Bath", "José Núñez", CostStructure.COST_PLUS, {}),
)

BILLS_PROJECT = "Maple Street Remodel"
BILLS_CODE = "01-1"


@dataclass(frozen=True)
class DemoBill:
    vendor: str
    number: str
    age: int  # days since it was issued
    lines: tuple[tuple[str, str, str], ...]  # start of a code's name or "", description, amount
    state: BillState
    note: str = ""


BILLS = (
    DemoBill(
        "Voltaic Electric LLC",
        "V-20518",
        24,
        (("26-1", "Rough-in, kitchen and hall", "2180.00"), ("26-2", "Recessed lights, 14", "392.70")),
        BillState.APPROVED,
    ),
    DemoBill(
        "Cascade Plumbing & Heating",
        "CPH 1187",
        9,
        (("22-1", "Rough plumbing, second floor bath", "1640.00"),),
        BillState.AWAITING,
    ),
    DemoBill(
        "Hayden Ready-Mix Co.",
        "HR-2291",
        4,
        (("", "Short load fee", "95.00"), ("03-2", "Stoop slab, 3 yd", "561.15")),
        BillState.DRAFT,
    ),
    DemoBill(
        "Lakeland Lumber and Millwork",
        "LL-40733",
        2,
        (("06-100", "Studs and plates", "1218.44"),),
        BillState.DRAFT,
        note="This delivery went to Harbor View. Please check the ticket.",
    ),
)


def load_demo(*, today: date) -> Company:
    """Make the demo company if it is not there yet; an existing one is left as people have changed it."""
    existing = Company.objects.filter(slug=DEMO_SLUG).first()
    if existing is not None:
        return existing
    User.objects.create_superuser(STAFF_EMAIL, DEMO_PASSWORD, name="Ressio staff")
    company = Company.objects.create(
        name="Ridgeline Homes",
        slug=DEMO_SLUG,
        time_zone="America/Los_Angeles",
        address="1120 Ridgeline Way\nBellingham, WA 98225",
        phone="(360) 555-0142",
    )
    with scope(company=company):
        members = _add_people(company, today)
        codes = _add_codes(company)
        Vendor.objects.bulk_create(Vendor(company=company, name=name) for name in VENDORS)
        for plan in PROJECTS:
            project = _add_project(company, plan, codes)
            _assign(company, project, members[1:3])
        _add_bills(members[0], codes, today)
    return company


def _add_people(company: Company, today: date) -> list[TeamMember]:
    members = []
    for name, (email, role, rates) in PEOPLE.items():
        user = User.objects.create_user(email, DEMO_PASSWORD, name=name)
        member = TeamMember.objects.create(company=company, user=user, name=name, email=email, role=role)
        members.append(member)
        if rates:
            MemberRate.objects.create(
                company=company,
                team_member=member,
                cost_rate=Decimal(rates[0]),
                billable_rate=Decimal(rates[1]),
                starts_on=today - timedelta(days=400),
            )
    return members


def _add_codes(company: Company) -> list[CostCode]:
    return [
        CostCode.objects.create(company=company, name=name, category=category)
        for category, names in CODES.items()
        for name in names
    ]


def _add_project(company: Company, plan: DemoProject, codes: list[CostCode]) -> Project:
    project = Project.objects.create(
        company=company, name=plan.name, client_name=plan.client, cost_structure=plan.structure
    )
    for start, amounts in plan.budget.items():
        original, _, changes = amounts.partition("/")
        code = _find_code(codes, start)
        BudgetLine.objects.create(
            company=company,
            project=project,
            cost_code=code,
            original_amount=Decimal(original),
            approved_changes=Decimal(changes or 0),
        )
    return project


def _add_bills(admin: TeamMember, codes: list[CostCode], today: date) -> None:
    """Through the verbs, so that they have a history. None leaves: QuickBooks is not connected yet."""
    now, project = timezone.now(), Project.objects.get(name=BILLS_PROJECT)
    changes = {"push_bills": True, "default_billing_code": _find_code(codes, BILLS_CODE)}
    set_switches(project=project, changes=changes, actor=admin.user, now=now)
    for plan in BILLS:
        given = BillInput(
            vendor=Vendor.objects.get(name=plan.vendor),
            number=plan.number,
            issued_on=today - timedelta(days=plan.age),
            due_on=today + timedelta(days=30 - plan.age),
            lines=[
                LineInput(_find_code(codes, start) if start else None, text, amount=Decimal(amount))
                for start, text, amount in plan.lines
            ],
        )
        bill = create_bill(project=project, given=given, member=admin, now=now)
        if plan.state == BillState.APPROVED:
            approve_bill(bill=bill, member=admin, now=now)
        elif plan.state == BillState.AWAITING or plan.note:
            submit_bill(bill=bill, member=admin, now=now)
        if plan.note:
            return_bill(bill=bill, note=plan.note, member=admin, now=now)


def _find_code(codes: list[CostCode], start: str) -> CostCode:
    (code,) = [code for code in codes if code.name.startswith(start)]
    return code


def _assign(company: Company, project: Project, members: list[TeamMember]) -> None:
    ProjectAssignment.objects.bulk_create(
        ProjectAssignment(company=company, project=project, team_member=member) for member in members
    )


def describe_sign_ins() -> str:
    """What a person trying the demo needs to know."""
    lines = [f"  {role.label:<12}{email}" for email, role, _ in PEOPLE.values()][:3]
    lines.append(f"  {'Staff':<12}{STAFF_EMAIL} (at /admin/)")
    return "\n".join(["  Sign in as", *(f"  {line}" for line in lines), f"  Password    {DEMO_PASSWORD}"])
