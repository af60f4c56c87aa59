"""The staff door to budgets: to look at. What was planned is changed on the budget page, what it cost in QuickBooks."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from budgets.models import BudgetLine, CostLine
from ressio.admin import ReadOnlyAdmin


@admin.register(CostLine)
class CostLineAdmin(ReadOnlyAdmin):
    """Search by QuickBooks id of the document, its number or its payee. Whether a line counts is a project's
    matter: its Applied Actuals window says it.
    """

    list_display = [
        "txn_date",
        "kind",
        "payee_name",
        "number",
        "worth",
        "customer_ref",
        "item_ref",
        "company",
        "document_ref",
        "line_ref",
    ]
    list_filter = ["kind", "billable_status", "company"]
    list_select_related = ["company"]
    search_fields = ["=document_ref", "=number", "payee_name"]
    date_hierarchy = "txn_date"
    show_full_result_count = False
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("description")

    @admin.display(description="amount (time: at cost)")
    def worth(self, line: CostLine) -> Any:
        return line.amount if line.amount is not None else line.amount_at_cost


@admin.register(BudgetLine)
class BudgetLineAdmin(ReadOnlyAdmin):
    """Changed on the budget page, where it is written into the company's activity."""

    list_display = ["project", "cost_code", "original_amount", "approved_changes", "company"]
    list_filter = ["company"]
    list_select_related = ["project", "cost_code", "company"]
    search_fields = ["project__name", "cost_code__name"]
    ordering = ["project", "cost_code"]
