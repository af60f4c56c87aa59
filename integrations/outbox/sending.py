"""Carrying out a push: claim, HTTP, outcome, each its own transaction.

The same bytes go out under the same request id until QuickBooks has clearly answered; it carries a request id out
once and gives the first answer again (transport 2.5). Where that can no longer be trusted, and for files, where nobody
promised it, the document is looked for by its natural key before anything is sent.
"""

import json
from contextlib import closing
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.gateway import (
    ExchangeOutcome,
    Gateway,
    NotFound,
    QuickBooksError,
    Refused,
    Row,
    StaleObject,
    Unreachable,
)
from integrations.gateway.options import option
from integrations.mirror import lock_books, mark_deleted, store_documents
from integrations.models import Document, Push, PushOperation, PushState, PushTry
from integrations.outbox.builders import Hold, OpensContent, builder_of
from integrations.outbox.claims import claim_push, kept_claimed
from integrations.outbox.holding import show_held
from integrations.outbox.locking import lock_for_answer
from integrations.outbox.outcomes import INTERNAL, NOT_BUILT, NotRecorded, Outcome, Pauses, code_of, judge
from integrations.registry import project
from ressio.scoping import scope

logger = structlog.get_logger(__name__)

# What makes a document: only of these can there be a second one.
MAKES = (PushOperation.CREATE, PushOperation.UPLOAD)


class TryLog:
    """What QuickBooks answered to the write itself, for Intuit's support; reads on the way are not the try."""

    status = 0
    intuit_tid = ""
    has_left = False
    server_time: datetime | None = None

    def note(self, outcome: ExchangeOutcome) -> None:
        if outcome.is_write:
            self.has_left = True
            self.status, self.intuit_tid = outcome.status, outcome.intuit_tid
            self.server_time = outcome.server_time


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
        _complete(push, row, was_adopted=was_adopted, log=log)
    except Exception as error:
        if not isinstance(error, QuickBooksError | Hold):
            logger.exception("push_failed", kind=push.kind)
        outcome = judge(error, before=before, tries=push.tries, pauses=read_pauses(), has_left=log.has_left)
        note_failure(push, outcome, error, log, now=timezone.now())
        if isinstance(error, StaleObject):
            read_again(push, gateway)


def read_again(push: Push, gateway: Gateway) -> None:
    """Somebody changed the document meanwhile: what it says now comes in at once, and whoever follows it decides
    whether the two can be brought together (design 3.5). If it cannot be read, the next sync brings it.
    """
    try:
        row = gateway.read(push.entity, push.quickbooks_id)
        stored = store_documents(push.connection, push.entity, [row], now=timezone.now())
        if not stored.changed:
            _follow_again(push)
    except Exception:
        logger.warning("stale_document_not_read", push=push.pk, exc_info=True)


def _follow_again(push: Push) -> None:
    """A sync brought it while the push was on its way, when there was nothing to decide about yet. Only a version that
    the push was not built upon: else a refusal for no reason would be answered by trying for ever.
    """
    document = Document.objects.filter(
        connection=push.connection, entity=push.entity, quickbooks_id=push.quickbooks_id, deleted_at=None
    ).first()
    if document is None or json.loads(push.payload).get("SyncToken") == document.data.get("SyncToken"):
        return
    with transaction.atomic():
        lock_books(push.connection_id)
        project(push.connection, push.entity, [Row(document.data, document.body)], [])


def read_pauses() -> Pauses:
    return Pauses(settles=option("QBO_WRITE_SETTLES"), try_again=option("QBO_WRITE_TRY_AGAIN"))


def _complete(push: Push, row: Row, *, was_adopted: bool, log: TryLog) -> None:
    try:
        complete_push(push, row, was_adopted=was_adopted, log=log, now=timezone.now())
    except Exception as error:
        raise NotRecorded from error


def _reach(push: Push, before: PushState, gateway: Gateway) -> tuple[Row, bool]:
    """The document in QuickBooks, and whether it was found there instead of answered."""
    is_repeat = before == PushState.UNKNOWN and push.operation in MAKES
    if is_repeat and _is_doubtful(push) and (found := _look(push, gateway)):
        return found, True
    try:
        return _send(push, gateway), False
    except NotFound:
        if push.operation != PushOperation.DELETE:
            raise
        return Row({"Id": push.quickbooks_id, "status": "Deleted"}, ""), False
    except Refused:
        # An earlier try may have made the very thing that this one is refused for (6140: number taken).
        if is_repeat and (found := _look(push, gateway)):
            return found, True
        raise


