"""A year of time entries, in both styles QuickBooks knows: a duration, or clock times with a break."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as people
from integrations.sandbox.companies.demo_items import CARPENTRY_LABOR, PROJECT_MANAGEMENT
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import (
    BILLABLE,
    BILLED,
    NOT_BILLABLE,
    ZERO,
    Document,
    reference,
)
from integrations.sandbox.companies.workdays import pacific_moment

# The cost rate stands on entries since the company switched it on; before that it is 0.
COST_RATES_SINCE = 120
LABOR_ITEMS = {people.CARVER: PROJECT_MANAGEMENT}
WORK = (
    "Layout and wall framing",
    "Blocking and backing",
    "Window install",
    "Punch list",
    "Site walk with owner",
    "Base and casing",
    "Forms and rebar",
    "Cleanup and material handling",
)

# (customer, working days ago from - to, crew): one entry every third day, employees in turn.
CREWS = (
    (customers.LOT_14, 220, 8, (people.WEBB, people.KOEHLER, people.ZHANG, people.RAMAN)),
    (customers.MAPLE_STREET, 205, 40, (people.OROURKE, people.WEBB)),
    (customers.HARBOR_VIEW, 140, 5, (people.CARVER, people.ZHANG)),
    (customers.CLUBHOUSE, 250, 215, (people.INACTIVE_EMPLOYEE,)),
    (customers.KITCHEN, 90, 12, (people.KOEHLER, people.OROURKE)),
)
STEP = 3


def add_time(draft: Draft) -> None:
    for customer, start, end, crew in CREWS:
        for turn, back in enumerate(range(start, end, -STEP)):
            _add_shift(draft, customer, crew[turn % len(crew)], turn, back)


def _add_shift(draft: Draft, customer: str, employee: str, turn: int, back: int) -> None:
    """Maple Street is billed by the hour, so its entries are billable; every fourth entry has clock times."""
    billable = BILLABLE if customer == customers.MAPLE_STREET else NOT_BILLABLE
    minutes = draft.random.choice((240, 360, 450, 480, 480, 495, 570))
    clock = clock_times(draft.workdays.day(back), 420, minutes + 30, 30)
    add_entry(
        draft,
        employee,
        back=back,
        customer=customer,
        item=LABOR_ITEMS.get(employee, CARPENTRY_LABOR),
        length=clock if turn % 4 == 3 else duration(minutes),
        billable=billable,
        text=WORK[turn % len(WORK)],
    )


def duration(minutes: int) -> Document:
    return {"Hours": minutes // 60, "Minutes": minutes % 60, "Seconds": 0}


def clock_times(day: date, start: int, length: int, break_minutes: int = 0) -> Document:
    """From ``start`` (minute of the day) for ``length`` minutes; past midnight the end is on the next day."""
    end = start + length
    end_day = day + timedelta(days=end // 1440)
    return {
        "StartTime": pacific_moment(day, start),
        "EndTime": pacific_moment(end_day, end % 1440),
        "BreakHours": break_minutes // 60,
        "BreakMinutes": break_minutes % 60,
    }


def add_entry(
    draft: Draft,
    worker: str,
    *,
    back: int,
    length: Document,
    customer: str = "",
    item: str = CARPENTRY_LABOR,
    billable: str = NOT_BILLABLE,
    kind: str = "Employee",
    text: str = "",
) -> Document:
    """One time entry of an employee, or of a contractor with ``kind="Vendor"``."""
    person = draft.find(kind, worker)
    charged = billable in (BILLABLE, BILLED)
    fields: Document = {
        "TxnDate": draft.day(back),
        "NameOf": kind,
        f"{kind}Ref": reference(person),
        "BillableStatus": billable,
        "Taxable": False,
        "HourlyRate": person.get("BillRate", Decimal("65")) if charged else ZERO,
        "CostRate": person.get("CostRate", ZERO) if back <= COST_RATES_SINCE else ZERO,
        **length,
        **_targets(draft, customer, item),
    }
    if text:
        fields["Description"] = text
    if charged:
        fields["TimeChargeId"] = int(draft.next_number("time charge", 9001))
    return draft.add("TimeActivity", fields, back=back)


def _targets(draft: Draft, customer: str, item: str) -> Document:
    fields: Document = {}
    if customer:
        fields["CustomerRef"] = draft.ref("Customer", customer)
    if item:
        fields["ItemRef"] = draft.ref("Item", item)
    return fields
