"""Sync runs with their steps and changes, and issues."""

from django.contrib import admin

from integrations.models import SyncChange, SyncIssue, SyncRun, SyncStep
from ressio.admin import ReadOnlyAdmin, ReadOnlyInline


class StepInline(ReadOnlyInline):
    model = SyncStep
    fields = ["position", "name", "status", "done", "total", "changed", "deleted", "message"]
    ordering = ["position"]


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    list_display = [
        "requested_at",
        "company",
        "kind",
        "is_full",
        "trigger",
        "status",
        "request_count",
        "changed_count",
        "deleted_count",
        "error_code",
    ]
    list_filter = ["status", "kind", "trigger", "company"]
    list_select_related = ["company"]
    search_fields = ["=request_id", "error", "company__name"]
    ordering = ["-requested_at", "-pk"]
    inlines = [StepInline]


@admin.register(SyncStep)
class SyncStepAdmin(ReadOnlyAdmin):
    list_display = ["run", "name", "company", "status", "done", "total", "changed", "deleted"]
    list_filter = ["status", "company"]
    list_select_related = ["run", "company"]
    ordering = ["-run_id", "position"]


@admin.register(SyncChange)
class SyncChangeAdmin(ReadOnlyAdmin):
    list_display = ["run", "entity", "quickbooks_id", "action", "company"]
    list_filter = ["action", "company"]
    list_select_related = ["run", "company"]
    search_fields = ["=quickbooks_id", "=entity"]
    show_full_result_count = False


@admin.register(SyncIssue)
class SyncIssueAdmin(ReadOnlyAdmin):
    list_display = ["title", "company", "reason", "level", "amount", "line_count", "opened_at", "resolved_at"]
    list_filter = ["level", "reason", ("resolved_at", admin.EmptyFieldListFilter), "company"]
    list_select_related = ["company"]
    search_fields = ["title", "subject_label", "company__name"]
    ordering = ["-opened_at", "-pk"]
