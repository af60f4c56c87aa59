"""Carrying out a push: claim, HTTP, outcome, each its own transaction.

The same bytes go out under the same request id until QuickBooks has clearly answered; it carries a request id out
once and gives the first answer again (transport 2.5). Where that can no longer be trusted, the document is looked
for by its natural key before anything is sent.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.gateway import ExchangeOutcome, Gateway, NotFound, QuickBooksError, Refused, Row
from integrations.gateway.options import option
from integrations.mirror import mark_deleted, store_documents
from integrations.models import Push, PushOperation, PushState, PushTry
from integrations.outbox.builders import builder_of
from integrations.outbox.claims import claim_push, kept_claimed
from integrations.outbox.outcomes import INTERNAL, Outcome, judge
from ressio.scoping import scope

logger = structlog.get_logger(__name__)


class TryLog:
    """What QuickBooks answered to the write itself, for Intuit's support; reads on the way are not the try."""

    status = 0
    intuit_tid = ""

    def note(self, outcome: ExchangeOutcome) -> None:
        if not outcome.is_metered:  # bringing data in is free, so this tells a write
            self.status, self.intuit_tid = outcome.status, outcome.intuit_tid


def perform_push(push_id: int) -> None:
    """Does nothing when the push is somebody else's, not due, held, or the connection may not be written to."""
    claimed = claim_push(push_id, now=timezone.now())
    if claimed is None:
        return
    push, before = claimed
    with (
        scope(company=push.company_id),
        structlog.contextvars.bound_contextvars(push=push.pk),
        kept_claimed(push),
    ):
        _carry_out(push, before)


def _carry_out(push: Push, before: PushState) -> None:
    log = TryLog()
    gateway = Gateway(push.connection, on_exchange=log.note)
    try:
        row, was_adopted = _reach(push, before, gateway)
    except Exception as error:
        if not isinstance(error, QuickBooksError):
            logger.exception("push_failed", kind=push.kind)
        settles = option("QBO_WRITE_SETTLES")
        outcome = judge(error, before=before, tries=push.tries, settles=settles)
        _note_failure(push, outcome, error, log, now=timezone.now())
    else:
        complete_push(push, row, was_adopted=was_adopted, log=log, now=timezone.now())


def _reach(push: Push, before: PushState, gateway: Gateway) -> tuple[Row, bool]:
    """The document in QuickBooks, and whether it was found there instead of answered."""
    builder = builder_of(push.kind)
    is_repeat = before == PushState.UNKNOWN and push.operation == PushOperation.CREATE
    if is_repeat and _is_doubtful(push) and (found := builder.find_existing(push, gateway)):
        return found, True
    try:
        return _send(push, gateway), False
    except NotFound:
        if push.operation != PushOperation.DELETE:
            raise
        return Row({"Id": push.quickbooks_id, "status": "Deleted"}, ""), False
    except Refused:
        # An earlier try may have made the very thing that this one is refused for (6140: number taken).
        if is_repeat and (found := builder.find_existing(push, gateway)):
            return found, True
        raise


def _is_doubtful(push: Push) -> bool:
    trusted = timedelta(seconds=option("QBO_REPLAY_TRUSTED"))
    assert push.first_sent_at is not None
    assert push.last_sent_at is not None
    return push.is_in_doubt or push.last_sent_at - push.first_sent_at > trusted


def _send(push: Push, gateway: Gateway) -> Row:
    write = {
        PushOperation.CREATE: gateway.create,
        PushOperation.UPDATE: gateway.update,
        PushOperation.DELETE: gateway.delete,
        PushOperation.VOID: gateway.void,
    }[PushOperation(push.operation)]
    return write(push.entity, push.payload.encode(), request_id=push.request_id)


# Outcomes -------------------------------------------------------------------------------------------------------


def complete_push(push: Push, row: Row, *, was_adopted: bool, log: TryLog, now: datetime) -> None:
    """The answer goes into the mirror in the transaction that records the push: never counted twice, never missing."""
    quickbooks_id = str(row.data["Id"])
    with transaction.atomic():
        if not _release(
            push,
            state=PushState.DONE,
            quickbooks_id=quickbooks_id,
            was_adopted=was_adopted,
            finished_at=now,
            is_in_doubt=False,
        ):
            return
        if push.operation == PushOperation.DELETE:
            mark_deleted(push.connection, push.entity, [quickbooks_id], now=now)
        else:
            store_documents(push.connection, push.entity, [row], now=now)
        builder_of(push.kind).record(push, row)
        _close_try(push, PushState.DONE, "", log, now=now)


def _note_failure(push: Push, outcome: Outcome, error: Exception, log: TryLog, *, now: datetime) -> None:
    with transaction.atomic():
        if not _release(
            push,
            state=outcome.state,
            hold_code=outcome.code[:40],
            hold_sentence=outcome.sentence[:500],
            next_try_at=now + timedelta(seconds=outcome.wait),
            is_in_doubt=push.is_in_doubt or outcome.is_in_doubt,
        ):
            return
        code = error.code if isinstance(error, QuickBooksError) else INTERNAL
        _close_try(push, outcome.state, code, log, now=now)


def _release(push: Push, **values: object) -> bool:
    """False when the try is no longer ours: another one tells the outcome."""
    mine = Push.objects.filter(pk=push.pk, state=PushState.SENDING, tries=push.tries)
    if not mine.update(lease_until=None, **values):
        logger.warning("push_lost", push=push.pk)
        return False
    push.refresh_from_db()
    return True


def _close_try(push: Push, state: PushState, code: str, log: TryLog, *, now: datetime) -> None:
    PushTry.objects.filter(push=push, number=push.tries).update(
        ended_at=now,
        outcome=state,
        status=log.status or None,
        fault_code=code[:40],
        intuit_tid=log.intuit_tid[:100],
    )
