"""What stands between an approved bill and QuickBooks, asked of our rows as they are now. No HTTP.

The same answer is shown before anything leaves, holds the push when it would leave, and names the fix.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from budgets.bills.words import say_day
from budgets.models import CLOSED_STATES, Bill, BillLine, BillState
from integrations.models import (
    Connection,
    CostCodeLink,
    Document,
    ProjectLink,
    ProjectSwitches,
    QuickBooksItem,
    QuickBooksVendor,
    VendorLink,
)
from ressio.models import CostCode, TeamMember

CLOSED_PERIOD = "closed_period"
WAITS_FOR_REOPENING = "waits_for_reopening"
"""Somebody decided so: nothing is left to do but to wait (`integrations.outbox.holding.WAITS`)."""
REOPEN = "Restore the project first: its bills are not sent while it is archived."
DUPLICATE = "duplicate_number"
CONFLICT = "conflict"


@dataclass(frozen=True)
class Obstacle:
    """`code` for programs, `sentence` for people; `page` and `page_id` name where it is put right."""

    code: str
    sentence: str
    page: str = ""
    page_id: int | None = None


@dataclass(frozen=True)
class VendorThere:
    ref: str
    name: str
    is_active: bool
    currency: str


@dataclass(frozen=True)
class Surroundings:
    """All that bills of one connection depend on, read in a fixed number of queries."""

    connection: Connection
    customers: Mapping[int, str]
    """Project id to the id of its customer in QuickBooks."""
    switches: Mapping[int, ProjectSwitches]
    vendors: Mapping[int, VendorThere]
    """Our vendor's id to who it is in QuickBooks."""
    items: Mapping[int, QuickBooksItem | None]
    """Cost code id to its item; None where the item is not in the lists."""
    duplicates: Mapping[int, Bill] = field(default_factory=dict)
    """Bill id to another bill in QuickBooks of the same vendor and number."""
    approvers: frozenset[int] = frozenset()
    """Ids of the people who may approve bills now."""

    @property
    def billable_is_off(self) -> bool:
        """QuickBooks' own setting; unknown is not off."""
        return (self.connection.preferences or {}).get("billable_expenses") is False


def survey(
    connection: Connection, bills: Sequence[Bill], lines: Mapping[int, Sequence[BillLine]]
) -> Surroundings:
    """Eight queries for any number of bills."""
    projects = {bill.project_id for bill in bills}
    codes = {line.cost_code_id for found in lines.values() for line in found}
    links = ProjectLink.objects.filter(connection=connection, project__in=projects)
    vendors = _load_vendors(connection, {bill.vendor_id for bill in bills})
    return Surroundings(
        connection=connection,
        customers=dict(links.values_list("project_id", "customer_ref")),
        switches={found.project_id: found for found in ProjectSwitches.objects.filter(project__in=projects)},
        vendors=vendors,
        items=_load_items(connection, codes),
        duplicates=_load_duplicates(connection, bills, vendors),
        approvers=frozenset(
            TeamMember.objects.filter(role="admin", is_active=True).values_list("user_id", flat=True)
        ),
    )


def _load_vendors(connection: Connection, vendor_ids: set[int | None]) -> dict[int, VendorThere]:
    links = VendorLink.objects.filter(connection=connection, vendor__in=vendor_ids)
    refs = dict(links.values_list("vendor_id", "vendor_ref"))
    rows = QuickBooksVendor.objects.filter(connection=connection, quickbooks_id__in=refs.values())
    by_ref = {row.quickbooks_id: row for row in rows}
    documents = Document.objects.filter(
        connection=connection, entity="Vendor", quickbooks_id__in=refs.values()
    )
    currencies = {
        doc.quickbooks_id: (doc.data.get("CurrencyRef") or {}).get("value", "") for doc in documents
    }
    return {
        vendor_id: VendorThere(
            ref=ref,
            name=by_ref[ref].name if ref in by_ref else "",
            is_active=ref in by_ref and by_ref[ref].is_active and not by_ref[ref].is_deleted,
            currency=currencies.get(ref, ""),
        )
        for vendor_id, ref in refs.items()
    }


