"""A shift approved here is cost from that moment, until the line of QuickBooks' time entry stands in for it (R31, U14).

Both happen in the transaction of their cause: never counted twice, never missing in between. Its price is worked out
once, and again when a rate changes; a rate has a day from which it holds, so only later shifts move (N11).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from budgets.models import OWN_SHIFT, BillableStatus, CostLine, Kind
from budgets.own_costs import OwnTime
from budgets.projection import OwnEntry
from integrations.gateway.rows import Row
from integrations.mirror import lock_books
from integrations.models import Connection, EmployeeLink
from ressio.bulk import bulk_insert
from ressio.models import Company, Project, TeamMember
from ressio.scoping import scope
from timeclock.models import Shift, ShiftOrigin, ShiftState
from timeclock.workers import NOBODY, Worker, load_workers, price_shift

LINE = "#1"
"""A shift is one line, called as that of a time entry is."""
AT_ONCE = 1000

COLUMNS = (
    *("company_id", "project_id", "cost_code_id", "entity", "document_ref", "line_ref", "kind"),
    *("payee_name", "employee_ref", "txn_date", "description", "billable_status", "recorded_at", "seconds"),
    *("amount_at_cost", "cost_rate_source", "amount_at_billable", "billable_rate_source", "currency"),
    *("customer_ref", "named_customer_ref", "project_ref", "item_ref", "account_ref", "payee_ref", "number"),
    *("is_vendor_time", "exchange_rate", "tax_amount"),
)
_REST = ("", "", "", "", "", "", "", False, 1, 0)


def own_shifts() -> "QuerySet[Shift]":
    """Approved here, and not in QuickBooks: those that must have a line of their own, and no others."""
    shifts: QuerySet[Shift] = Shift.objects.filter(
        origin=ShiftOrigin.RESSIO, state=ShiftState.APPROVED, quickbooks_id=""
    )
    return shifts


def count_own_time(shifts: Sequence[Shift]) -> None:
    """Make shifts cost lines. Each has its project and cost code: approval saw to that. Four queries."""
    if not shifts:
        return
    workers = load_workers(shift.team_member_id for shift in shifts)
    bulk_insert(CostLine, COLUMNS, (_values_of(shift, _worker_of(shift, workers)) for shift in shifts))


def line_of(shift: Shift, worker: Worker) -> CostLine:
    """The cost line that a shift is or would be; not stored."""
    return CostLine(**dict(zip(COLUMNS, _values_of(shift, worker), strict=True)))


def drop_own_time(shift_ids: Collection[int]) -> None:
    """QuickBooks' lines stand in for them now, or the shifts no longer count."""
    if shift_ids:
        lines = CostLine.objects.filter(project__isnull=False, entity=OWN_SHIFT)
        lines.filter(document_ref__in=[str(pk) for pk in shift_ids]).delete()


def hold_prices(company_id: int) -> None:
    """Until the transaction ends, nobody else prices shifts: else one that is approved while a rate changes would keep
    the old one. To be taken before any shift, as whoever stores entries holds the books before them.
    """
    for connection_id in Connection.objects.filter(is_current=True).values_list("pk", flat=True):
        lock_books(connection_id)
    Company.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=company_id)


def recount_own_time(shifts: "QuerySet[Shift]", company_id: int) -> None:
    """After a rate, a link or an employee changed. What is being approved, linked or taken back meanwhile is waited
    for.
    """
    with transaction.atomic():
        hold_prices(company_id)
        locked = shifts.select_for_update(of=("self",)).select_related("team_member", "company")
        found = list(locked.order_by("pk"))
        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            drop_own_time([shift.pk for shift in some])
            count_own_time(some)


def _worker_of(shift: Shift, workers: Mapping[int, Worker]) -> Worker:
    return workers.get(shift.team_member_id or 0, NOBODY)


