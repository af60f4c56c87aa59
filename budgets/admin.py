"""The staff door to budgets: to look at. What was planned is changed on the budget page, what it cost in QuickBooks."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from budgets.bills.pushes import FILE_KIND, KIND
from budgets.models import (
    Bill,
    BillAttachment,
    BillChange,
    BillFile,
    BillLine,
    BillPaymentPart,
    BudgetLine,
    CostLine,
)
from ressio.admin import ReadOnlyAdmin, ReadOnlyInline


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


# Bills --------------------------------------------------------------------------------------------------------------


class BillLineInline(ReadOnlyInline):
    model = BillLine
    fields = [
        "position",
        "cost_code",
        "is_default_code",
        "description",
        "quantity",
        "unit_price",
        "amount",
        "is_billable",
        "line_ref",
        "item_ref",
    ]
    ordering = ["position"]


class BillChangeInline(ReadOnlyInline):
    model = BillChange
    fields = ["at", "what", "fields"]
    ordering = ["-at", "-pk"]


@admin.register(Bill)
class BillAdmin(ReadOnlyAdmin):
    """Search by number, vendor or QuickBooks id. Bills are changed on their pages and in QuickBooks."""

    list_display = [
        "number",
        "shown_vendor",
        "company",
        "project",
        "origin",
        "state",
        "issued_on",
        "total",
        "paid",
        "quickbooks_id",
        "pushes",
    ]
    list_filter = ["state", "origin", "waits_for_reopening", "company"]
    list_select_related = ["company", "project", "vendor"]
    search_fields = ["=number", "=plain_number", "=quickbooks_id", "vendor__name", "vendor_name"]
    date_hierarchy = "issued_on"
    show_full_result_count = False
    ordering = ["-pk"]
    inlines = [BillLineInline, BillChangeInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "pushes"]

    @admin.display(description="vendor")
    def shown_vendor(self, bill: Bill) -> str:
        return bill.shown_vendor

    @admin.display(description="on the way to QuickBooks")
    def pushes(self, bill: Bill) -> str:
        return link_to_pushes(KIND, bill.pk)


def link_to_pushes(kind: str, subject_id: int) -> str:
    """Everything that was ever sent, or is to be sent, of this row."""
    query = urlencode({"kind": kind, "subject_id": subject_id})
    return format_html('<a href="{}?{}">Pushes</a>', reverse("admin:integrations_push_changelist"), query)


@admin.register(BillPaymentPart)
class BillPaymentPartAdmin(ReadOnlyAdmin):
    """Read from QuickBooks' bill payments, never inferred."""

    list_display = ["paid_on", "payment_ref", "bill_ref", "amount", "pay_type", "reference", "company"]
    list_filter = ["pay_type", "company"]
    list_select_related = ["company"]
    search_fields = ["=payment_ref", "=bill_ref", "=reference"]
    ordering = ["-pk"]


@admin.register(BillChange)
class BillChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "bill", "what", "company"]
    list_filter = ["company"]
    list_select_related = ["bill__vendor", "company"]
    search_fields = ["what", "=bill__number", "=bill__quickbooks_id"]
    ordering = ["-at", "-pk"]


@admin.register(BillFile)
class BillFileAdmin(ReadOnlyAdmin):
    list_display = ["file", "bill", "attachable_ref", "added_at", "company", "pushes"]
    list_filter = ["company"]
    list_select_related = ["file", "bill__vendor", "company"]
    search_fields = ["file__name", "=attachable_ref", "=bill__number"]
    ordering = ["-pk"]

    @admin.display(description="on the way to QuickBooks")
    def pushes(self, bill_file: BillFile) -> str:
        return link_to_pushes(FILE_KIND, bill_file.pk)


@admin.register(BillAttachment)
class BillAttachmentAdmin(ReadOnlyAdmin):
    """What QuickBooks shows on a bill, and whether its file was fetched."""

    list_display = ["file_name", "bill_ref", "attachable_ref", "state", "tries", "next_try_at", "company"]
    list_filter = ["state", "company"]
    list_select_related = ["company"]
    search_fields = ["file_name", "=bill_ref", "=attachable_ref"]
    ordering = ["-pk"]
