"""The staff door to invoicing: to look at."""

from django.contrib import admin

from invoicing.models import NewTaxCode
from ressio.admin import ReadOnlyAdmin


@admin.register(NewTaxCode)
class NewTaxCodeAdmin(ReadOnlyAdmin):
    """What became of it is told by its push (kind `tax_code`, the subject's id is this one's)."""

    list_display = ["name", "company", "requested_by", "requested_at", "quickbooks_id"]
    list_filter = ["company"]
    list_select_related = ["company", "requested_by"]
    search_fields = ["name", "=quickbooks_id"]
    date_hierarchy = "requested_at"
    ordering = ["-pk"]
