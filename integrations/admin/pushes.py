"""What is on its way into QuickBooks, in batches or not, and every try at it."""

from django.contrib import admin

from integrations.models import Push, PushBatch, PushTry
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
        "batch",
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
    list_filter = ["state", "entity", "operation", "is_bulk", "company"]
    list_select_related = ["company"]
    search_fields = ["=operation_id", "=quickbooks_id", "subject_label"]
    ordering = ["-requested_at", "-pk"]
    inlines = [TryInline]


class MemberInline(ReadOnlyInline):
    """Only while it is on its way: a member leaves the batch with its own answer."""

    model = Push
    verbose_name_plural = "members on their way"
    fields = ["batch_position", "subject_label", "entity", "operation", "state", "tries"]
    ordering = ["batch_position"]


class BatchTryInline(ReadOnlyInline):
    model = PushTry
    verbose_name_plural = "what became of each item"
    fields = ["push", "number", "began_at", "outcome", "fault_code", "request_id"]
    ordering = ["pk"]


@admin.register(PushBatch)
class PushBatchAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "company", "size", "state", "tries", "last_sent_at", "finished_at"]
    list_filter = ["state", "company"]
    list_select_related = ["company"]
    search_fields = ["=request_id"]
    ordering = ["-created_at", "-pk"]
    inlines = [MemberInline, BatchTryInline]


@admin.register(PushTry)
class PushTryAdmin(ReadOnlyAdmin):
    list_display = ["push", "company", "number", "began_at", "outcome", "status", "fault_code", "intuit_tid"]
    list_filter = ["outcome", "company"]
    list_select_related = ["push", "company"]
    search_fields = ["=intuit_tid", "=request_id"]
    ordering = ["-began_at", "-pk"]
