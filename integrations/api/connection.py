"""How the connection to QuickBooks stands. Connecting itself needs a person at Intuit's consent page."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.connecting import current_connection
from integrations.connection_card import build_card
from integrations.freshness import as_of
from integrations.models import AutomaticSync, Connection, ConnectionStatus, RunKind
from integrations.sync import find_active_run
from integrations.sync_log import describe_health
from ressio.api.base import CompanyAPIView
from ressio.api.permissions import IsAdmin

NEVER = "never_connected"
STATES = [(NEVER, "Never connected"), *ConnectionStatus.choices]


class ConnectionSerializer(serializers.Serializer[Any]):
    """Never the realm id, never a token."""

    status = serializers.ChoiceField(STATES)
    status_reason = serializers.CharField(help_text="Why, for people; empty when all is well.")
    health = serializers.CharField(help_text="One sentence: is everything here, and does something need you.")
    books_name = serializers.CharField(help_text="The company's name in QuickBooks.")
    country = serializers.CharField()
    home_currency = serializers.CharField()
    has_payroll = serializers.BooleanField()
    automatic_sync = serializers.ChoiceField(AutomaticSync.choices)
    connected_by = serializers.CharField(allow_null=True)
    connected_at = serializers.DateTimeField(allow_null=True)
    disconnected_at = serializers.DateTimeField(allow_null=True)
    reconnect_by = serializers.DateTimeField(
        allow_null=True, help_text="When somebody must sign in at Intuit again at the latest."
    )
    lists_as_of = serializers.DateTimeField(allow_null=True, help_text="Lists are known up to this moment.")
    expenses_as_of = serializers.DateTimeField(
        allow_null=True, help_text="Bills, expenses, credits and time are known up to this moment."
    )
    invoices_as_of = serializers.DateTimeField(
        allow_null=True, help_text="Invoices and what was paid on them are known up to this moment."
    )
    requests_this_month = serializers.IntegerField(help_text="To QuickBooks, this calendar month (UTC).")
    metered_this_month = serializers.IntegerField(
        help_text="Of these, how many count against Intuit's allowance."
    )
    active_run_id = serializers.IntegerField(allow_null=True, help_text="The sync that runs or waits now.")


class ConnectionView(CompanyAPIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses=ConnectionSerializer, tags=["QuickBooks"], operation_id="quickbooks_connection")
    def get(self, request: Request, company: str) -> Response:
        """How the connection to QuickBooks Online stands; `never_connected` before the first one."""
        connection = current_connection(self.company)
        state = describe(connection, now=timezone.now()) if connection else describe_never()
        return Response(ConnectionSerializer(state).data)


def describe(connection: Connection, *, now: datetime) -> dict[str, Any]:
    card, run = build_card(connection, now=now), find_active_run(connection)
    return {
        "status": connection.status,
        "status_reason": connection.status_reason,
        "health": describe_health(connection).sentence,
        "books_name": connection.books_name,
        "country": connection.country,
        "home_currency": connection.home_currency,
        "has_payroll": connection.has_payroll,
        "automatic_sync": connection.automatic_sync,
        "connected_by": connection.connected_by.name if connection.connected_by else None,
        "connected_at": connection.connected_at,
        "disconnected_at": connection.disconnected_at,
        "reconnect_by": card.renew_by,
        "lists_as_of": as_of(connection, RunKind.LISTS),
        "expenses_as_of": as_of(connection, RunKind.EXPENSES),
        "invoices_as_of": as_of(connection, RunKind.INVOICES),
        "requests_this_month": card.requests,
        "metered_this_month": card.metered,
        "active_run_id": run.pk if run else None,
    }


def describe_never() -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(ConnectionSerializer().fields)
    words = dict.fromkeys(("status_reason", "books_name", "country", "home_currency"), "")
    return (
        nothing
        | words
        | {
            "status": NEVER,
            "health": describe_health(None).sentence,
            "has_payroll": False,
            "automatic_sync": AutomaticSync.MANUAL,
            "requests_this_month": 0,
            "metered_this_month": 0,
        }
    )
