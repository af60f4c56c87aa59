"""Sync runs: ask for one, carry it out, take one up whose worker died.

The row is the queue: whoever asks writes it, a message to Celery only wakes a worker, and a sweeper (`upkeep`) finds
what nobody woke up for. At most one run of a connection is active; asking again joins it.
"""

from datetime import datetime
from functools import partial

import structlog
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.failures import INTERNAL, describe_failure
from integrations.feeds.pull import Pull
from integrations.feeds.scan import PAGES_AT_ONCE
from integrations.feeds.writer import Writer
from integrations.gateway import Gateway, Priority
from integrations.issues import reconcile_connection_issues
from integrations.models import Connection, ConnectionStatus, RunKind, RunStatus, RunTrigger, SyncRun
from integrations.models.sync import ACTIVE
from integrations.registry import after_sync_hooks, feeds_of_kind
from integrations.run_log import LostRun, RunLog, kept_alive, read_lease
from ressio.models import Project, User
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

PERFORM = "integrations.tasks.perform_sync"
# A worker that dies again and again over one run is not helped by another try.
MOST_ATTEMPTS = 3
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

    A joined run has `was_joined` set. If it does not read what was asked for (in full, or at all, as it reads invoices
    and payments only), it is widened while it waits, or one that does follows it. Raises CannotSync.
    """
    _demand_usable(connection)
    while True:
        run = find_active_run(connection) or _create(
            connection,
            kind=kind,
            trigger=trigger,
            requested_by=requested_by,
            project=project,
            is_full=is_full,
            requested_at=now,
        )
        if not run.was_joined or _ask_for_more(run, kind, is_full=is_full):
            break
    transaction.on_commit(partial(wake_worker, run.pk), robust=True)
    return run


def describe_request(run: SyncRun) -> str:
    """What to tell the person who has just asked."""
    if not run.was_joined:
        return "Sync started."
    if run.is_followed:
        return (
            "Invoices and payments are being read already. The sync you asked for starts when that has ended."
        )
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


def _ask_for_more(run: SyncRun, kind: str, *, is_full: bool) -> bool:
    """False when the run has ended meanwhile: it will do nothing of what is asked."""
    if is_full:
        return _ask_for_full(run, kind)
    return not run.is_narrow or kind == RunKind.INVOICES or _ask_for_all_changes(run, kind)


def _ask_for_all_changes(run: SyncRun, kind: str) -> bool:
    """Every other kind of run reads everything that changed; a narrow one would lose what was asked for."""
    waiting = SyncRun.objects.filter(pk=run.pk, status=RunStatus.QUEUED)
    if waiting.update(kind=kind):
        run.kind = kind
        return True
    run.then_kind, run.is_followed = kind, True
    return SyncRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(then_kind=kind) == 1


def _ask_for_full(run: SyncRun, kind: str) -> bool:
    if _covers(run, kind):
        return True
    wider = kind if not run.is_full or run.kind == kind else RunKind.ALL
    waiting = SyncRun.objects.filter(pk=run.pk, status=RunStatus.QUEUED)
    if waiting.update(is_full=True, kind=wider):
        run.is_full, run.kind = True, wider
        return True
    then = kind if run.then_full in ("", kind) else RunKind.ALL
    run.then_full = then
    return SyncRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(then_full=then) == 1


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
            status=RunStatus.RUNNING, started_at=now, lease_until=now + read_lease(), attempt=F("attempt") + 1
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
        error = _try_to_pull(run, log)
        if error:
            _fail(run, log, error)
        else:
            _conclude(run, log)
    except LostRun:
        logger.warning("sync_run_lost", run=run.pk)


def _try_to_pull(run: SyncRun, log: RunLog) -> Exception | None:
    """What went wrong, whatever it is: the run must not stay open."""
    try:
        _pull(run, log)
    except LostRun:
        raise
    except Exception as error:
        return error
    return None


def _pull(run: SyncRun, log: RunLog) -> None:
    now = timezone.now()
    connection = run.connection
    gateway = Gateway(connection, priority=_priority(run), run=run)
    writer = Writer(connection, log, now=now)
    at_once = getattr(settings, "QBO_PAGES_AT_ONCE", PAGES_AT_ONCE)
    only = feeds_of_kind(run.kind) if run.is_narrow else None
    pull = Pull(gateway, writer, asked_at=now, pages_at_once=at_once, only=only)
    pull.run(feeds_of_kind(run.kind) if run.is_full else [])


def _priority(run: SyncRun) -> Priority:
    """Nobody waits for what the schedule asked for."""
    return Priority.BACKGROUND if run.trigger == RunTrigger.SCHEDULE else Priority.INTERACTIVE


def _conclude(run: SyncRun, log: RunLog) -> None:
    log.finish_all()
    _run_hooks(run, log)
    end_run(run, status=RunStatus.SUCCEEDED)


def _run_hooks(run: SyncRun, log: RunLog) -> None:
    """The documents are in whatever happens here; but it must not look as if nothing had happened."""
    for hook in after_sync_hooks(only_sales=run.is_narrow):
        try:
            hook(run.connection, run)
        except Exception:
            logger.exception("after_sync_hook_failed", hook=repr(hook))
            log.fail(CHECKING, message="Ressio failed here, not QuickBooks. The documents themselves are in.")


def _fail(run: SyncRun, log: RunLog, error: Exception) -> None:
    message, code = describe_failure(run.connection, error)
    if code == INTERNAL:
        logger.error("sync_run_failed", run=run.pk, exc_info=error)
    else:
        logger.warning("sync_run_failed", run=run.pk, fault=code)
    log.fail_open(message=message)
    end_run(run, status=RunStatus.FAILED, error=message, error_code=code)


def end_run(run: SyncRun, *, status: RunStatus, error: str = "", error_code: str = "") -> None:
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
    """Also when this one failed: somebody was told that theirs starts then, and it is another one that reads more."""
    if not (run.then_full or run.then_kind):
        return
    try:
        request_sync(
            connection=run.connection,
            kind=run.then_full or run.then_kind,
            trigger=run.trigger,
            requested_by=run.requested_by,
            is_full=bool(run.then_full),
            now=now,
        )
    except CannotSync:
        logger.warning("sync_follow_up_impossible", run=run.pk)
