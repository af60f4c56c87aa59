"""Doors for Celery and for the hooks of `integrations`: each calls one verb."""

from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from budgets.bills import pulling
from budgets.bills.file_builder import release_held_files
from budgets.bills.releasing import release_held
from budgets.bills.vendors import follow_merged_vendors
from budgets.found_issues import report_left_out_lines
from integrations.models import Connection, SyncRun
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)


@shared_task(name="budgets.refresh_issues")
def refresh_issues(*, connection_id: int, **newer: Any) -> None:
    """`newer` lets an old worker survive a new caller. Running it twice changes nothing."""
    with scopes_disabled():
        connection = Connection.objects.select_related("company").filter(pk=connection_id).first()
    if connection is not None:
        with scope(company=connection.company):
            report_left_out_lines(connection, now=timezone.now())
            follow_up_bills(connection)


def follow_up_bills(connection: Connection) -> None:
    """Links first: a bill whose vendor was merged in QuickBooks leaves under the new one."""
    now = timezone.now()
    follow_merged_vendors(connection, now=now)
    release_held(connection, now)


def report_after_sync(connection: Connection, run: SyncRun) -> None:
    """Part of the run, so that the log is right when the run ends."""
    report_left_out_lines(connection, now=timezone.now())


def release_after_sync(connection: Connection, run: SyncRun) -> None:
    """Apart from the report: if one of them fails, the other is done all the same."""
    follow_up_bills(connection)


def ring_after_links_changed(connection: Connection) -> None:
    """Budgets need nothing: they are counted when asked for. Issues and held bills may follow a moment later.

    Without a broker they follow with the next sync.
    """
    try:
        refresh_issues.delay(connection_id=connection.pk)
    except (OperationalError, OSError):
        logger.warning("issues_bell_failed", connection=connection.pk, exc_info=True)


@shared_task(name=pulling.FETCH, acks_late=True)
def fetch_bill_files(*, connection_id: int, **newer: Any) -> None:
    """Any number of these may run at once: each takes what no other has."""
    pulling.fetch_files(connection_id)


@shared_task(name="budgets.sweep_bill_files")
def sweep_bill_files(**newer: Any) -> None:
    """Every minute: files nobody was woken for, files whose worker died."""
    pulling.sweep_files(now=timezone.now())


def follow_files_after_sync(connection: Connection, run: SyncRun) -> None:
    release_held_files(connection, now=timezone.now())
    pulling.follow_files(connection, now=timezone.now())


def follow_files_after_links_changed(connection: Connection) -> None:
    """Runs on commit, perhaps outside of the scope."""
    with scope(company=connection.company_id):
        release_held_files(connection, now=timezone.now())
        pulling.follow_files(connection, now=timezone.now())
