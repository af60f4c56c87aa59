"""What the sync log says, in the order people ask: is everything all right, what needs me, what happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Q, QuerySet, Sum, When
from django.utils import timezone

from integrations.describing import Description, describe_document
from integrations.freshness import as_of
from integrations.issues import CONNECTION_REASONS, ENDS_WHEN_SEEN
from integrations.models import (
    Connection,
    ConnectionStatus,
    Document,
    Exchange,
    IssueLevel,
    RunKind,
    RunStatus,
    SyncChange,
    SyncIssue,
    SyncRun,
)
from integrations.sync import find_active_run
from ressio.money import ZERO

EXPORT_HEADERS = (
    "Time (UTC)",
    "Operation",
    "Entity",
    "HTTP status",
    "Fault code",
    "intuit_tid",
    "Milliseconds",
    "Metered",
    "Ressio request id",
)


@dataclass(frozen=True)
class Health:
    """One sentence, and the moment it is true for. `tone` as of a status chip."""

    sentence: str
    tone: str
    as_of: datetime | None = None


def describe_health(connection: Connection | None) -> Health:
    if connection is None or connection.status in (ConnectionStatus.DISCONNECTED, ConnectionStatus.PENDING):
        return Health("QuickBooks Online is not connected, so nothing is synced.", "warn")
    known_as_of = as_of(connection)
    if connection.status == ConnectionStatus.RECONNECT_NEEDED:
        return Health("The sign-in to QuickBooks Online has ended. Nothing new arrives.", "bad", known_as_of)
    last = _last_ended(connection)
    has_failed = last is not None and last.status == RunStatus.FAILED
    if known_as_of is None:
        return _describe_beginning(connection, has_failed=has_failed)
    if has_failed:
        return Health("The last sync failed. Figures are as of the one before.", "bad", known_as_of)
    return _describe_issues(connection, known_as_of)


def _describe_beginning(connection: Connection, *, has_failed: bool) -> Health:
    if find_active_run(connection) is not None:
        return Health("The first sync is on its way.", "info")
    if has_failed:
        return Health("The first sync failed. Figures are not complete until one ends well.", "bad")
    return Health("Nothing has been read from QuickBooks yet.", "info")


def _last_ended(connection: Connection) -> SyncRun | None:
    ended = SyncRun.objects.filter(connection=connection, finished_at__isnull=False)
    found: SyncRun | None = ended.order_by("-finished_at").first()
    return found


def _describe_issues(connection: Connection, known_as_of: datetime) -> Health:
    problems = open_issues(connection).filter(level=IssueLevel.PROBLEM)
    count = problems.count()
    if not count:
        return Health("Everything in QuickBooks is here, and nothing needs you.", "ok", known_as_of)
    held_up = problems.exclude(reason__in=ENDS_WHEN_SEEN).aggregate(amount=Sum("amount"))["amount"] or ZERO
    things = "1 thing needs you" if count == 1 else f"{count} things need you"
    dollars = f", holding up {write_amount(held_up, connection.home_currency)}" if held_up else ""
    return Health(f"Everything in QuickBooks is here. {things}{dollars}.", "warn", known_as_of)


def write_amount(amount: Decimal, currency: str) -> str:
    return f"{currency} {amount:,.2f}"


def open_issues(connection: Connection) -> QuerySet[SyncIssue]:
    """What concerns the connection as a whole stands first, whatever the dollars: nothing arrives without it."""
    found: QuerySet[SyncIssue] = SyncIssue.objects.filter(connection=connection, resolved_at=None)
    is_detail = Case(When(reason__in=CONNECTION_REASONS, then=0), default=1)
    return found.order_by(is_detail, "-amount", "-opened_at", "pk")


# Runs -----------------------------------------------------------------------------------------------------

RUN_FILTERS = {
    "all": "All",
    "changes": "With changes",
    "failed": "Failed",
}


def list_runs(connection: Connection, which: str = "all") -> QuerySet[SyncRun]:
    runs: QuerySet[SyncRun] = SyncRun.objects.filter(connection=connection).select_related(
        "requested_by", "project"
    )
    if which == "failed":
        runs = runs.filter(status=RunStatus.FAILED)
    elif which == "changes":
        runs = runs.filter(Q(changed_count__gt=0) | Q(deleted_count__gt=0))
    return runs.order_by("-requested_at", "-pk")


@dataclass(frozen=True)
class Change:
    action: str
    description: Description


def list_changes(run: SyncRun) -> list[Change]:
    """The documents a run brought, as they are today."""
    changes = list(SyncChange.objects.filter(run=run).order_by("pk"))
    documents = _documents_of(run, changes)
    return [Change(change.get_action_display(), _describe(change, documents)) for change in changes]


def _documents_of(run: SyncRun, changes: Sequence[SyncChange]) -> dict[tuple[str, str], Document]:
    ids = {change.quickbooks_id for change in changes}
    rows = Document.objects.filter(connection_id=run.connection_id, quickbooks_id__in=ids)
    return {(row.entity, row.quickbooks_id): row for row in rows}


def _describe(change: SyncChange, documents: dict[tuple[str, str], Document]) -> Description:
    document = documents.get((change.entity, change.quickbooks_id))
    return describe_document(change.entity, change.quickbooks_id, document.data if document else {})


@dataclass(frozen=True)
class Freshness:
    label: str
    at: datetime | None


def list_freshness(connection: Connection) -> list[Freshness]:
    return [
        Freshness("Lists", as_of(connection, RunKind.LISTS)),
        Freshness("Expenses, bills and time", as_of(connection, RunKind.EXPENSES)),
    ]


# For Intuit's support -------------------------------------------------------------------------------------


def list_exchanges(connection: Connection, *, first: date, last: date) -> QuerySet[Exchange]:
    """Of those days, both included, in the time zone of the company."""
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    found: QuerySet[Exchange] = Exchange.objects.filter(connection=connection, at__gte=begin, at__lt=end)
    return found.order_by("at", "pk")


def export_rows(exchanges: QuerySet[Exchange]) -> Iterator[tuple[Any, ...]]:
    """Codes and ids only: nothing of the company's books may leave with it (Q75)."""
    for exchange in exchanges.iterator(chunk_size=2000):
        yield (
            f"{exchange.at:%Y-%m-%dT%H:%M:%S.%fZ}",
            exchange.operation,
            exchange.entity,
            exchange.status or "no answer",
            exchange.fault_code,
            exchange.intuit_tid,
            exchange.milliseconds,
            "yes" if exchange.is_metered else "no",
            exchange.request_id,
        )
