"""Asking for a push: a row beside the change it belongs to, and a bell once both are committed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from integrations.models import OPEN_STATES, Connection, Push, PushOperation, PushState
from integrations.outbox.builders import builder_of
from ressio.models import User

logger = structlog.get_logger(__name__)

PERFORM = "integrations.tasks.perform_push"
PERFORM_BATCH = "integrations.tasks.perform_push_batch"
# What is deleted or voided in a batch has more ways to go wrong than a request saved is worth; files cannot go there.
BATCHABLE = (PushOperation.CREATE, PushOperation.UPDATE)
IN_FLIGHT = (PushState.SENDING, PushState.UNKNOWN)
NOT_LEFT = (PushState.WAITING, PushState.HELD)


def request_push(
    *,
    connection: Connection,
    kind: str,
    subject_id: str,
    subject_label: str,
    requested_by: User | None,
    now: datetime,
    operation: PushOperation = PushOperation.CREATE,
    quickbooks_id: str = "",
    is_bulk: bool = False,
    not_before: datetime | None = None,
) -> Push:
    """`quickbooks_id` names the document to change, delete or void. `is_bulk`: one of many, they leave in batches;
    one bell is rung for all of a transaction. `not_before`: it leaves within a minute after that.

    To be called in the transaction of the approval. Approving twice makes one push: the open one is returned."""
    push, is_new = Push.objects.get_or_create(
        connection=connection,
        kind=kind,
        subject_id=subject_id,
        state__in=OPEN_STATES,
        defaults={
            "company_id": connection.company_id,
            "subject_label": subject_label[:300],
            "entity": builder_of(kind).entity,
            "operation": operation,
            "quickbooks_id": quickbooks_id,
            "requested_by": requested_by,
            "requested_at": now,
            "next_try_at": max(now, not_before or now),
            "is_bulk": is_bulk and operation in BATCHABLE,
        },
    )
    if is_new and push.next_try_at <= now:
        _ring_on_commit(push)
    return push


def request_pushes(
    *,
    connection: Connection,
    kind: str,
    subjects: Mapping[str, str],
    requested_by: User | None,
    now: datetime,
) -> int:
    """As `request_push` for many new things at once (id to label), which leave in batches: two statements. The caller
    holds the things locked (`locking`), so that nobody asks for the same ones meanwhile. Returns how many are new.
    """
    known = open_pushes(connection, kind, subjects)
    entity = builder_of(kind).entity
    made = [
        Push(
            company_id=connection.company_id,
            connection=connection,
            kind=kind,
            subject_id=subject_id,
            subject_label=label[:300],
            entity=entity,
            requested_by=requested_by,
            requested_at=now,
            next_try_at=now,
            is_bulk=True,
        )
        for subject_id, label in subjects.items()
        if subject_id not in known
    ]
    Push.objects.bulk_create(made, batch_size=500)
    if made:
        _ring_on_commit(made[0])
    return len(made)


def find_open_push(*, connection: Connection, kind: str, subject_id: str) -> Push | None:
    return open_pushes(connection, kind, [subject_id]).get(subject_id)


def open_pushes(connection: Connection, kind: str, subject_ids: Collection[str]) -> dict[str, Push]:
    """What is on its way or held, by the id of the thing; there is one at most for each."""
    found = Push.objects.filter(
        connection=connection, kind=kind, subject_id__in=subject_ids, state__in=OPEN_STATES
    )
    return {push.subject_id: push for push in found}


class InFlight(NamedTuple):
    """A document that may have been made already, and nobody has told us yet."""

    subject_id: str
    payload: dict[str, Any]
    """What was sent, numbers exact."""
    first_sent_at: datetime | None


def creates_in_flight(connection: Connection, kind: str) -> list[InFlight]:
    """The first that left first."""
    pushes = Push.objects.filter(
        connection=connection, kind=kind, state__in=IN_FLIGHT, operation=PushOperation.CREATE
    )
    return [
        InFlight(push.subject_id, json.loads(push.payload, parse_float=Decimal), push.first_sent_at)
        for push in pushes.order_by("first_sent_at", "pk")
        if push.payload
    ]


def is_still_here(push: Push) -> bool:
    """It has not left, and will not before the caller's transaction ends."""
    waiting = Push.objects.select_for_update(of=("self",), skip_locked=True)
    return waiting.filter(pk=push.pk, state__in=NOT_LEFT).first() is not None


def last_push(connection: Connection, kind: str, subject_id: str) -> Push | None:
    """The latest that was asked for, whatever became of it."""
    asked = Push.objects.filter(connection=connection, kind=kind, subject_id=subject_id)
    found: Push | None = asked.order_by("-pk").first()
    return found


def last_sent(connection: Connection, kind: str, subject_id: str) -> Push | None:
    """The latest that QuickBooks has taken; None where nothing was sent since the thing was linked by hand."""
    taken = Push.objects.filter(connection=connection, kind=kind, subject_id=subject_id, state=PushState.DONE)
    found: Push | None = taken.order_by("-pk").first()
    return found if found is not None and found.payload else None


# Bells ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchBell:
    """Rung once for all that one transaction asks for."""

    connection_id: int

    def __call__(self) -> None:
        wake_batch_sender(self.connection_id)


def _ring_on_commit(push: Push) -> None:
    if not push.is_bulk:
        transaction.on_commit(partial(wake_sender, push.pk), robust=True)
        return
    bell = BatchBell(push.connection_id)
    if bell not in (hook for _, hook, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(bell, robust=True)


def wake_sender(push_id: int) -> None:
    """Only a bell: when the broker is down the sweeper finds the row a minute later."""
    _ring(PERFORM, push_id=push_id)


def wake_batch_sender(connection_id: int, *, with_singles: bool = False) -> None:
    """`with_singles`: what was asked for one by one leaves in batches too, because so much of it is waiting."""
    _ring(PERFORM_BATCH, connection_id=connection_id, with_singles=with_singles)


def _ring(task: str, **ids: int) -> None:
    try:
        current_app.signature(task, kwargs=ids).delay()
    except (OperationalError, OSError):
        logger.warning("push_bell_failed", task=task, **ids, exc_info=True)
