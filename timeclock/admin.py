"""The staff door to the time clock: to look at. Shifts are clocked, changed and approved on their pages."""

from django.contrib import admin

from ressio.admin import ReadOnlyAdmin, ReadOnlyInline
from timeclock.models import Break, Shift, ShiftChange


class BreakInline(ReadOnlyInline):
    model = Break
    fields = ["started_at", "ended_at", "was_auto_ended", "client_key", "end_key"]
    ordering = ["started_at"]


class ShiftChangeInline(ReadOnlyInline):
    model = ShiftChange
    fields = ["at", "by", "what", "fields"]
    ordering = ["-at", "-pk"]


@admin.register(Shift)
class ShiftAdmin(ReadOnlyAdmin):
    """Search by worker, project, the key of a tap or QuickBooks id."""

    list_display = [
        "worked_on",
        "worker",
        "company",
        "project",
        "cost_code",
        "started_at",
        "ended_at",
        "hours",
        "origin",
        "state",
        "quickbooks_id",
    ]
    list_filter = ["state", "origin", "was_recorded", "company"]
    list_select_related = ["company", "project", "cost_code", "team_member"]
    search_fields = [
        "team_member__name",
        "worker_name",
        "project__name",
        "=client_key",
        "=end_key",
        "=quickbooks_id",
    ]
    date_hierarchy = "worked_on"
    show_full_result_count = False
    ordering = ["-pk"]
    inlines = [BreakInline, ShiftChangeInline]

    @admin.display(description="worker")
    def worker(self, shift: Shift) -> str:
        return shift.shown_worker

    @admin.display(description="hours")
    def hours(self, shift: Shift) -> str:
        return "running" if shift.is_running else f"{shift.worked_seconds / 3600:.2f}"
