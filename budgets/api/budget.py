"""The budget of a project, and how it ties out to QuickBooks. The same figures as the pages, from the same place."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.budget_serializers import BudgetSerializer, TieOutSerializer
from budgets.budget_page import Budget, build_budget
from budgets.counting import ProjectCosts, count_project
from integrations.freshness import as_of
from integrations.models import RunKind
from ressio.api.base import ProjectAPIView
from ressio.api.permissions import SeesFinancials


class BudgetView(ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(responses=BudgetSerializer, tags=["Budget"], operation_id="budget")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """Rows by cost code with plan and actuals, their totals, and as of when QuickBooks is known."""
        budget = build_budget(self.project)
        return Response(BudgetSerializer(describe_budget(budget, self.company.currency)).data)


def describe_budget(budget: Budget, currency: str) -> dict[str, Any]:
    return {
        "project_id": budget.project.pk,
        "currency": currency,
        "is_linked": budget.costs.is_linked,
        "as_of": budget.as_of,
        "totals": budget.figures,
        "categories": budget.groups,
        "rows": [row for group in budget.groups for row in group.rows],
    }


class TieOutView(ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(responses=TieOutSerializer, tags=["Budget"], operation_id="tie_out")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """QuickBooks' total for the project = counted + left out, every reason named. Difference is 0.00."""
        costs = count_project(self.project)
        return Response(TieOutSerializer(describe_tie_out(costs, self.company.currency)).data)


def describe_tie_out(costs: ProjectCosts, currency: str) -> dict[str, Any]:
    return {
        "project_id": costs.project.pk,
        "currency": currency,
        "is_linked": costs.is_linked,
        "as_of": as_of(costs.link.connection, RunKind.EXPENSES) if costs.link else None,
        "quickbooks_total": costs.total,
        "counted": costs.counted,
        "excluded": costs.excluded,
        "difference": costs.difference,
        "excluded_by_reason": [
            {"reason": reason, "tally": tally} for reason, tally in costs.excluded_by_reason.items()
        ],
        "by_kind": [
            {"kind": kind, "kind_label": kind.label, "counted": split.counted, "excluded": split.excluded}
            for kind, split in costs.by_kind.items()
        ],
    }