def _load_items(connection: Connection, codes: set[int | None]) -> dict[int, QuickBooksItem | None]:
    links = dict(
        CostCodeLink.objects.filter(connection=connection, cost_code__in=codes).values_list(
            "cost_code_id", "item_ref"
        )
    )
    rows = QuickBooksItem.objects.filter(connection=connection, quickbooks_id__in=links.values())
    by_ref = {row.quickbooks_id: row for row in rows}
    return {code: by_ref.get(ref) for code, ref in links.items()}


def _load_duplicates(
    connection: Connection, bills: Sequence[Bill], vendors: Mapping[int, VendorThere]
) -> dict[int, Bill]:
    """Bills that QuickBooks has already: the one that was approved may have been entered there by hand (N6)."""
    wanted: dict[tuple[str, str], list[Bill]] = defaultdict(list)
    for bill in bills:
        there = vendors.get(bill.vendor_id or 0)
        if there and bill.plain_number:
            wanted[there.ref, bill.plain_number].append(bill)
    if not wanted:
        return {}
    others = Bill.objects.filter(
        connection=connection,
        quickbooks_id__gt="",
        vendor_ref__in={ref for ref, _ in wanted},
        plain_number__in={number for _, number in wanted},
    ).exclude(state__in=CLOSED_STATES)
    found: dict[int, Bill] = {}
    for other in others:
        for bill in wanted.get((other.vendor_ref, other.plain_number), ()):
            if bill.pk != other.pk:
                found.setdefault(bill.pk, other)
    return found


# Asking -----------------------------------------------------------------------------------------------------------


def obstacles_of(
    bill: Bill,
    lines: Sequence[BillLine],
    around: Surroundings,
    *,
    requested_by: int | None,
    is_approved: bool = True,
) -> list[Obstacle]:
    """Everything in the way, the most basic first; empty when the bill may leave. Pure.

    `is_approved=False` leaves out what only approval brings, for a look ahead.
    """
    found = [
        *_of_project(bill, around),
        *_of_vendor(bill, around),
        *_of_lines(bill, lines, around),
        *_of_date(bill, around),
        *_of_number(bill, around),
    ]
    return [*_of_approval(bill, around, requested_by), *found] if is_approved else found


def _of_approval(bill: Bill, around: Surroundings, requested_by: int | None) -> list[Obstacle]:
    if bill.state != BillState.APPROVED:
        return [Obstacle("not_approved", "The bill is not approved any more.")]
    if requested_by is not None and requested_by not in around.approvers:
        sentence = (
            "Whoever sent this bill may no longer approve bills. Somebody with the right must send it again."
        )
        return [Obstacle("approver_gone", sentence)]
    return []


def _of_project(bill: Bill, around: Surroundings) -> list[Obstacle]:
    project_id = bill.project_id or 0
    if bill.project is not None and bill.project.is_archived:
        sentence = f"{bill.project} is archived. {REOPEN}"
        return [Obstacle("archived", sentence, "project-overview", project_id)]
    if project_id not in around.customers:
        return [
            Obstacle(
                "project_not_linked",
                "The project is not connected to a customer in QuickBooks.",
                "project-financials",
                project_id,
            )
        ]
    switches = around.switches.get(project_id)
    if switches is None or not switches.push_bills:
        return [
            Obstacle(
                "pushing_off", "Pushing bills is off for this project.", "project-financials", project_id
            )
        ]
    return []


