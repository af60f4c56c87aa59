"""What is on its way into QuickBooks, and every try at it."""

from django.contrib import admin

from integrations.models import Push, PushTry
from ressio.admin import ReadOnlyAdmin, ReadOnlyInline


class TryInline(ReadOnlyInline):
    model = PushTry
    fields = [
        "number",
        "began_at",
        "milliseconds",
        "outcome",
        "status",
        "fault_code",
        "intuit_tid",
        "request_id",
    ]
    readonly_fields = ["milliseconds"]
    ordering = ["number"]


@admin.register(Push)
class PushAdmin(ReadOnlyAdmin):
    list_display = [
        "requested_at",
        "company",
        "entity",
        "operation",
        "subject_label",
        "state",
        "tries",
        "hold_code",
    ]
    list_filter = ["state", "entity", "operation", "company"]
    list_select_related = ["company"]
    search_fields = ["=operation_id", "=quickbooks_id", "subject_label"]
    ordering = ["-requested_at", "-pk"]
    inlines = [TryInline]


@admin.register(PushTry)
class PushTryAdmin(ReadOnlyAdmin):
    list_display = ["push", "company", "number", "began_at", "outcome", "status", "fault_code", "intuit_tid"]
    list_filter = ["outcome", "company"]
    list_select_related = ["push", "company"]
    search_fields = ["=intuit_tid", "=request_id"]
    ordering = ["-began_at", "-pk"]
