"""What an hour of a person is worth, by shift type and day, and what QuickBooks says of the employee (V9, R32, R36)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets.pricing import EntryRates, MemberPrice, Prices, WorkerRates, price_time
from integrations.models import Connection, EmployeeLink, QuickBooksEmployee
from ressio.models import MemberRate
from timeclock.models import Shift


@dataclass(frozen=True)
class Worker:
    """A team member, and who that is in QuickBooks."""

    rates: tuple[MemberRate, ...] = ()
    """Ordered by day."""
    employee_ref: str = ""
    """'' = linked to no employee."""
    employee: QuickBooksEmployee | None = None

    def prices_of(self, shift_type: str, on: date) -> tuple[MemberPrice, ...]:
        """Of that shift type where it has a rate by then, else of the default one (R32)."""
        named = [rate for rate in self.rates if shift_type and rate.shift_type == shift_type]
        if not any(rate.starts_on <= on for rate in named):
            named = [rate for rate in self.rates if rate.is_default]
        return tuple(MemberPrice(rate.starts_on, rate.cost_rate, rate.billable_rate) for rate in named)

    def rates_of(self, shift_type: str, on: date) -> WorkerRates:
        cost = self.employee.cost_rate if self.employee else None
        return WorkerRates(cost if cost and cost > 0 else None, self.prices_of(shift_type, on))


NOBODY = Worker()


@dataclass(frozen=True)
class ShiftRates:
    """What an hour of a shift is sent with."""

    ours: Decimal | None
    """Our billable rate."""
    theirs: Decimal | None
    """QuickBooks' own billable rate of the employee."""
    cost: Decimal | None

    @property
    def billable(self) -> Decimal | None:
        """Where QuickBooks has a rate of its own, that one wins (R36)."""
        return self.theirs or self.ours

    @property
    def differ(self) -> bool:
        return bool(self.theirs and self.ours and self.theirs != self.ours)


def rates_of(shift: Shift, worker: Worker) -> ShiftRates:
    known = worker.rates_of(shift.shift_type, shift.worked_on)
    in_force = known.in_force(shift.worked_on)
    return ShiftRates(
        ours=_above_zero(in_force.billable if in_force else None),
        theirs=_above_zero(worker.employee.bill_rate if worker.employee else None),
        cost=known.employee_cost or _above_zero(in_force.cost if in_force else None),
    )


def price_shift(shift: Shift, worker: Worker) -> Prices:
    """Both prices by V9, with the rate that the entry will carry in QuickBooks, so that none changes on arrival."""
    hourly = rates_of(shift, worker).billable if shift.is_billable else None
    worker_rates = worker.rates_of(shift.shift_type, shift.worked_on)
    return price_time(
        shift.worked_seconds, EntryRates(hourly=hourly, worker=worker_rates), on=shift.worked_on
    )


def _above_zero(rate: Decimal | None) -> Decimal | None:
    return rate if rate and rate > 0 else None


# Reading ----------------------------------------------------------------------------------------------------------


def load_workers(
    member_ids: Iterable[int | None], connection: Connection | None = None
) -> Mapping[int, Worker]:
    """By team member, in three queries. Employees are those of `connection`, by default the one used now."""
    members = {pk for pk in member_ids if pk is not None}
    links = EmployeeLink.objects.filter(team_member__in=members)
    links = links.filter(connection=connection) if connection else links.filter(connection__is_current=True)
    refs = {link.team_member_id: (link.connection_id, link.employee_ref) for link in links}
    employees = _load_employees(refs.values())
    rates: dict[int, list[MemberRate]] = defaultdict(list)
    for rate in MemberRate.objects.filter(team_member__in=members).order_by("starts_on", "pk"):
        rates[rate.team_member_id].append(rate)
    return {
        pk: Worker(tuple(rates[pk]), refs[pk][1] if pk in refs else "", employees.get(refs.get(pk, (0, ""))))
        for pk in members
    }


def _load_employees(refs: Collection[tuple[int, str]]) -> dict[tuple[int, str], QuickBooksEmployee]:
    rows = QuickBooksEmployee.objects.filter(
        connection__in={connection for connection, _ in refs}, quickbooks_id__in={ref for _, ref in refs}
    )
    return {(row.connection_id, row.quickbooks_id): row for row in rows}
