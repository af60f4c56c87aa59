"""Connections, how fast we may talk, and what was said."""

from django.contrib import admin

from integrations.models import ApiUsage, ConnectAttempt, Connection, Exchange, Throttle, ThrottleLease
from ressio.admin import ReadOnlyAdmin


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = ["books_name", "company", "status", "is_current", "connected_at", "country", "edition"]
    list_filter = ["status", "is_current", "company"]
    list_select_related = ["company"]
    search_fields = ["books_name", "company__name"]
    # Named one by one what may be seen: a new column stays hidden until somebody thought about it.
    fields = [
        "company",
        "books_name",
        "status",
        "status_reason",
        "is_current",
        "automatic_sync",
        "connected_by",
        "connected_at",
        "disconnected_at",
        "access_token_expires_at",
        "refresh_token_expires_at",
        "sign_in_ends_at",
        "token_version",
        "refresh_claimed_until",
        "country",
        "home_currency",
        "edition",
        "has_payroll",
        "closing_date",
    ]


@admin.register(ConnectAttempt)
class ConnectAttemptAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "company", "user", "used_at"]
    list_select_related = ["company", "user"]
    fields = ["company", "user", "started_at", "used_at"]


@admin.register(Throttle)
class ThrottleAdmin(ReadOnlyAdmin):
    list_display = ["connection", "company", "paused_until"]
    list_select_related = ["connection", "company"]


@admin.register(ThrottleLease)
class ThrottleLeaseAdmin(ReadOnlyAdmin):
    list_display = ["throttle", "company", "expires_at"]
    list_select_related = ["throttle__connection", "company"]


@admin.register(Exchange)
class ExchangeAdmin(ReadOnlyAdmin):
    """What Intuit's support asks for: find a request by its `intuit_tid`."""

    list_display = [
        "at",
        "company",
        "operation",
        "entity",
        "status",
        "fault_code",
        "milliseconds",
        "intuit_tid",
    ]
    list_filter = ["operation", "status", "is_metered", "company"]
    list_select_related = ["company"]
    search_fields = ["=intuit_tid", "=request_id", "entity", "=fault_code"]
    show_full_result_count = False
    ordering = ["-at", "-pk"]


@admin.register(ApiUsage)
class ApiUsageAdmin(ReadOnlyAdmin):
    list_display = ["month", "connection", "company", "requests", "metered"]
    list_select_related = ["connection", "company"]
    ordering = ["-month", "-pk"]
