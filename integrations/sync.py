"""Sync runs: ask for one, carry it out, pick up what a dead worker left.

The row is the queue: whoever asks writes it, a message to Celery only wakes a worker, and a sweeper finds
what nobody woke up for. At most one run of a connection is active; asking again joins it.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.feeds.pull import KeepsChanging, Pull
from integrations.feeds.scan import PAGES_AT_ONCE
from integrations.feeds.writer import Writer
from integrations.gateway import Gateway, Priority, QuickBooksError
from integrations.issues import reconcile_connection_issues
from integrations.models import Connection, ConnectionStatus, RunKind, RunStatus, RunTrigger, SyncRun
from integrations.models.sync import ACTIVE
from integrations.registry import after_sync_hooks, feeds_of_kind
from integrations.run_log import LEASE, LostRun, RunLog, kept_alive
from ressio.models import Project, User
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

PERFORM = "integrations.tasks.perform_sync"
# A worker that dies again and again over one run is not helped by another try.
MOST_ATTEMPTS = 3
# By then a worker should have begun; perhaps the message was lost.
WAKE_AGAIN_AFTER = timedelta(seconds=45)
CHECKING = "Working out what needs attention"


class CannotSync(Exception):
    """There is no usable connection; the message is for people."""


# Asking ---------------------------------------------------------------------------------------------------


def request_sync(
    *,
    connection: Connection,
    kind: str,
    trigger: str,
    requested_by: User | None = None,
    project: Project | None = None,
    is_full: bool = False,
    now: datetime,
) -> SyncRun:
    """The active run, or a new one that a worker begins as soon as this transaction commits.

    A joined run has `was_joined` set. If it does not read in full what was asked for in full, it is widened
    while it waits, or one that does follows it. Raises CannotSync.
    """
    _demand_usable(connection)
    run = find_active_run(connection)
    if run is None:
        run = _create(
            connection,
            kind=kind,
            trigger=trigger,
            requested_by=requested_by,
            project=project,
            is_full=is_full,
            requested_at=now,
        )
    if run.was_joined and is_full:
        _ask_for_full(run, kind)
    transaction.on_commit(partial(wake_worker, run.pk), robust=True)
    return run


def describe_request(run: SyncRun) -> str:
    """What to tell the person who has just asked."""
    if not run.was_joined:
        return "Sync started."
    if run.then_full:
        return "A sync is running already. Reading everything again starts when it has ended."
    return "A sync is running already; this one joined it."


def wake_worker(run_id: int) -> None:
    """Only a bell: when the broker is down the sweeper starts the run a minute later."""
    try:
        current_app.signature(PERFORM, kwargs={"run_id": run_id}).delay()
    except (OperationalError, OSError):
        logger.warning("sync_bell_failed", run=run_id, exc_info=True)


def _demand_usable(connection: Connection) -> None:
    connection.refresh_from_db(fields=["status", "is_current"])
    if connection.status == ConnectionStatus.RECONNECT_NEEDED:
        raise CannotSync("The sign-in to QuickBooks Online has ended. Reconnect first.")
    if not connection.is_usable:
        raise CannotSync("This company is not connected to QuickBooks Online.")


def find_active_run(connection: Connection) -> SyncRun | None:
    run = SyncRun.objects.filter(connection=connection, status__in=ACTIVE).first()
    if run:
        run.was_joined = True
    return run


def _create(connection: Connection, **values: object) -> SyncRun:
    """The database lets one active run exist: whoever comes second finds the first."""
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    while True:
        try:
            with transaction.atomic():
                return SyncRun.objects.create(
                    company_id=connection.company_id, connection=connection, request_id=request_id, **values
                )
        except IntegrityError:
            run = find_active_run(connection)
            if run:
                return run


def _ask_for_full(run: SyncRun, kind: str) -> None:
    if _covers(run, kind):
        return
    wider = kind if not run.is_full or run.kind == kind else RunKind.ALL
    waiting = SyncRun.objects.filter(pk=run.pk, status=RunStatus.QUEUED)
    if waiting.update(is_full=True, kind=wider):
        run.is_full, run.kind = True, wider
        return
    then = kind if run.then_full in ("", kind) else RunKind.ALL
    SyncRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(then_full=then)
    run.then_full = then


def _covers(run: SyncRun, kind: str) -> bool:
    return run.is_full and run.kind in (kind, RunKind.ALL)


# Doing ----------------------------------------------------------------------------------------------------


def perform_sync(run_id: int) -> None:
    """Carry a waiting run out, or take up one whose worker died. Does nothing when it is somebody else's."""
    run = _claim(run_id)
    if run is None:
        return
    with (
        scope(company=run.company_id),
        structlog.contextvars.bound_contextvars(sync_run=run.pk, **_origin(run)),
        kept_alive(run),
    ):
        _carry_out(run)


