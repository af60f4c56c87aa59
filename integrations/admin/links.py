"""Links: looked at here, made on the pages where people see both sides. Taking one away is the same verb."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.linking.cost_codes import COST_CODES
from integrations.linking.employees import EMPLOYEES
from integrations.linking.pairing import Pairing, unlink_one
from integrations.linking.project_refs import unmap_project_ref
from integrations.linking.projects import PROJECTS
from integrations.linking.vendors import VENDORS
from integrations.models import CostCodeLink, EmployeeLink, ProjectLink, ProjectRefMapping, VendorLink


class LinkAdmin(admin.ModelAdmin[Any]):
    list_filter = ["company"]
    ordering = ["-linked_at", "-pk"]
    forget: Callable[[Any, Any], object]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.forget(request.user, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for link in queryset:
            self.forget(request.user, link)


class PairAdmin(LinkAdmin):
    pairing: Pairing

    def get_list_display(self, request: HttpRequest) -> Any:
        return [self.pairing.thing_field, self.pairing.ref_field, "company", "linked_by", "linked_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = (self.pairing.thing_field, "company", "linked_by", "connection")
        return super().get_queryset(request).select_related(*related)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [f"{self.pairing.thing_field}__name", f"={self.pairing.ref_field}"]

    def forget(self, actor: Any, link: Any) -> None:
        thing = self.pairing.thing_of(link)
        unlink_one(self.pairing, connection=link.connection, thing=thing, actor=actor)


@admin.register(ProjectLink)
class ProjectLinkAdmin(PairAdmin):
    pairing = PROJECTS


@admin.register(CostCodeLink)
class CostCodeLinkAdmin(PairAdmin):
    pairing = COST_CODES


@admin.register(VendorLink)
class VendorLinkAdmin(PairAdmin):
    pairing = VENDORS


@admin.register(EmployeeLink)
class EmployeeLinkAdmin(PairAdmin):
    pairing = EMPLOYEES


@admin.register(ProjectRefMapping)
class ProjectRefMappingAdmin(LinkAdmin):
    list_display = ["project_ref", "customer_ref", "company", "linked_by", "linked_at"]
    list_select_related = ["company", "linked_by"]
    search_fields = ["=project_ref", "=customer_ref"]

    def forget(self, actor: Any, link: Any) -> None:
        unmap_project_ref(mapping=link, actor=actor)
