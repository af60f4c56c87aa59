"""Whether the time of a shift counts in its project's budget, why not, and at which rate (K4, V9, V11, N11).

The same verdict that the budget comes to, asked of single shifts: of a draft as it would count once it is approved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.counting import signature_of
from budgets.models import CostLine, RateSource
from budgets.reasons import Reason
from budgets.rules import load_facts, own_rules_of, rules_of
from budgets.verdicts import CompanyFacts, Rules, decide
from integrations.models import ProjectLink
from ressio.models import Project
from timeclock.models import Shift, ShiftState
from timeclock.own_time import line_of
from timeclock.twins import ENTITY
from timeclock.workers import NOBODY, load_workers


@dataclass(frozen=True, slots=True)
class InBudget:
    reason: Reason | None
    """Why it is left out; None when it counts."""
    amount: Decimal | None
    """At the project's labor basis; None where there is no rate, never zero."""
    rate: str
    """Which rate that is, in words; "" without one."""
    at_cost: Decimal | None
    at_billable: Decimal | None

    @property
    def is_counted(self) -> bool:
        return self.reason is None


def count_shifts(shifts: Sequence[Shift]) -> dict[int, InBudget]:
    """By shift; without those that no budget knows: deleted ones, and those in earlier books. Nine queries at most."""
    alive = [shift for shift in shifts if shift.project_id and shift.state != ShiftState.DELETED]
    lines = _lines_here([shift for shift in alive if not shift.is_sent]) | _lines_there(
        [shift for shift in alive if shift.is_sent]
    )
    rules = _load_rules({shift.project_id for shift in alive if shift.project_id})
    return {
        shift.pk: _judge(lines[shift.pk], rules[shift.project_id])
        for shift in alive
        if shift.pk in lines and shift.project_id
    }


def _judge(line: CostLine, rules: Rules) -> InBudget:
    if rules.is_at_billable:
        amount, source = line.amount_at_billable, line.billable_rate_source
    else:
        amount, source = line.amount_at_cost, line.cost_rate_source
    rate = str(RateSource(source).label) if source else ""
    if line.project_id is not None:
        rate = rate.removesuffix(" of the entry")  # there is none yet; this one it will be sent with
    reason = decide(signature_of(line, rules), rules)
    return InBudget(reason, amount, rate, line.amount_at_cost, line.amount_at_billable)


def _lines_here(shifts: Sequence[Shift]) -> dict[int, CostLine]:
    """Made as approval makes them."""
    if not shifts:
        return {}
    workers = load_workers(shift.team_member_id for shift in shifts)
    return {shift.pk: line_of(shift, workers.get(shift.team_member_id or 0, NOBODY)) for shift in shifts}


def _lines_there(shifts: Sequence[Shift]) -> dict[int, CostLine]:
    """Those of the time entries in QuickBooks."""
    if not shifts:
        return {}
    lines = CostLine.objects.filter(
        connection__is_current=True,
        entity=ENTITY,
        document_ref__in=[shift.quickbooks_id for shift in shifts],
    )
    by_entry = {(line.connection_id, line.document_ref): line for line in lines}
    found = {shift.pk: by_entry.get((shift.connection_id, shift.quickbooks_id)) for shift in shifts}
    return {pk: line for pk, line in found.items() if line is not None}


def _load_rules(project_ids: Iterable[int]) -> Mapping[int, Rules]:
    """Of a project without QuickBooks those by which its own time counts."""
    ids = set(project_ids)
    links = ProjectLink.objects.filter(project__in=ids, connection__is_current=True)
    linked = {link.project_id: link for link in links.select_related("connection")}
    facts = load_facts(next(iter(linked.values())).connection) if linked else CompanyFacts()
    projects = Project.objects.filter(pk__in=ids).select_related("switches")
    return {
        project.pk: rules_of(project, facts) if project.pk in linked else own_rules_of(project)
        for project in projects
    }
