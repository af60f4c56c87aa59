"""Payments come in every 15 minutes by themselves, and at once when asked (M70, M76, K2)."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from integrations.connecting import current_connection
from integrations.models import Connection, ConnectionStatus, RunKind, RunTrigger, SyncRun
from integrations.sync import CannotSync, request_sync
from integrations.upkeep import request_scheduled
from invoicing.models import CLOSED_INVOICE_STATES, Invoice
from ressio.models import Company, Project, User
from ressio.scoping import scopes_disabled


def request_invoice_syncs(*, now: datetime) -> list[int]:
    """One run for each connected company that has an invoice in QuickBooks; the others have nothing to follow, and
    every look costs a metered read.
    """
    with scopes_disabled():
        followed = Invoice.objects.filter(connection=OuterRef("pk")).exclude(quickbooks_id="")
        due = list(
            Connection.objects.filter(
                Exists(followed.exclude(state__in=CLOSED_INVOICE_STATES)),
                is_current=True,
                status=ConnectionStatus.CONNECTED,
            ).order_by("pk")
        )
    return request_scheduled(due, RunKind.INVOICES, now=now)


def sync_invoices(
    *,
    company: Company,
    trigger: str = RunTrigger.BUTTON,
    user: User | None = None,
    project: Project | None = None,
    now: datetime,
) -> SyncRun:
    """The button "Sync Invoices". A second press joins the run that is going. Raises `CannotSync`."""
    connection = current_connection(company)
    if connection is None:
        raise CannotSync("This company is not connected to QuickBooks Online.")
    return request_sync(
        connection=connection,
        kind=RunKind.INVOICES,
        trigger=trigger,
        requested_by=user,
        project=project,
        now=now,
    )
