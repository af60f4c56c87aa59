"""What beat does for syncs: pick up what was left lying, ask for the hourly ones, forget old runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q

from integrations.models import (
    AutomaticSync,
    Connection,
    ConnectionStatus,
    RunKind,
    RunStatus,
    RunTrigger,
    SyncRun,
)
from integrations.models.sync import NARROW, QUIET
from integrations.sync import MOST_ATTEMPTS, CannotSync, end_run, request_sync, wake_worker
from ressio.scoping import scope, scopes_disabled

# By then a worker should have begun; perhaps the message was lost.
WAKE_AGAIN_AFTER = timedelta(seconds=45)
QUIET_RUNS_KEPT = timedelta(days=1)


def sweep_runs(*, now: datetime) -> list[int]:
    """Wake a worker for every run that waits too long or whose worker died; give up on hopeless ones."""
    with scopes_disabled():
        _give_up(now=now)
        forgotten = Q(status=RunStatus.QUEUED, requested_at__lt=now - WAKE_AGAIN_AFTER)
        abandoned = Q(status=RunStatus.RUNNING, lease_until__lt=now)
        found = list(SyncRun.objects.filter(forgotten | abandoned).values_list("pk", flat=True))
    for run_id in found:
        wake_worker(run_id)
    return found


def _give_up(*, now: datetime) -> None:
    hopeless = SyncRun.objects.filter(
        status=RunStatus.RUNNING, lease_until__lt=now, attempt__gte=MOST_ATTEMPTS
    )
    for run in hopeless.select_related("connection__company"):
        run.note = ""
        with scope(company=run.company_id):
            end_run(
                run,
                status=RunStatus.FAILED,
                error="The sync stopped three times in the middle. Try again; if it stays, tell support.",
                error_code="worker_lost",
            )


def request_scheduled_syncs(*, now: datetime) -> list[int]:
    """For companies that asked for hourly syncs (K2): of the others only invoices and payments are pulled unasked."""
    with scopes_disabled():
        due = list(
            Connection.objects.filter(
                is_current=True, status=ConnectionStatus.CONNECTED, automatic_sync=AutomaticSync.HOURLY
            )
        )
    return request_scheduled(due, RunKind.ALL, now=now)


def request_scheduled(connections: Sequence[Connection], kind: str, *, now: datetime) -> list[int]:
    """One run each; whatever runs already is joined."""
    found = (_request_scheduled(connection, kind, now=now) for connection in connections)
    return [run_id for run_id in found if run_id]


def _request_scheduled(connection: Connection, kind: str, *, now: datetime) -> int | None:
    with scope(company=connection.company_id):
        try:
            run = request_sync(connection=connection, kind=kind, trigger=RunTrigger.SCHEDULE, now=now)
        except CannotSync:
            return None
        return run.pk


def prune_runs(*, now: datetime) -> int:
    """Forget runs after 90 days, with their steps and changes; the latest of a connection always stays, and the latest
    whole one. Those of every 15 minutes that found nothing new are forgotten after a day.
    """
    oldest = now - timedelta(days=getattr(settings, "SYNC_RUNS_KEPT_DAYS", 90))
    with scopes_disabled():
        latest = [
            row["latest"]
            for runs in (SyncRun.objects.all(), SyncRun.objects.exclude(NARROW))
            for row in runs.values("connection").annotate(latest=Max("pk"))
        ]
        old = SyncRun.objects.filter(finished_at__isnull=False).filter(
            Q(requested_at__lt=oldest) | (QUIET & Q(requested_at__lt=now - QUIET_RUNS_KEPT))
        )
        deleted = old.exclude(pk__in=latest).delete()[1]
    return deleted.get("integrations.SyncRun", 0)
