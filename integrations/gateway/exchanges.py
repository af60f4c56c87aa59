"""What was asked of QuickBooks and how it ended: a row for the log page and Intuit's support, a line in our
log.

Neither holds anything of the company's books (Q6, Q75): codes and ids, never messages, names or amounts.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.gateway.faults import QuickBooksError
from integrations.gateway.options import option
from integrations.models import ApiUsage, Connection, Exchange, SyncRun
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Outcome:
    """Filled while the exchange goes on. No status means that no answer came.

    `is_write` tells the request that was to change the books from reads on the way to it. `server_time` is
    QuickBooks' clock when it answered a write, where the answer says so.
    """

    operation: str
    entity: str = ""
    is_metered: bool = False
    is_write: bool = False
    request_id: str = ""
    status: int = 0
    code: str = ""
    intuit_tid: str = ""
    started: float = 0.0
    seconds: float = 0.0
    server_time: datetime | None = None

    def leave(self) -> None:
        """From here on it is recorded, whatever comes."""
        self.started = time.monotonic()

    def arrive(self, *, status: int, intuit_tid: str) -> None:
        self.status, self.intuit_tid = status, intuit_tid
        self.seconds = time.monotonic() - self.started

    @property
    def counts(self) -> bool:
        """Intuit counts successful requests that bring data out."""
        return self.is_metered and 200 <= self.status < 300

    @property
    def milliseconds(self) -> int:
        return round((self.seconds or time.monotonic() - self.started) * 1000)


@contextmanager
def recording(
    connection: Connection | None, outcome: Outcome, *, run: SyncRun | None = None
) -> Iterator[None]:
    """Without a connection, on the way to a new one, there is only the log."""
    try:
        yield
    except QuickBooksError as error:
        outcome.code = error.code
        raise
    finally:
        if outcome.started:
            log_exchange(connection, outcome)
            if connection:
                record_exchange(connection, outcome, run=run)


def current_request_id() -> str:
    """The id that joins this exchange with the web request or task that caused it."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def record_exchange(connection: Connection, outcome: Outcome, *, run: SyncRun | None = None) -> None:
    now = timezone.now()
    # One transaction: on SQLite each would wait for its own turn to write.
    with scope(company=connection.company_id), transaction.atomic():
        Exchange.objects.create(
            company_id=connection.company_id,
            connection_id=connection.pk,
            run_id=run.pk if run else None,
            at=now,
            operation=outcome.operation,
            entity=outcome.entity[:200],
            status=outcome.status or None,
            fault_code=outcome.code[:20],
            intuit_tid=outcome.intuit_tid[:100],
            milliseconds=outcome.milliseconds,
            is_metered=outcome.counts,
            request_id=outcome.request_id[:64],
        )
        count_usage(connection, now=now, is_metered=outcome.counts)


def log_exchange(connection: Connection | None, outcome: Outcome) -> None:
    log = logger.info if 200 <= outcome.status < 300 else logger.warning
    log(
        "quickbooks_exchange",
        connection=connection.pk if connection else None,
        operation=outcome.operation,
        entity=outcome.entity,
        status=outcome.status or None,
        fault=outcome.code,
        intuit_tid=outcome.intuit_tid,
        ms=outcome.milliseconds,
        **({"request_id": outcome.request_id} if outcome.request_id else {}),
    )


def count_usage(connection: Connection, *, now: datetime, is_metered: bool) -> None:
    month = now.astimezone(UTC).date().replace(day=1)
    added = {"requests": F("requests") + 1, "metered": F("metered") + int(is_metered)}
    usage = ApiUsage.objects.filter(connection_id=connection.pk, month=month)
    if not usage.update(**added):
        ApiUsage.objects.get_or_create(
            connection_id=connection.pk, month=month, defaults={"company_id": connection.company_id}
        )
        usage.update(**added)


def prune_exchanges(*, now: datetime) -> int:
    """Forgets exchanges after 30 days, of all companies; the monthly counts stay. Called by a scheduled
    task.
    """
    oldest = now - timedelta(days=option("QBO_EXCHANGES_KEPT_DAYS"))
    with scopes_disabled():
        deleted, _ = Exchange.objects.filter(at__lt=oldest).delete()
    return deleted
