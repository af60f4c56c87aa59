"""What stands between an approved shift and QuickBooks, asked of our rows as they are now. No HTTP.

The same answer is shown before anything leaves, holds the push when it would leave, and names the way out (K7,
M59–M61).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from budgets.bills.readiness import Obstacle, is_in_closed_period
from budgets.bills.words import say_day
from integrations.linking.payroll import payroll_state
from integrations.models import Connection, CostCodeLink, ProjectLink, ProjectSwitches, QuickBooksItem
from ressio.models import CostCode, TeamMember
from timeclock.models import Shift, ShiftState
from timeclock.workers import NOBODY, ShiftRates, Worker, load_workers, rates_of

NOT_LINKED, TIME_OFF, MADE_BEFORE = "project_not_linked", "time_off", "made_before"
STAYS_HERE = (NOT_LINKED, TIME_OFF, MADE_BEFORE)
"""With these a shift is not even asked for: it stays here by itself."""
CLOSED_PERIOD = "closed_period"


@dataclass(frozen=True)
class Surroundings:
    """All that shifts of one connection depend on, read in a fixed number of queries."""

    connection: Connection
    customers: Mapping[int, str]
    """Project id to the id of its customer in QuickBooks."""
    switches: Mapping[int, ProjectSwitches]
    workers: Mapping[int, Worker]
    """By team member."""
    items: Mapping[int, QuickBooksItem | None]
    """Cost code id to its item; None where the item is not in the lists."""
    approvers: frozenset[int] = frozenset()
    """Ids of the people who may approve time now."""

    def worker_of(self, shift: Shift) -> Worker:
        return self.workers.get(shift.team_member_id or 0, NOBODY)

    def rates_of(self, shift: Shift) -> ShiftRates:
        return rates_of(shift, self.worker_of(shift))

    def has_setting_off(self, name: str) -> bool:
        """One of QuickBooks' own settings; unknown is not off."""
        return (self.connection.preferences or {}).get(name) is False


def survey(connection: Connection, shifts: Sequence[Shift]) -> Surroundings:
    """Eight queries for any number of shifts."""
    projects = {shift.project_id for shift in shifts}
    links = ProjectLink.objects.filter(connection=connection, project__in=projects)
    admins = TeamMember.objects.filter(role="admin", is_active=True)
    return Surroundings(
        connection=connection,
        customers=dict(links.values_list("project_id", "customer_ref")),
        switches={found.project_id: found for found in ProjectSwitches.objects.filter(project__in=projects)},
        workers=load_workers((shift.team_member_id for shift in shifts), connection),
        items=_load_items(connection, {shift.cost_code_id for shift in shifts}),
        approvers=frozenset(admins.values_list("user_id", flat=True)),
    )


def _load_items(connection: Connection, codes: set[int | None]) -> dict[int, QuickBooksItem | None]:
    links = CostCodeLink.objects.filter(connection=connection, cost_code__in=codes)
    refs = dict(links.values_list("cost_code_id", "item_ref"))
    rows = QuickBooksItem.objects.filter(connection=connection, quickbooks_id__in=refs.values())
    by_ref = {row.quickbooks_id: row for row in rows}
    return {code: by_ref.get(ref) for code, ref in refs.items()}


# Asking -----------------------------------------------------------------------------------------------------------


def obstacles_of(
    shift: Shift, around: Surroundings, *, requested_by: int | None = None, is_approved: bool = True
) -> list[Obstacle]:
    """Everything in the way, the most basic first; empty when the shift may leave. No query.

    `is_approved=False` leaves out what only approval brings, for a look ahead.
    """
    found = [
        *_of_project(shift, around),
        *_of_worker(shift, around),
        *_of_code(shift, around),
        *_of_rate(shift, around),
        *_of_date(shift, around),
    ]
    return [*_of_approval(shift, around, requested_by), *found] if is_approved else found


def _of_approval(shift: Shift, around: Surroundings, requested_by: int | None) -> list[Obstacle]:
    if shift.state != ShiftState.APPROVED:
        return [Obstacle("not_approved", "The shift is not approved any more.")]
    if requested_by is not None and requested_by not in around.approvers:
        sentence = (
            "Whoever approved this shift may no longer do so. Somebody with the right must send it again."
        )
        return [Obstacle("approver_gone", sentence)]
    return []


def _of_project(shift: Shift, around: Surroundings) -> list[Obstacle]:
    project_id = shift.project_id or 0
    if shift.project is not None and shift.project.is_archived:
        sentence = f"{shift.project} is archived. Restore the project first: its time is not sent meanwhile."
        return [Obstacle("archived", sentence, "project-overview", project_id)]
    switches = around.switches.get(project_id)
    stays = why_stays(shift, project_id in around.customers, switches)
    return [stays] if stays else []


