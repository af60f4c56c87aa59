"""Carrying out a batch: claim, one request, outcome of all members in one transaction.

Each member is judged by its own answer. When writing the outcomes down fails together, it is done one by one, so that
one bad row holds up no other.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.gateway import BatchWrite, Gateway, QuickBooksError, Row, StaleObject
from integrations.gateway.options import option
from integrations.mirror import store_documents
from integrations.models import BatchState, Push, PushBatch, PushState, PushTry
from integrations.outbox.batches import (
    ClaimedBatch,
    batchable,
    claim_batch,
    kept_batch_claimed,
)
from integrations.outbox.builders import RecordsMany, builder_of
from integrations.outbox.locking import lock_for_answer
from integrations.outbox.outcomes import (
    NOT_CARRIED_OUT,
    NotRecorded,
    code_of,
    judge_batch,
    judge_item,
)
from integrations.outbox.requests import wake_sender
from integrations.outbox.sending import (
    TryLog,
    complete_push,
    note_failure,
    perform_push,
    read_again,
    read_pauses,
)
from ressio.bulk import bulk_set
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

Answer = Row | QuickBooksError
Answers = Sequence[tuple[Push, Answer]]


class BatchLost(Exception):
    """Another worker has taken the batch over and tells its outcome."""


def perform_push_batch(connection_id: int, *, with_singles: bool = False, kind: str = "") -> int:
    """Sends what is due until nothing is left or QuickBooks stops answering; returns how many batches.

    Any number of workers may do so at once. `with_singles` takes what was asked for one by one as well; `kind` takes
    nothing of another kind.
    """
    batches = 0
    while claimed := claim_batch(connection_id, now=timezone.now(), with_singles=with_singles, kind=kind):
        batches += 1
        if not _send_batch(claimed):
            return batches
    for push_id in _left_over(connection_id, kind):
        perform_push(push_id)
    return batches


def _left_over(connection_id: int, kind: str) -> list[int]:
    with scopes_disabled():
        due = batchable(now=timezone.now()).filter(connection_id=connection_id, is_bulk=True)
        due = due.filter(kind=kind) if kind else due
        return list(due.order_by("next_try_at", "pk").values_list("pk", flat=True))


def _send_batch(claimed: ClaimedBatch) -> bool:
    """False when the next one would fare no better now."""
    batch = claimed.batch
    with (
        scope(company=batch.company_id),
        structlog.contextvars.bound_contextvars(push_batch=batch.pk),
        kept_batch_claimed(batch),
    ):
        log = TryLog()
        gateway = Gateway(batch.connection, on_exchange=log.note)
        writes = [_write_of(push) for push in claimed.members]
        try:
            answers = gateway.batch_write(writes, request_id=batch.request_id)
        except Exception as error:
            if not isinstance(error, QuickBooksError):
                logger.exception("push_batch_failed")
            return _note_no_answer(claimed, error, log, now=timezone.now())
        pairs = [(push, answers[push.bid]) for push in claimed.members]
        _note_answers(claimed, pairs, log, now=timezone.now())
        for push, answer in pairs:
            if isinstance(answer, StaleObject):
                read_again(push, gateway)
        return not any(isinstance(answer, NOT_CARRIED_OUT) for _, answer in pairs)


def _write_of(push: Push) -> BatchWrite:
    return BatchWrite(push.bid, cast(Any, push.operation), push.entity, push.payload.encode())


# The request as a whole failed ----------------------------------------------------------------------------------


def _note_no_answer(claimed: ClaimedBatch, error: Exception, log: TryLog, *, now: datetime) -> bool:
    outcome = judge_batch(
        error,
        before=claimed.before,
        tries=claimed.batch.tries,
        pauses=read_pauses(),
        has_left=log.has_left,
    )
    stays_together = outcome.state == PushState.UNKNOWN and not outcome.is_in_doubt
    next_try_at = now + timedelta(seconds=outcome.wait)
    try:
        with transaction.atomic():
            _end_try_of_batch(
                claimed.batch,
                state=BatchState.UNKNOWN if stays_together else BatchState.CLOSED,
                next_try_at=next_try_at,
                finished_at=None if stays_together else now,
            )
            _close_tries(claimed.members, outcome.state, code_of(error), log, now=now)
            changes: dict[str, Any] = {
                "state": outcome.state,
                "hold_code": outcome.code[:40],
                "hold_sentence": outcome.sentence[:500],
                "next_try_at": next_try_at,
            }
            if not stays_together:
                changes |= {"batch": None, "batch_position": None}
            if outcome.is_in_doubt:
                changes["is_in_doubt"] = True
            if outcome.goes_alone:
                changes["goes_alone"] = True
            _members(claimed).update(**changes)
            if outcome.goes_alone and not outcome.wait:
                _ring_each(claimed.members)
    except BatchLost:
        logger.warning("push_batch_lost")
    return outcome.goes_alone


def _members(claimed: ClaimedBatch) -> Any:
    return Push.objects.filter(batch=claimed.batch, state=PushState.SENDING)


def _end_try_of_batch(batch: PushBatch, **values: object) -> None:
    """Proves first that the batch is still ours, and with it all its members."""
    mine = PushBatch.objects.filter(pk=batch.pk, state=BatchState.SENDING, tries=batch.tries)
    if not mine.update(lease_until=None, **values):
        raise BatchLost


def _close_tries(pushes: Sequence[Push], state: PushState, code: str, log: TryLog, *, now: datetime) -> None:
    PushTry.objects.filter(push__in=pushes, number=F("push__tries")).update(
        ended_at=now,
        outcome=state,
        status=log.status or None,
        fault_code=code[:40],
        intuit_tid=log.intuit_tid[:100],
    )


def _ring_each(pushes: Sequence[Push]) -> None:
    for push in pushes:
        transaction.on_commit(partial(wake_sender, push.pk), robust=True)


# Each member has its answer -------------------------------------------------------------------------------------


def _note_answers(claimed: ClaimedBatch, answers: Answers, log: TryLog, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            lock_for_answer(claimed.batch.connection, claimed.members)
            _end_try_of_batch(claimed.batch, state=BatchState.CLOSED, finished_at=now)
            _complete_many([(push, row) for push, row in answers if isinstance(row, Row)], log, now=now)
            for push, error in answers:
                if isinstance(error, Exception):
                    _note_item(claimed, push, error, log, now=now)
    except BatchLost:
        logger.warning("push_batch_lost")
    except Exception:
        logger.exception("push_batch_not_recorded")
        _note_one_by_one(claimed, answers, log, now=now)


def _complete_many(done: Sequence[tuple[Push, Row]], log: TryLog, *, now: datetime) -> None:
    """As `complete_push`, in a fixed number of statements."""
    if not done:
        return
    pushes = [push for push, _ in done]
    common: dict[str, Any] = {
        "state": PushState.DONE,
        "finished_at": now,
        "was_adopted": False,
        "is_in_doubt": False,
    }
    common |= {"batch": None, "batch_position": None}
    for push, row in done:
        push.quickbooks_id = str(row.data["Id"])
        for name, value in common.items():
            setattr(push, name, value)
    Push.objects.filter(pk__in=[push.pk for push in pushes]).update(**common)
    bulk_set(Push, ["quickbooks_id"], [(push.pk, push.quickbooks_id) for push in pushes])
    by_entity: dict[str, list[Row]] = defaultdict(list)
    by_kind: dict[str, list[tuple[Push, Row]]] = defaultdict(list)
    for push, row in done:
        by_entity[push.entity].append(row)
        by_kind[push.kind].append((push, row))
    for entity, rows in by_entity.items():
        store_documents(pushes[0].connection, entity, rows, now=now)
    for kind, some in by_kind.items():
        _record(kind, some)
    _close_tries(pushes, PushState.DONE, "", log, now=now)


def _record(kind: str, done: Sequence[tuple[Push, Row]]) -> None:
    builder = builder_of(kind)
    if isinstance(builder, RecordsMany):
        builder.record_many(done)
        return
    for push, row in done:
        builder.record(push, row)


def _note_item(claimed: ClaimedBatch, push: Push, error: Exception, log: TryLog, *, now: datetime) -> None:
    outcome = judge_item(error, before=claimed.before, pauses=read_pauses())
    note_failure(push, outcome, error, log, now=now)
    if outcome.goes_alone and not outcome.wait:
        _ring_each([push])


def _note_one_by_one(claimed: ClaimedBatch, answers: Answers, log: TryLog, *, now: datetime) -> None:
    """Each in its own transaction; what cannot be recorded even so is looked for, and recorded, later."""
    for stale, answer in answers:
        push = Push.objects.select_related("connection").get(pk=stale.pk)
        push.tries = stale.tries  # what we claimed, whatever it is now
        try:
            if isinstance(answer, Row):
                complete_push(push, answer, was_adopted=False, log=log, now=now)
            else:
                _note_item(claimed, push, answer, log, now=now)
        except Exception:
            logger.exception("push_not_recorded", push=push.pk)
            _note_item(claimed, push, NotRecorded(), log, now=now)
    with transaction.atomic():
        PushBatch.objects.filter(
            pk=claimed.batch.pk, state=BatchState.SENDING, tries=claimed.batch.tries
        ).update(state=BatchState.CLOSED, finished_at=now, lease_until=None)


# Dead workers ---------------------------------------------------------------------------------------------------


def notice_dead_batches(*, now: datetime) -> None:
    """As with single pushes: what may have left is unknown until Intuit has given up on it."""
    settles = timedelta(seconds=option("QBO_WRITE_SETTLES"))
    for batch in PushBatch.objects.filter(state=BatchState.SENDING, lease_until__lt=now):
        with transaction.atomic():
            mine = PushBatch.objects.filter(
                pk=batch.pk, state=BatchState.SENDING, tries=batch.tries, lease_until=batch.lease_until
            )
            next_try_at = cast(datetime, batch.lease_until) + settles
            if mine.update(state=BatchState.UNKNOWN, next_try_at=next_try_at, lease_until=None):
                members = Push.objects.filter(batch=batch, state=PushState.SENDING)
                members.update(state=PushState.UNKNOWN, next_try_at=next_try_at)