def _values_of(shift: Shift, worker: Worker) -> tuple[object, ...]:
    prices = price_shift(shift, worker)
    return (
        shift.company_id,
        shift.project_id,
        shift.cost_code_id,
        OWN_SHIFT,
        str(shift.pk),
        LINE,
        Kind.TIME.value,
        shift.shown_worker,
        worker.employee_ref,
        shift.worked_on,
        shift.description,
        _status_of(shift),
        shift.recorded_at,
        shift.worked_seconds,
        prices.at_cost,
        prices.cost_source,
        prices.at_billable,
        prices.billable_source,
        shift.company.currency,
        *_REST,
    )


def _status_of(shift: Shift) -> str:
    return (BillableStatus.BILLABLE if shift.is_billable else BillableStatus.NOT_BILLABLE).value


# What budgets ask -------------------------------------------------------------------------------------------------


def own_time_of(project: Project) -> Iterator[tuple[str, OwnTime]]:
    """For the tie-out: the lines that must be there."""
    shifts = list(own_shifts().filter(project=project))
    workers = load_workers(shift.team_member_id for shift in shifts)
    for shift in shifts:
        prices = price_shift(shift, _worker_of(shift, workers))
        facts = OwnTime(_status_of(shift), prices.at_cost, prices.at_billable, shift.worked_seconds)
        yield str(shift.pk), facts


def made_here() -> "QuerySet[Shift]":
    """Whatever became of them."""
    shifts: QuerySet[Shift] = Shift.objects.filter(origin=ShiftOrigin.RESSIO)
    return shifts


def shift_url(company: Company, shift_id: str) -> str:
    return reverse("shift", kwargs={"company": company.slug, "shift_id": int(shift_id)})


def sent_entries(connection: Connection, ids: Collection[str] | None) -> dict[str, OwnEntry]:
    """What we know of time entries that were sent from here. Four queries, one where there are none."""
    shifts = Shift.objects.filter(connection=connection, origin=ShiftOrigin.RESSIO, quickbooks_id__gt="")
    if ids is not None:
        shifts = shifts.filter(quickbooks_id__in=ids)
    found = list(shifts)
    workers = load_workers((shift.team_member_id for shift in found), connection) if found else {}
    return {
        shift.quickbooks_id: OwnEntry(
            shift.recorded_at, _worker_of(shift, workers).prices_of(shift.shift_type, shift.worked_on)
        )
        for shift in found
    }


# When something else changes --------------------------------------------------------------------------------------


def reprice_member(team_member: TeamMember) -> None:
    """In the transaction that changes the member's rates."""
    recount_own_time(own_shifts().filter(team_member=team_member), team_member.company_id)


def reprice_employees(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    """An employee's own rates come before ours (V9, R36)."""
    refs = [*(str(row.data["Id"]) for row in changed), *deleted_ids]
    members = EmployeeLink.objects.filter(connection=connection, employee_ref__in=refs)
    shifts = own_shifts().filter(team_member__in=members.values("team_member"))
    recount_own_time(shifts, connection.company_id)


def reprice_linked(instance: EmployeeLink, **signal: Any) -> None:
    """In the transaction that links, or unlinks, an employee, by whatever door."""
    with scope(company=instance.company_id):
        recount_own_time(own_shifts().filter(team_member=instance.team_member_id), instance.company_id)


def follow_employee_links(company_id: int) -> None:
    """Who is on payroll is asked by employee: the lines name the one that is linked now, also after other books were
    connected. Three queries if all do.
    """
    links = EmployeeLink.objects.filter(connection__is_current=True)
    refs = dict(links.values_list("team_member_id", "employee_ref"))
    lines = CostLine.objects.filter(company=company_id, project__isnull=False, entity=OWN_SHIFT)
    named = dict(lines.values_list("document_ref", "employee_ref"))
    shifts = own_shifts().values_list("pk", "team_member_id")
    stale = [pk for pk, member in shifts if named.get(str(pk), "") != refs.get(member, "")]
    for start in range(0, len(stale), AT_ONCE):
        recount_own_time(own_shifts().filter(pk__in=stale[start : start + AT_ONCE]), company_id)
