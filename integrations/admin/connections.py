"""Connections, how fast we may talk, and what was said."""

from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.models import ApiUsage, ConnectAttempt, Connection, Exchange, Throttle, ThrottleLease
from integrations.outbox import resume_pushing, stop_pushing
from ressio.admin import ReadOnlyAdmin
from ressio.models import User
from ressio.scoping import scope


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = [
        "books_name",
        "company",
        "status",
        "is_current",
        "pushing_is_stopped",
        "connected_at",
        "country",
        "edition",
    ]
    list_filter = ["status", "is_current", "pushing_is_stopped", "company"]
    list_select_related = ["company"]
    search_fields = ["books_name", "company__name"]
    actions = ["stop_pushing", "resume_pushing"]
    # Named one by one what may be seen: a new column stays hidden until somebody thought about it.
    fields = [
        "company",
        "books_name",
        "status",
        "status_reason",
        "is_current",
        "automatic_sync",
        "pushing_is_stopped",
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

    @admin.action(description="Stop sending to QuickBooks (kill switch)", permissions=["operate"])
    def stop_pushing(self, request: HttpRequest, queryset: "QuerySet[Connection]") -> None:
        for connection in queryset.select_related("company"):
            with scope(company=connection.company):
                stop_pushing(connection=connection, actor=cast(User, request.user))
        self.message_user(
            request, "Nothing is sent for these connections any more. What waits stays waiting."
        )

    @admin.action(description="Resume sending to QuickBooks", permissions=["operate"])
    def resume_pushing(self, request: HttpRequest, queryset: "QuerySet[Connection]") -> None:
        for connection in queryset.select_related("company"):
            with scope(company=connection.company):
                resume_pushing(connection=connection, actor=cast(User, request.user))
        self.message_user(request, "What waits is sent within a minute.")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """The page is to look at; these two need the right to change."""
        return request.user.has_perm("integrations.change_connection")


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
