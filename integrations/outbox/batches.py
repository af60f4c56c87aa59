"""Which pushes travel together, and who sends them: as single pushes are claimed, thirty in one transaction.

A member leaves its batch when QuickBooks has told its outcome, and only then. So a batch whose outcome is unknown has
all its members, and is sent again as it was; one that lacks a member is taken apart instead.
"""

from collections import defaultdict
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.gateway.calls import MOST_STATEMENTS
from integrations.gateway.options import option
from integrations.heartbeat import beating
from integrations.models import BatchState, Connection, Push, PushBatch, PushState, PushTry
from integrations.outbox.builders import PreparesMany, builder_of
from integrations.outbox.claims import (
    begin_try,
    build,
    build_guarded,
    freeze,
    heartbeat_seconds,
    is_frozen,
    make_try,
    read_lease,
)
from integrations.outbox.requests import BATCHABLE, wake_sender
from ressio.bulk import bulk_set
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

FEWEST = 2
"""One alone goes as a single push, which is not metered."""


class ClaimedBatch(NamedTuple):
    batch: PushBatch
    members: list[Push]
    before: PushState
    """The state the members were taken up in: UNKNOWN when they are sent again."""


def batchable(*, now: datetime) -> QuerySet[Push]:
    """Due, and never sent before without a clear answer."""
    due: QuerySet[Push] = Push.objects.filter(
        state=PushState.WAITING,
        next_try_at__lte=now,
        batch=None,
        goes_alone=False,
        operation__in=BATCHABLE,
    )
    return due


def unanswered(*, now: datetime) -> QuerySet[PushBatch]:
    due: QuerySet[PushBatch] = PushBatch.objects.filter(state=BatchState.UNKNOWN, next_try_at__lte=now)
    return due


def claim_batch(
    connection_id: int, *, now: datetime, with_singles: bool, kind: str = ""
) -> ClaimedBatch | None:
    """What had no answer comes first, of whatever kind. None when fewer than two pushes are due."""
    with scopes_disabled():
        connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None or connection.pushing_is_stopped or not connection.is_usable:
        return None
    with scope(company=connection.company_id):
        which = (Q() if with_singles else Q(is_bulk=True)) & (Q(kind=kind) if kind else Q())
        return _claim_again(connection, now=now) or _claim_new(connection, which, now=now)


def _claim_again(connection: Connection, *, now: datetime) -> ClaimedBatch | None:
    while True:
        with transaction.atomic():
            due = unanswered(now=now).filter(connection=connection).order_by("pk")
            batch: PushBatch | None = due.select_for_update(of=("self",), skip_locked=True).first()
            if batch is None:
                return None
            members = list(batch.members.filter(state=PushState.UNKNOWN).order_by("batch_position"))
            if len(members) == batch.size and _is_trusted(batch, now=now):
                _join(batch, members, connection, now=now)
                return ClaimedBatch(batch, members, PushState.UNKNOWN)
            take_apart(batch, now=now)


def _is_trusted(batch: PushBatch, *, now: datetime) -> bool:
    return now - batch.created_at <= timedelta(seconds=option("QBO_REPLAY_TRUSTED"))


def take_apart(batch: PushBatch, *, now: datetime) -> None:
    """Whose outcome is unknown is looked for, each by itself, before it leaves under a request id of its own."""
    members = Push.objects.filter(batch=batch, state=PushState.UNKNOWN)
    ids = list(members.values_list("pk", flat=True))
    members.update(batch=None, batch_position=None, goes_alone=True, is_in_doubt=True, next_try_at=now)
    batch.state, batch.finished_at, batch.lease_until = BatchState.CLOSED, now, None
    batch.save()
    for push_id in ids:
        transaction.on_commit(partial(wake_sender, push_id), robust=True)


def _claim_new(connection: Connection, which: Q, *, now: datetime) -> ClaimedBatch | None:
    """Each round that makes no batch holds at least one push, so this ends."""
    while True:
        with transaction.atomic():
            due = _lock_due(connection, which, now=now)
            if len(due) < FEWEST:
                return None
            members = _freeze_all(due)
            if len(members) >= FEWEST:
                batch = PushBatch.objects.create(
                    company_id=connection.company_id,
                    connection=connection,
                    size=len(members),
                    created_at=now,
                )
                _join(batch, members, connection, now=now)
                return ClaimedBatch(batch, members, PushState.WAITING)


def _lock_due(connection: Connection, which: Q, *, now: datetime) -> list[Push]:
    """What another worker has just locked is left to it."""
    due = batchable(now=now).filter(which, connection=connection).order_by("next_try_at", "pk")
    pushes = list(due.select_for_update(of=("self",), skip_locked=True)[:MOST_STATEMENTS])
    for push in pushes:
        push.connection = connection
    return pushes


def _freeze_all(pushes: list[Push]) -> list[Push]:
    by_kind: dict[str, list[Push]] = defaultdict(list)
    for push in pushes:
        if not is_frozen(push):
            by_kind[push.kind].append(push)
    for kind, some in by_kind.items():
        _prepare(kind, some)
    try:
        with transaction.atomic():  # one savepoint for all: one for each would be most of the statements
            return [push for push in pushes if freeze(push, build=build)]
    except Exception:
        logger.exception("pushes_not_built")
    return [push for push in pushes if freeze(push, build=build_guarded)]


def _prepare(kind: str, pushes: list[Push]) -> None:
    """If it breaks, `build` reads for itself and says which push it is about."""
    try:
        builder = builder_of(kind)
        if isinstance(builder, PreparesMany):
            with transaction.atomic():
                builder.prepare(pushes)
    except Exception:
        logger.exception("pushes_not_prepared", kind=kind)


def _join(batch: PushBatch, members: list[Push], connection: Connection, *, now: datetime) -> None:
    """Position and bytes of a member never change while it is in the batch."""
    batch.connection = connection
    batch.state, batch.tries = BatchState.SENDING, batch.tries + 1
    batch.last_sent_at, batch.lease_until = now, now + read_lease()
    batch.save()
    for position, push in enumerate(members, 1):
        push.connection, push.batch, push.batch_position = connection, batch, position
        begin_try(push, now=now)
    common = {
        "state": PushState.SENDING,
        "batch": batch,
        "hold_code": "",
        "hold_sentence": "",
        "last_sent_at": now,
    }
    Push.objects.filter(pk__in=[push.pk for push in members]).update(**common)
    own = ("payload", "batch_position", "tries", "first_sent_at")
    bulk_set(Push, own, [(push.pk, *(getattr(push, name) for name in own)) for push in members])
    PushTry.objects.bulk_create(make_try(push, now=now) for push in members)


def kept_batch_claimed(batch: PushBatch) -> AbstractContextManager[None]:
    """Renews the batch's lease while the block is at work. Its members have none of their own."""

    def renew() -> None:
        with scope(company=batch.company_id):
            mine = PushBatch.objects.filter(pk=batch.pk, state=BatchState.SENDING, tries=batch.tries)
            mine.update(lease_until=timezone.now() + read_lease())

    return beating(renew, every=heartbeat_seconds())
