"""What QuickBooks said: documents as they are, and the lists read out of them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from integrations.models import (
    Document,
    Feed,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
)
from integrations.registry import ENTITIES
from ressio.admin import ReadOnlyAdmin

from .pretty import show_json


class EntityFilter(admin.SimpleListFilter):
    """From the table of entities, not by looking through a million documents."""

    title = "entity"
    parameter_name = "entity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(feed.entity, feed.label) for feed in ENTITIES.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(entity=self.value()) if self.value() else queryset


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Search by QuickBooks id or entity."""

    list_display = ["entity", "quickbooks_id", "company", "last_updated_at", "deleted_at", "fetched_at"]
    list_filter = [EntityFilter, ("deleted_at", admin.EmptyFieldListFilter), "company"]
    list_select_related = ["company"]
    search_fields = ["=quickbooks_id", "=entity"]
    show_full_result_count = False
    ordering = ["-pk"]
    fields = [
        "company",
        "connection",
        "entity",
        "quickbooks_id",
        "sync_token",
        "last_updated_at",
        "deleted_at",
        "fetched_at",
        "json",
    ]
    readonly_fields = ["json"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body")

    @admin.display(description="JSON")
    def json(self, document: Document) -> SafeString:
        return show_json(document.body)


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin):
    list_display = [
        "entity",
        "connection",
        "company",
        "changed_since",
        "last_full_pull_at",
        "last_success_at",
    ]
    list_filter = [EntityFilter, "company"]
    list_select_related = ["connection", "company"]


class ListRowAdmin(ReadOnlyAdmin):
    list_display = ["name", "quickbooks_id", "company", "is_active", "is_deleted"]
    list_filter = ["is_active", "is_deleted", "company"]
    list_select_related = ["company"]
    search_fields = ["name", "=quickbooks_id"]
    ordering = ["name", "pk"]


@admin.register(QuickBooksCustomer)
class CustomerAdmin(ListRowAdmin):
    list_display = ["full_name", "quickbooks_id", "company", "is_project", "is_active", "is_deleted"]
    search_fields = ["full_name", "=quickbooks_id"]


@admin.register(QuickBooksItem)
class ItemAdmin(ListRowAdmin):
    list_display = ["full_name", "quickbooks_id", "company", "item_type", "sold", "purchased", "is_active"]
    list_filter = ["item_type", "is_active", "is_deleted", "company"]

    @admin.display(boolean=True, description="I sell this")
    def sold(self, item: QuickBooksItem) -> bool:
        return item.is_sold

    @admin.display(boolean=True, description="I purchase this")
    def purchased(self, item: QuickBooksItem) -> bool:
        return item.is_purchased


admin.site.register(QuickBooksVendor, ListRowAdmin)
admin.site.register(QuickBooksEmployee, ListRowAdmin)
admin.site.register(QuickBooksAccount, ListRowAdmin)
