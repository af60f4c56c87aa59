"""What links and switches move in the budget: told to `integrations`, which shows it before somebody decides."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from budgets.counting import count_project, lines_of_customers
from budgets.knowledge import load_known_projects
from budgets.models import CostLine
from integrations.cost_figures import Figures, UnknownProjectRef
from integrations.models import Connection
from ressio.models import Project
from ressio.money import ZERO, MoneyField

# Bills, purchases and credits at their net; time at cost, whatever the labor basis of a project to come.
_WORTH = Sum(Coalesce("amount", "amount_at_cost", output_field=MoneyField()))


class BudgetFigures:
    def counted(self, project: Project) -> Figures:
        counted = count_project(project).counted
        return Figures(counted.lines, counted.amount)

    def of_customers(self, connection: Connection, customer_refs: Collection[str]) -> Figures:
        lines = lines_of_customers(connection, customer_refs)
        found = lines.aggregate(lines=Count("pk"), amount=_WORTH)
        return Figures(found["lines"], found["amount"] or ZERO)

    def unknown_project_refs(self, connection: Connection) -> list[UnknownProjectRef]:
        known = load_known_projects(connection)
        rows = _by_project_ref(connection)
        return [
            _unknown(project_ref, list(group))
            for project_ref, group in groupby(rows, key=lambda row: row[0])
            if project_ref not in known
        ]


Row = tuple[str, str, int, Decimal | None]


def _by_project_ref(connection: Connection) -> Iterable[Row]:
    lines = CostLine.objects.filter(connection=connection, project_ref__gt="")
    columns = ("project_ref", "named_customer_ref")
    rows: Iterable[Row] = (
        lines.values_list(*columns).annotate(lines=Count("pk"), worth=_WORTH).order_by(*columns)
    )
    return rows


def find_stray_projects(connection: Connection) -> list[UnknownProjectRef]:
    """Project numbers nobody explained, with the lines that may miss their project for it (V2): those whose
    customer is a project are where they belong already.
    """
    known = load_known_projects(connection)
    rows = [row for row in _by_project_ref(connection) if row[0] not in known and row[1] not in known]
    return [_unknown(ref, list(group)) for ref, group in groupby(rows, key=lambda row: row[0])]


def _unknown(project_ref: str, rows: list[Row]) -> UnknownProjectRef:
    amount = sum((worth or ZERO for _, _, _, worth in rows), ZERO)
    return UnknownProjectRef(
        project_ref=project_ref,
        figures=Figures(sum(lines for _, _, lines, _ in rows), amount),
        named_customer_refs=[customer_ref for _, customer_ref, _, _ in rows if customer_ref],
    )
