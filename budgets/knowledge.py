"""What a projection has to know besides the document, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from budgets.pricing import MemberPrice, WorkerRates
from budgets.projection import KnownLists, OwnEntry
from integrations.models import (
    Connection,
    EmployeeLink,
    ProjectRefMapping,
    QuickBooksCustomer,
    QuickBooksEmployee,
)
from ressio.models import MemberRate

OwnEntries = Callable[[Connection, Collection[str] | None], Mapping[str, OwnEntry]]
_own_entries: list[OwnEntries] = []


def register_own_entries(hook: OwnEntries) -> None:
    """`hook(connection, ids)` tells by its id of each time entry that was sent from here; None asks for all."""
    if hook not in _own_entries:
        _own_entries.append(hook)


def load_known_lists(connection: Connection, entity: str, ids: Collection[str] | None = None) -> KnownLists:
    """Two queries, and some more for time. Only time is priced. `ids` of the documents, when they are few."""
    is_time = entity == "TimeActivity"
    return KnownLists(
        home_currency=connection.home_currency,
        projects=load_known_projects(connection),
        workers=_load_workers(connection) if is_time else {},
        own={key: entry for hook in _own_entries for key, entry in hook(connection, ids).items()}
        if is_time
        else {},
    )


def load_known_projects(connection: Connection) -> dict[str, str]:
    """ProjectRef to the customer row it stands for (V2)."""
    projects = QuickBooksCustomer.objects.filter(connection=connection, is_project=True)
    mappings = ProjectRefMapping.objects.filter(connection=connection)
    return {
        **{ref: ref for ref in projects.values_list("quickbooks_id", flat=True)},
        **dict(mappings.values_list("project_ref", "customer_ref")),
    }


def _load_workers(connection: Connection) -> dict[str, WorkerRates]:
    employee_costs = _load_employee_costs(connection)
    member_prices = _load_member_prices(connection)
    return {
        employee: WorkerRates(employee_costs.get(employee), member_prices.get(employee, ()))
        for employee in employee_costs.keys() | member_prices.keys()
    }


def _load_employee_costs(connection: Connection) -> dict[str, Decimal]:
    employees = QuickBooksEmployee.objects.filter(connection=connection, cost_rate__gt=0)
    return {ref: rate for ref, rate in employees.values_list("quickbooks_id", "cost_rate") if rate}


def _load_member_prices(connection: Connection) -> dict[str, tuple[MemberPrice, ...]]:
    """By employee, ordered by day. Time from QuickBooks names no shift type, so the default one's rates apply."""
    links = dict(
        EmployeeLink.objects.filter(connection=connection).values_list("team_member_id", "employee_ref")
    )
    rates = MemberRate.objects.filter(team_member__in=links, is_default=True).order_by("starts_on", "pk")
    prices: dict[str, list[MemberPrice]] = defaultdict(list)
    for member, starts_on, cost, billable in rates.values_list(
        "team_member_id", "starts_on", "cost_rate", "billable_rate"
    ):
        prices[links[member]].append(MemberPrice(starts_on, cost, billable))
    return {employee: tuple(of_worker) for employee, of_worker in prices.items()}
