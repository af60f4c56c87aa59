"""Doors for Celery and for the hooks of `integrations`: each calls one verb."""

from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.models import Connection, SyncRun
from invoicing.invoices.held import release_held_invoices
from invoicing.payments import schedule
from invoicing.payments.rebuilding import rebuild_if_never_read
from invoicing.payments.standing import report_balances
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)


@shared_task(name="invoicing.request_invoice_syncs")
def request_invoice_syncs(**newer: Any) -> None:
    """Every 15 minutes. `newer` lets an old worker survive a new caller."""
    schedule.request_invoice_syncs(now=timezone.now())


def report_balances_after_sync(connection: Connection, run: SyncRun) -> None:
    rebuild_if_never_read(connection)
    report_balances(connection, now=timezone.now())


@shared_task(name="invoicing.release_held")
def release_held(*, connection_id: int, **newer: Any) -> None:
    """Running it twice changes nothing."""
    with scopes_disabled():
        connection = Connection.objects.filter(pk=connection_id).first()
    if connection is not None:
        with scope(company=connection.company_id):
            release_held_invoices(connection, timezone.now())


def release_after_sync(connection: Connection, run: SyncRun) -> None:
    release_held_invoices(connection, timezone.now())


def ring_after_links_changed(connection: Connection) -> None:
    """Without a broker they leave after the next sync."""
    try:
        release_held.delay(connection_id=connection.pk)
    except (OperationalError, OSError):
        logger.warning("held_invoices_bell_failed", connection=connection.pk, exc_info=True)