def _claim(run_id: int) -> SyncRun | None:
    """By compare-and-swap, so that a message delivered twice is carried out once."""
    now = timezone.now()
    waiting = Q(status=RunStatus.QUEUED)
    abandoned = Q(status=RunStatus.RUNNING, lease_until__lt=now, attempt__lt=MOST_ATTEMPTS)
    with scopes_disabled():
        mine = SyncRun.objects.filter(waiting | abandoned, pk=run_id)
        claimed = mine.update(
            status=RunStatus.RUNNING, started_at=now, lease_until=now + LEASE, attempt=F("attempt") + 1
        )
        if not claimed:
            return None
        run: SyncRun = SyncRun.objects.select_related("connection", "company").get(pk=run_id)
        run.steps.all().delete()
    return run


def _origin(run: SyncRun) -> dict[str, str]:
    """A run taken up by the sweeper still carries the id of the request that asked for it."""
    return {"request_id": run.request_id} if run.request_id else {}


def _carry_out(run: SyncRun) -> None:
    log = RunLog(run)
    if run.attempt > 1:
        run.note = "The worker stopped in the middle; another one took the sync up again."
    try:
        _pull(run, log)
    except LostRun:
        logger.warning("sync_run_lost", run=run.pk)
    except Exception as error:
        # Whatever it is, the run must not stay open.
        _fail(run, log, error)
    else:
        _conclude(run, log)


def _pull(run: SyncRun, log: RunLog) -> None:
    now = timezone.now()
    connection = run.connection
    gateway = Gateway(connection, priority=_priority(run), run=run)
    writer = Writer(connection, log, now=now)
    at_once = getattr(settings, "QBO_PAGES_AT_ONCE", PAGES_AT_ONCE)
    pull = Pull(gateway, writer, asked_at=now, pages_at_once=at_once)
    pull.run(feeds_of_kind(run.kind) if run.is_full else [])


def _priority(run: SyncRun) -> Priority:
    """Nobody waits for what the schedule asked for."""
    return Priority.BACKGROUND if run.trigger == RunTrigger.SCHEDULE else Priority.INTERACTIVE


def _conclude(run: SyncRun, log: RunLog) -> None:
    log.finish_all()
    _run_hooks(run, log)
    _end(run, status=RunStatus.SUCCEEDED)


def _run_hooks(run: SyncRun, log: RunLog) -> None:
    """The documents are in whatever happens here; but it must not look as if nothing had happened."""
    for hook in after_sync_hooks():
        try:
            hook(run.connection, run)
        except Exception:
            logger.exception("after_sync_hook_failed", hook=repr(hook))
            log.fail(CHECKING, message="Ressio failed here, not QuickBooks. The documents themselves are in.")


def _fail(run: SyncRun, log: RunLog, error: Exception) -> None:
    message, code = describe_failure(run.connection, error)
    if code == "internal":
        logger.error("sync_run_failed", run=run.pk, exc_info=error)
    else:
        logger.warning("sync_run_failed", run=run.pk, fault=code)
    log.fail_open(message=message)
    _end(run, status=RunStatus.FAILED, error=message, error_code=code)


