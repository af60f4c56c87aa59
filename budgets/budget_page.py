"""The budget of a project as a page shows it: rows by cost code, with what was planned and what it really cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet

from budgets.amounts import NOTHING, Tally, add_up
from budgets.counting import ProjectCosts, count_project
from budgets.models import BudgetLine
from integrations.freshness import as_of
from integrations.models import RunKind
from ressio.models import CostCode, Project
from ressio.money import ZERO

NO_CATEGORY = "Other"
FULL_BAR = Decimal(100)


@dataclass(frozen=True)
class Figures:
    """What rows, categories and the whole budget have in common."""

    original: Decimal = ZERO
    approved_changes: Decimal = ZERO
    actuals: Tally = NOTHING
    left_out: Tally = NOTHING
    cost_to_complete: Decimal = ZERO
    """What is left of the revised budget, row by row: an over-run of one cost code does not finish another."""

    @property
    def revised(self) -> Decimal:
        return self.original + self.approved_changes

    @property
    def variance(self) -> Decimal:
        """Revised budget less actuals: below zero is over budget."""
        return self.revised - self.actuals.amount

    @property
    def is_over(self) -> bool:
        return self.variance < ZERO

    @property
    def percent_spent(self) -> Decimal | None:
        """Of the revised budget; None when nothing was planned."""
        if self.revised <= ZERO:
            return None
        return self.actuals.amount * 100 / self.revised

    @property
    def spent_bar(self) -> Decimal:
        """How much of the bar is drawn as spent within budget, in percent of its length."""
        percent = self.percent_spent
        if percent is None:
            return ZERO
        longest = max(percent, FULL_BAR)
        return (min(max(percent, ZERO), FULL_BAR) * 100 / longest).quantize(Decimal("0.1"))

    @property
    def over_bar(self) -> Decimal:
        """How much of the bar is the over-run."""
        if not self.is_over:
            return ZERO
        return FULL_BAR - self.spent_bar


@dataclass(frozen=True)
class BudgetRow:
    cost_code: CostCode
    line: BudgetLine | None
    """None: costs arrived on a cost code that was never budgeted."""
    figures: Figures


@dataclass(frozen=True)
class BudgetGroup:
    """The rows of one category of cost codes."""

    name: str
    rows: list[BudgetRow]

    @cached_property
    def figures(self) -> Figures:
        return add_figures(row.figures for row in self.rows)


@dataclass(frozen=True)
class Budget:
    project: Project
    costs: ProjectCosts
    groups: list[BudgetGroup] = field(default_factory=list)
    as_of: datetime | None = None
    """The moment up to which everything in QuickBooks has been read; None: never."""

    @cached_property
    def figures(self) -> Figures:
        return add_figures(group.figures for group in self.groups)

    @property
    def is_empty(self) -> bool:
        return not self.groups


def build_budget(project: Project) -> Budget:
    """A fixed number of queries, however many rows and lines there are."""
    costs = count_project(project)
    lines = {line.cost_code_id: line for line in _lines(project)}
    left_out = _left_out_by_code(costs)
    codes = _codes(lines, {*costs.by_cost_code, *left_out})
    rows = [
        BudgetRow(code, lines.get(code.pk), _figures(lines.get(code.pk), code.pk, costs, left_out))
        for code in codes
    ]
    return Budget(
        project, costs, _group(rows), as_of(costs.link.connection, RunKind.EXPENSES) if costs.link else None
    )


def add_figures(figures: Iterable[Figures]) -> Figures:
    all_figures = list(figures)
    return Figures(
        original=sum((each.original for each in all_figures), ZERO),
        approved_changes=sum((each.approved_changes for each in all_figures), ZERO),
        actuals=add_up(each.actuals for each in all_figures),
        left_out=add_up(each.left_out for each in all_figures),
        cost_to_complete=sum((each.cost_to_complete for each in all_figures), ZERO),
    )


def _lines(project: Project) -> "QuerySet[BudgetLine]":
    lines: QuerySet[BudgetLine] = BudgetLine.objects.filter(project=project).select_related("cost_code")
    return lines


def _codes(lines: dict[int, BudgetLine], with_costs: set[int]) -> list[CostCode]:
    unplanned = CostCode.objects.filter(pk__in=with_costs - set(lines))
    codes = [*(line.cost_code for line in lines.values()), *unplanned]
    return sorted(codes, key=lambda code: code.name.casefold())


def _left_out_by_code(costs: ProjectCosts) -> dict[int, Tally]:
    """Lines on a linked item that do not count for another reason, such as a switch."""
    found: dict[int, Tally] = {}
    for group in costs.groups:
        if group.reason is not None and group.cost_code_id is not None:
            found[group.cost_code_id] = found.get(group.cost_code_id, NOTHING) + group.tally
    return found


def _figures(line: BudgetLine | None, code: int, costs: ProjectCosts, left_out: dict[int, Tally]) -> Figures:
    original = line.original_amount if line else ZERO
    approved_changes = line.approved_changes if line else ZERO
    actuals = costs.by_cost_code.get(code, NOTHING)
    return Figures(
        original=original,
        approved_changes=approved_changes,
        actuals=actuals,
        left_out=left_out.get(code, NOTHING),
        cost_to_complete=max(original + approved_changes - actuals.amount, ZERO),
    )


def _group(rows: list[BudgetRow]) -> list[BudgetGroup]:
    """Categories stand in the order of their first cost code, so that numbered codes keep their order."""
    groups: dict[str, list[BudgetRow]] = {}
    for row in rows:
        groups.setdefault(row.cost_code.category or NO_CATEGORY, []).append(row)
    return [BudgetGroup(name, members) for name, members in groups.items()]