def why_stays(shift: Shift, is_linked: bool, switches: ProjectSwitches | None) -> Obstacle | None:
    """Why the project does not send this shift at all (M56, M61)."""
    page = ("project-financials", shift.project_id)
    if not is_linked:
        return Obstacle(NOT_LINKED, "The project is not connected to a customer in QuickBooks.", *page)
    if switches is None or not switches.time_tracking:
        return Obstacle(TIME_OFF, "QuickBooks Time Tracking is off for this project.", *page)
    since = switches.time_tracking_since
    if since is not None and shift.recorded_at < since.replace(microsecond=0):
        day = say_day(since.astimezone(ZoneInfo(shift.zone)).date())
        sentence = (
            f"The shift was recorded before QuickBooks Time Tracking was turned on for this project ({day}). Such "
            "time never goes to QuickBooks. If it has to be there, enter it in QuickBooks."
        )
        return Obstacle(MADE_BEFORE, sentence, *page)
    return None


def _of_worker(shift: Shift, around: Surroundings) -> list[Obstacle]:
    """K7: two conditions, two reasons."""
    worker, name = around.worker_of(shift), shift.shown_worker
    if not worker.employee_ref:
        sentence = (
            f"{name} is not connected to an employee in QuickBooks. Vendors (1099) cannot be connected."
        )
        return [Obstacle("employee_not_linked", sentence, "link-team-members-one", shift.team_member_id)]
    found = []
    employee = worker.employee
    if employee is None or employee.is_deleted or not employee.is_active:
        there = employee.name if employee else name
        way_out = f"Make the employee active there, or connect {name} to another one."
        sentence = f"{there} is inactive in QuickBooks. {way_out}"
        found.append(Obstacle("employee_inactive", sentence, "link-team-members-one", shift.team_member_id))
    payroll = payroll_state(shift.team_member, employee)
    if not payroll.is_on_payroll:
        theirs = "Turn it on for the employee there."
        way_out = theirs if payroll.is_decided_by_quickbooks else "Tick it on the team member's page."
        sentence = f"{name} is not on payroll. {payroll.reason} {way_out}"
        found.append(Obstacle("not_on_payroll", sentence, "settings-member", shift.team_member_id))
    return found


def _of_code(shift: Shift, around: Surroundings) -> list[Obstacle]:
    code = shift.cost_code
    if code is None:
        return [Obstacle("no_code", "The shift has no cost code.")]
    if code.pk not in around.items:
        sentence = f"Cost code “{code}” is not linked to a product or service in QuickBooks."
        return [Obstacle("code_not_linked", sentence, "link-cost-codes-one", code.pk)]
    item = around.items[code.pk]
    if item is None or item.is_deleted or not item.is_active:
        return [_item_obstacle(code, "is inactive in QuickBooks", item)]
    if not item.is_purchased:
        return [_item_obstacle(code, 'does not have "I purchase this" ticked in QuickBooks', item)]
    if not item.is_sold:
        return [_item_obstacle(code, 'does not have "I sell this" ticked in QuickBooks', item)]
    return []


def _item_obstacle(code: CostCode, what: str, item: QuickBooksItem | None) -> Obstacle:
    name = item.full_name if item else "the product or service"
    sentence = f"“{name}”, which cost code “{code}” is linked to, {what}."
    return Obstacle("item_ineligible", sentence, "link-cost-codes-one", code.pk)


def _of_rate(shift: Shift, around: Surroundings) -> list[Obstacle]:
    if not shift.is_billable:
        return []
    found = []
    if around.rates_of(shift).ours is None:
        kind = f" for “{shift.shift_type}”" if shift.shift_type else ""
        sentence = (
            f"{shift.shown_worker} has no billable rate{kind} on {say_day(shift.worked_on)}. QuickBooks takes billable "
            "time with a rate only. Give the team member one, or take back the approval and make the shift not "
            "billable."
        )
        found.append(Obstacle("no_billable_rate", sentence, "settings-member", shift.team_member_id))
    if around.has_setting_off("customers_on_time"):
        sentence = (
            "QuickBooks does not bill customers for time. Turn it on there, or make the shift not billable."
        )
        found.append(Obstacle("billable_off", sentence))
    return found


def _of_date(shift: Shift, around: Surroundings) -> list[Obstacle]:
    closing = around.connection.closing_date
    if not is_in_closed_period(shift.worked_on, closing):
        return []
    sentence = (
        f"The shift is of {say_day(shift.worked_on)}, and QuickBooks' books are closed up to {say_day(closing)}. It "
        "leaves by itself once the period is reopened there. Or enter the time in QuickBooks and link it."
    )
    return [Obstacle(CLOSED_PERIOD, sentence)]
