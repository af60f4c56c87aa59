"""Doors for Celery and for the hooks of `integrations`: each calls one verb."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from integrations.models import Connection, SyncRun
from invoicing.payments import schedule
from invoicing.payments.standing import report_balances


@shared_task(name="invoicing.request_invoice_syncs")
def request_invoice_syncs(**newer: Any) -> None:
    """Every 15 minutes. `newer` lets an old worker survive a new caller."""
    schedule.request_invoice_syncs(now=timezone.now())


def report_balances_after_sync(connection: Connection, run: SyncRun) -> None:
    report_balances(connection, now=timezone.now())
