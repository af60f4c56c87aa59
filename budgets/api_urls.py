"""The API of `budgets`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import include, path

from budgets.api.budget import BudgetView, TieOutView
from budgets.api.cost_lines import CostLinesView
from budgets.api.lines import BudgetLinesView, BudgetLineView, ImportBudgetView

project_urls = [
    path("budget", BudgetView.as_view(), name="api-budget"),
    path("budget/lines", BudgetLinesView.as_view(), name="api-budget-lines"),
    path("budget/lines/<int:line_id>", BudgetLineView.as_view(), name="api-budget-line"),
    path("budget/import", ImportBudgetView.as_view(), name="api-budget-import"),
    path("cost-lines", CostLinesView.as_view(), name="api-cost-lines"),
    path("tie-out", TieOutView.as_view(), name="api-tie-out"),
]

urlpatterns = [path("companies/<slug:company>/projects/<int:project_id>/", include(project_urls))]