def describe_failure(connection: Connection, error: Exception) -> tuple[str, str]:
    """For people, and the code for support."""
    if isinstance(error, QuickBooksError):
        return _describe_refusal(connection, error)
    if isinstance(error, KeepsChanging):
        busy = ", ".join(error.labels)
        return f"QuickBooks changed faster than it could be read ({busy}). Try again in a while.", "unsteady"
    if isinstance(error, SoftTimeLimitExceeded):
        return "The sync took too long and was stopped. Try again; what has arrived is kept.", "time_limit"
    return "Ressio failed, not QuickBooks. Nothing is lost. Try again; if it stays, tell support.", "internal"


def _describe_refusal(connection: Connection, error: QuickBooksError) -> tuple[str, str]:
    code = error.code or type(error).__name__
    connection.refresh_from_db(fields=["status", "is_current"])
    if connection.status == ConnectionStatus.DISCONNECTED or not connection.is_current:
        return (
            "QuickBooks Online was disconnected while this sync ran. What has arrived is kept; connect again "
            "to go on.",
            "disconnected",
        )
    return error.detail_for_people, code


def _end(run: SyncRun, *, status: RunStatus, error: str = "", error_code: str = "") -> None:
    now = timezone.now()
    mine = SyncRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING, attempt=run.attempt)
    if not mine.update(
        status=status,
        finished_at=now,
        lease_until=None,
        error=error,
        error_code=error_code[:40],
        note=run.note[:300],
        request_count=run.exchanges.count(),
        changed_count=run.changed_count,
        deleted_count=run.deleted_count,
    ):
        logger.warning("sync_run_lost", run=run.pk)
        return
    run.refresh_from_db()
    run.connection.refresh_from_db(fields=["status", "is_current"])
    _start_what_was_asked_meanwhile(run, now=now)
    reconcile_connection_issues(run.connection, now=now)


def _start_what_was_asked_meanwhile(run: SyncRun, *, now: datetime) -> None:
    if not run.then_full or run.status == RunStatus.FAILED:
        return
    try:
        request_sync(
            connection=run.connection,
            kind=run.then_full,
            trigger=run.trigger,
            requested_by=run.requested_by,
            is_full=True,
            now=now,
        )
    except CannotSync:
        logger.warning("sync_follow_up_impossible", run=run.pk)


# Looking after --------------------------------------------------------------------------------------------


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
            _end(
                run,
                status=RunStatus.FAILED,
                error="The sync stopped three times in the middle. Try again; if it stays, tell support.",
                error_code="worker_lost",
            )


def request_scheduled_syncs(*, now: datetime) -> list[int]:
    """For companies that asked for hourly syncs (K2): the others are pulled on demand only."""
    with scopes_disabled():
        due = list(
            Connection.objects.filter(
                is_current=True, status=ConnectionStatus.CONNECTED, automatic_sync="hourly"
            )
        )
    return [run_id for connection in due if (run_id := _request_scheduled(connection, now=now))]


def _request_scheduled(connection: Connection, *, now: datetime) -> int | None:
    with scope(company=connection.company_id):
        try:
            run = request_sync(connection=connection, kind=RunKind.ALL, trigger=RunTrigger.SCHEDULE, now=now)
        except CannotSync:
            return None
        return run.pk


def prune_runs(*, now: datetime) -> int:
    """Forget runs after 90 days, with their steps and changes; the latest of a connection always stays."""
    oldest = now - timedelta(days=getattr(settings, "SYNC_RUNS_KEPT_DAYS", 90))
    with scopes_disabled():
        latest = [row["latest"] for row in SyncRun.objects.values("connection").annotate(latest=Max("pk"))]
        old = SyncRun.objects.filter(requested_at__lt=oldest, finished_at__isnull=False)
        deleted = old.exclude(pk__in=latest).delete()[1]
    return deleted.get("integrations.SyncRun", 0)
