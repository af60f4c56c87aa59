"""The switches of a project, by the same verb as the project's own page."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from integrations.models import ProjectSwitches
from integrations.switches import KEYS, SWITCHES, set_switches
from ressio.models import User

MOMENTS = ["time_tracking_since", *(switch.since for switch in SWITCHES if switch.since)]


@admin.register(ProjectSwitches)
class ProjectSwitchesAdmin(admin.ModelAdmin[ProjectSwitches]):
    list_display = [
        "project",
        "company",
        "push_bills",
        "push_invoices",
        "exclude_non_billable",
        "time_tracking",
        "vendor_credits",
        "labor_basis",
    ]
    list_filter = [
        "push_bills",
        "push_invoices",
        "time_tracking",
        "vendor_credits",
        "exclude_non_billable",
        "company",
    ]
    list_select_related = ["project", "company"]
    search_fields = ["project__name", "company__name"]
    fields = ["project", *KEYS, *MOMENTS]
    autocomplete_fields = ["project"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*MOMENTS, "project"] if obj else MOMENTS

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ProjectSwitches, form: Any, change: bool) -> None:
        changes = {key: form.cleaned_data[key] for key in KEYS}
        actor = cast(User, request.user)
        stored = set_switches(project=obj.project, changes=changes, actor=actor, now=timezone.now())
        obj.pk, obj.company_id = stored.pk, stored.company_id