def _is_doubtful(push: Push) -> bool:
    trusted = timedelta(seconds=option("QBO_REPLAY_TRUSTED"))
    assert push.first_sent_at is not None
    assert push.last_sent_at is not None
    is_late = push.last_sent_at - push.first_sent_at > trusted
    return push.is_in_doubt or is_late or push.operation == PushOperation.UPLOAD


def _look(push: Push, gateway: Gateway) -> Row | None:
    """A question that is refused, or not asked, answers nothing: the push stays as unknown as it was."""
    try:
        return builder_of(push.kind).find_existing(push, gateway)
    except (Refused, Hold) as error:
        raise Unreachable(error.code) from error


def _send(push: Push, gateway: Gateway) -> Row:
    if push.operation == PushOperation.UPLOAD:
        return _upload(push, gateway)
    write = {
        PushOperation.CREATE: gateway.create,
        PushOperation.UPDATE: gateway.update,
        PushOperation.DELETE: gateway.delete,
        PushOperation.VOID: gateway.void,
    }[PushOperation(push.operation)]
    return write(push.entity, push.payload.encode(), request_id=push.request_id)


def _upload(push: Push, gateway: Gateway) -> Row:
    builder = builder_of(push.kind)
    try:
        assert isinstance(builder, OpensContent)
        content, filename, content_type = builder.open_content(push)
    except Hold:
        raise
    except Exception as error:
        logger.exception("file_not_opened", kind=push.kind)
        raise Hold(INTERNAL, NOT_BUILT) from error
    with closing(content):
        return gateway.upload(
            push.payload.encode(),
            content,
            filename=filename,
            content_type=content_type,
            request_id=push.request_id,
        )


# Outcomes -------------------------------------------------------------------------------------------------------


def complete_push(push: Push, row: Row, *, was_adopted: bool, log: TryLog, now: datetime) -> None:
    """The answer goes into the mirror in the transaction that records the push: never counted twice, never missing."""
    quickbooks_id = str(row.data["Id"])
    with transaction.atomic():
        lock_for_answer(push.connection, [push])
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
            _bury(push, quickbooks_id, log, now=now)
        else:
            store_documents(push.connection, push.entity, [row], now=now)
        builder_of(push.kind).record(push, row)
        _close_try(push, PushState.DONE, "", log, now=now)


def _bury(push: Push, quickbooks_id: str, log: TryLog, *, now: datetime) -> None:
    """By QuickBooks' clock: ours may be behind it, and then the document's last change would look like a return."""
    moment = log.server_time or now
    mirrored = Document.objects.filter(
        connection=push.connection, entity=push.entity, quickbooks_id=quickbooks_id
    )
    for changed_at in mirrored.values_list("last_updated_at", flat=True):
        moment = max(moment, changed_at)
    mark_deleted(push.connection, push.entity, [quickbooks_id], now=now, at={quickbooks_id: moment})


def note_failure(push: Push, outcome: Outcome, error: Exception, log: TryLog, *, now: datetime) -> None:
    with transaction.atomic():
        if not _release(
            push,
            state=outcome.state,
            hold_code=outcome.code[:40],
            hold_sentence=outcome.sentence[:500],
            next_try_at=now + timedelta(seconds=outcome.wait),
            is_in_doubt=push.is_in_doubt or outcome.is_in_doubt,
            goes_alone=push.goes_alone or outcome.goes_alone,
        ):
            return
        if outcome.state == PushState.HELD:
            show_held(push, now=now)
        _close_try(push, outcome.state, code_of(error), log, now=now)


def _release(push: Push, **values: object) -> bool:
    """False when the try is no longer ours: another one tells the outcome. It leaves its batch, if it was in one."""
    mine = Push.objects.filter(pk=push.pk, state=PushState.SENDING, tries=push.tries)
    if not mine.update(lease_until=None, batch=None, batch_position=None, **values):
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
