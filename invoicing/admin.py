"""The staff door to invoicing: to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from budgets.admin import link_to_pushes
from invoicing.models import (
    AppliedPart,
    BilledCost,
    ClientCredit,
    ClientPayment,
    Invoice,
    InvoiceChange,
    InvoiceLine,
    NewTaxCode,
    ReceivedPayment,
)
from invoicing.payments.recording import PUSH_KIND
from ressio.admin import ReadOnlyAdmin, ReadOnlyInline


@admin.register(NewTaxCode)
class NewTaxCodeAdmin(ReadOnlyAdmin):
    """What became of it is told by its push (kind `tax_code`, the subject's id is this one's)."""

    list_display = ["name", "company", "requested_by", "requested_at", "quickbooks_id"]
    list_filter = ["company"]
    list_select_related = ["company", "requested_by"]
    search_fields = ["name", "=quickbooks_id"]
    date_hierarchy = "requested_at"
    ordering = ["-pk"]


# Invoices -----------------------------------------------------------------------------------------------------------


class InvoiceLineInline(ReadOnlyInline):
    model = InvoiceLine
    fields = [
        *("position", "section", "cost_code", "is_default_code", "description", "quantity", "unit_price"),
        *("cost", "markup_percent", "markup", "amount", "tax_code_ref", "line_ref", "profit_line_ref"),
    ]
    ordering = ["position"]


class InvoiceChangeInline(ReadOnlyInline):
    model = InvoiceChange
    fields = ["at", "what", "fields"]
    ordering = ["-at", "-pk"]


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Search by number, client or QuickBooks id. Invoices are changed on their pages. The key of the client's link is
    a secret and not shown.
    """

    exclude = ["share_key"]
    list_display = [
        *("__str__", "client_name", "company", "project", "state", "issued_on", "due_on", "total"),
        *("quickbooks_total", "paid", "quickbooks_id", "pushes"),
    ]
    list_filter = ["state", "tax_is_estimate", "company"]
    list_select_related = ["company", "project"]
    search_fields = ["=number", "=quickbooks_id", "client_name"]
    date_hierarchy = "issued_on"
    show_full_result_count = False
    ordering = ["-pk"]
    inlines = [InvoiceLineInline, InvoiceChangeInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "pushes"]

    @admin.display(description="on the way to QuickBooks")
    def pushes(self, invoice: Invoice) -> str:
        return link_to_pushes(PUSH_KIND, invoice.pk)


@admin.register(BilledCost)
class BilledCostAdmin(ReadOnlyAdmin):
    """Which cost stands on which invoice. Search by QuickBooks id of the document."""

    list_display = ["said", "amount", "invoice", "project", "entity", "document_ref", "line_ref", "company"]
    list_filter = ["company"]
    list_select_related = ["line__invoice", "project", "company"]
    search_fields = ["=document_ref", "said", "=line__invoice__number"]
    ordering = ["-pk"]

    @admin.display(description="invoice")
    def invoice(self, billed: BilledCost) -> str:
        return str(billed.line.invoice)


# Payments -----------------------------------------------------------------------------------------------------------


@admin.register(ClientPayment)
class ClientPaymentAdmin(ReadOnlyAdmin):
    """As QuickBooks has them. Search by QuickBooks id of the payment or the customer, or by check number."""

    list_display = [
        *("payment_ref", "customer_ref", "received_on", "total", "unapplied", "refunded", "reference"),
        *("is_void", "company"),
    ]
    list_filter = ["is_void", "company"]
    list_select_related = ["company"]
    search_fields = ["=payment_ref", "=customer_ref", "=reference"]
    date_hierarchy = "received_on"
    show_full_result_count = False
    ordering = ["-pk"]


@admin.register(ClientCredit)
class ClientCreditAdmin(ReadOnlyAdmin):
    """Credit memos of QuickBooks, and what is left of them."""

    list_display = ["number", "credit_ref", "customer_ref", "issued_on", "total", "remaining", "company"]
    list_filter = ["company"]
    list_select_related = ["company"]
    search_fields = ["=credit_ref", "=customer_ref", "=number"]
    date_hierarchy = "issued_on"
    show_full_result_count = False
    ordering = ["-pk"]


@admin.register(AppliedPart)
class AppliedPartAdmin(ReadOnlyAdmin):
    """What each payment applied to which invoice. Search by QuickBooks id of either."""

    list_display = ["payment_ref", "invoice_ref", "amount", "kind", "source", "applied_on", "company"]
    list_filter = ["kind", "company"]
    list_select_related = ["company"]
    search_fields = ["=payment_ref", "=invoice_ref", "=credit_ref"]
    show_full_result_count = False
    ordering = ["-pk"]


@admin.register(ReceivedPayment)
class ReceivedPaymentAdmin(ReadOnlyAdmin):
    """Recorded here, for invoices that are not sent to QuickBooks."""

    list_display = [
        *("invoice", "received_on", "amount", "method", "reference", "recorded_by", "recorded_at"),
        *("removed_at", "company"),
    ]
    list_filter = ["company"]
    list_select_related = ["invoice", "recorded_by", "company"]
    search_fields = ["=reference", "=invoice__number"]
    date_hierarchy = "received_on"
    ordering = ["-pk"]