def _of_vendor(bill: Bill, around: Surroundings) -> list[Obstacle]:
    there = around.vendors.get(bill.vendor_id or 0)
    if there is None:
        return [
            Obstacle(
                "vendor_not_linked",
                f"{bill.shown_vendor} is not linked to a vendor in QuickBooks.",
                "link-vendors-one",
                bill.vendor_id,
            )
        ]
    if not there.is_active:
        return [
            Obstacle(
                "vendor_inactive",
                f"{there.name or bill.shown_vendor} is inactive in QuickBooks. Make it active there, "
                "or link the vendor to another one.",
                "link-vendors-one",
                bill.vendor_id,
            )
        ]
    if there.currency and there.currency != around.connection.home_currency:
        sentence = (
            f"{there.name} is paid in {there.currency}. Enter this bill in QuickBooks, and link it here."
        )
        return [Obstacle("foreign_vendor", sentence)]
    return []


def _of_lines(bill: Bill, lines: Sequence[BillLine], around: Surroundings) -> list[Obstacle]:
    found: dict[str, Obstacle] = {}
    for line in lines:
        obstacle = _of_code(line, around)
        if obstacle:
            found.setdefault(f"{obstacle.code}/{line.cost_code_id}", obstacle)
    if around.billable_is_off and any(line.is_billable for line in lines):
        sentence = (
            "QuickBooks does not track billable expenses, so no line can be billable. Turn it on there."
        )
        found["billable"] = Obstacle("billable_off", sentence)
    return list(found.values())


def _of_code(line: BillLine, around: Surroundings) -> Obstacle | None:
    code = line.cost_code
    if code is None:
        return Obstacle("no_code", f"Line {line.position} has no cost code.")
    if code.pk not in around.items:
        sentence = f"Cost code “{code}” is not linked to a product or service in QuickBooks."
        return Obstacle("code_not_linked", sentence, "link-cost-codes-one", code.pk)
    item = around.items[code.pk]
    if item is None or item.is_deleted or not item.is_active:
        return _item_obstacle(code, "is inactive in QuickBooks", item)
    if not item.is_purchased:
        return _item_obstacle(code, 'does not have "I purchase this" ticked in QuickBooks', item)
    if not item.is_sold:
        return _item_obstacle(code, 'does not have "I sell this" ticked in QuickBooks', item)
    return None


def _item_obstacle(code: CostCode, what: str, item: QuickBooksItem | None) -> Obstacle:
    name = item.full_name if item else "the product or service"
    return Obstacle(
        "item_ineligible",
        f"“{name}”, which cost code “{code}” is linked to, {what}.",
        "link-cost-codes-one",
        code.pk,
    )


def _of_date(bill: Bill, around: Surroundings) -> list[Obstacle]:
    closing = around.connection.closing_date
    if is_in_closed_period(bill.issued_on, closing):
        if bill.waits_for_reopening:
            return [Obstacle(WAITS_FOR_REOPENING, say_waiting(closing))]
        sentence = (
            f"The bill is dated {say_day(bill.issued_on)}, and QuickBooks' books are closed up to {say_day(closing)}. "
            "Give it a date in the open period, let it wait until the period is reopened, or enter it in QuickBooks "
            "and link it."
        )
        return [Obstacle(CLOSED_PERIOD, sentence)]
    return []


def say_waiting(closing: date | None) -> str:
    until = f" up to {say_day(closing)}" if closing else ""
    return f"It waits until the period{until} is reopened in QuickBooks, and is then sent by itself."


def is_in_closed_period(day: date | None, closing: date | None) -> bool:
    """On or before the closing date (N13). A bill without a date gets today's from QuickBooks, which is open."""
    return day is not None and closing is not None and day <= closing


def _of_number(bill: Bill, around: Surroundings) -> list[Obstacle]:
    other = around.duplicates.get(bill.pk)
    if other is None or bill.duplicate_is_intended:
        return []
    sentence = (
        f"QuickBooks has bill {other.number} of {other.vendor_name} over {other.total} already. If it is this one, "
        "link it; if both are right, say so and send this one too."
    )
    return [Obstacle(DUPLICATE, sentence)]
