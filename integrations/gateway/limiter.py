"""Everybody's turn. All workers of all processes together stay under Intuit's limits for one company.

Each request is a row, written under a lock before it leaves. A window ("9 in a second") is full when the
ninth-latest request is still inside it, so the count is exact and nothing has to be refilled or rolled
over.

Intuit counts a request when it *arrives*, which is somewhere between our start and its answer. A row
therefore counts from `arrived_by`: the answer's moment, or half a second after the start while there is
none. Whatever delays a request on its way (a new TLS connection, a busy machine), two bursts can then never
meet in one window over there.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Least

from integrations.gateway.faults import Throttled
from integrations.gateway.options import option
from integrations.models import Connection, Throttle, ThrottleLease
from ressio.scoping import scope

SECOND = timedelta(seconds=1.05)
MINUTE = timedelta(seconds=61)
# When everything in flight is slow, nobody knows when the next one ends.
IN_FLIGHT_POLL = timedelta(seconds=0.05)
LONGEST_SLEEP = 1.0
LEASES_BETWEEN_PRUNES = 20


class Priority(Enum):
    """Who waits for the answer. Work that nobody watches leaves a part of every limit to people."""

    INTERACTIVE = "interactive"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Limits:
    per_second: int
    per_minute: int
    batches_per_minute: int
    in_flight: int


def read_limits(priority: Priority) -> Limits:
    share = 1.0 if priority is Priority.INTERACTIVE else 1.0 - option("QBO_LIMIT_RESERVE")
    return Limits(
        per_second=take_share(option("QBO_LIMIT_PER_SECOND"), share),
        per_minute=take_share(option("QBO_LIMIT_PER_MINUTE"), share),
        batches_per_minute=take_share(option("QBO_LIMIT_BATCHES_PER_MINUTE"), share),
        in_flight=take_share(option("QBO_LIMIT_IN_FLIGHT"), share),
    )


def take_share(limit: int, share: float) -> int:
    return max(1, int(limit * share))


@contextmanager
def take_turn(connection: Connection, *, priority: Priority, is_batch: bool = False) -> Iterator[None]:
    """Waits until a request may leave, and counts it until the block ends. Raises Throttled when that takes
    too long.

    Must not be called inside a transaction: nobody else could take a turn until it ends, and HTTP has no
    place there.
    """
    lease = wait_for_turn(connection, priority=priority, is_batch=is_batch)
    try:
        yield
    finally:
        give_back(connection, lease)


def wait_for_turn(connection: Connection, *, priority: Priority, is_batch: bool) -> int:
    """The id of a lease. Tries at once; whoever has to wait looks on without the lock, which writers need
    too.
    """
    deadline = time.monotonic() + option("QBO_LIMIT_PATIENCE")
    limits = read_limits(priority)
    with scope(company=connection.company_id):
        while True:
            lease, wait = take_lease(connection, limits=limits, is_batch=is_batch)
            if lease is not None:
                return lease
            while wait:
                sleep_for_turn(wait, deadline=deadline)
                throttle = Throttle.objects.get(connection_id=connection.pk)
                wait = measure_wait(throttle, limits=limits, is_batch=is_batch, now=read_clock())


def sleep_for_turn(wait: float, *, deadline: float) -> None:
    """A little more than needed, differently for each, so that those who wait do not all come at once."""
    if time.monotonic() + wait > deadline:
        raise Throttled("limiter")
    time.sleep(min(wait, LONGEST_SLEEP) + random.uniform(0, 0.02))  # noqa: S311


def take_lease(connection: Connection, *, limits: Limits, is_batch: bool) -> tuple[int | None, float]:
    """The id of a lease, or None and the seconds to wait. `durable` refuses to run inside a transaction."""
    with transaction.atomic(durable=True):
        throttle = lock_throttle(connection)
        now = read_clock()
        wait = measure_wait(throttle, limits=limits, is_batch=is_batch, now=now)
        if wait:
            return None, wait
        lease = make_lease(throttle, is_batch=is_batch, now=now)
        if lease.pk % LEASES_BETWEEN_PRUNES == 0:
            forget_old_leases(throttle, now=now)
        return lease.pk, 0.0


def lock_throttle(connection: Connection) -> Throttle:
    """On SQLite the transaction itself is the lock, because it is opened for writing."""
    throttle, _ = Throttle.objects.select_for_update().get_or_create(
        connection_id=connection.pk, defaults={"company_id": connection.company_id}
    )
    return throttle


def make_lease(throttle: Throttle, *, is_batch: bool, now: datetime) -> ThrottleLease:
    longest = option("QBO_CONNECT_TIMEOUT") + option("QBO_READ_TIMEOUT") + 5
    return ThrottleLease.objects.create(
        company_id=throttle.company_id,
        throttle=throttle,
        arrived_by=now + timedelta(seconds=option("QBO_LIMIT_ARRIVAL")),
        expires_at=now + timedelta(seconds=longest),
        is_batch=is_batch,
    )


def forget_old_leases(throttle: Throttle, *, now: datetime) -> None:
    throttle.leases.filter(arrived_by__lt=now - MINUTE, expires_at__lt=now).delete()


def measure_wait(throttle: Throttle, *, limits: Limits, is_batch: bool, now: datetime) -> float:
    """Seconds until this request may leave as far as can be known; 0 means now."""
    leases = ThrottleLease.objects.filter(throttle=throttle)
    free_at = [
        throttle.paused_until,
        find_free_moment(leases, limit=limits.per_second, window=SECOND),
        find_free_moment(leases, limit=limits.per_minute, window=MINUTE),
    ]
    if is_batch:
        batches = leases.filter(is_batch=True)
        free_at.append(find_free_moment(batches, limit=limits.batches_per_minute, window=MINUTE))
    if leases.filter(expires_at__gt=now).count() >= limits.in_flight:
        free_at.append(now + IN_FLIGHT_POLL)
    return max(0.0, *((moment - now).total_seconds() for moment in free_at if moment), 0.0)


def find_free_moment(leases: QuerySet[ThrottleLease], *, limit: int, window: timedelta) -> datetime | None:
    """When the request that fills the window leaves it; None when the window was never full."""
    latest = leases.order_by("-arrived_by").values_list("arrived_by", flat=True)
    filling = latest[limit - 1 : limit].first()
    return filling + window if filling else None


def give_back(connection: Connection, lease: int) -> None:
    now = read_clock()
    with scope(company=connection.company_id):
        ThrottleLease.objects.filter(pk=lease).update(arrived_by=Least("arrived_by", now), expires_at=now)


def pause_everybody(connection: Connection, *, seconds: float) -> None:
    """After a 429: no worker sends anything for this company until then. A longer pause stays."""
    with scope(company=connection.company_id), transaction.atomic():
        throttle = lock_throttle(connection)
        until = read_clock() + timedelta(seconds=seconds)
        if throttle.paused_until is None or throttle.paused_until < until:
            throttle.paused_until = until
            throttle.save(update_fields=["paused_until"])


def read_clock() -> datetime:
    """One clock for all workers. They share a machine on SQLite; on PostgreSQL they share the database's."""
    if database.vendor != "postgresql":
        return datetime.now(UTC)
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
