"""Who sends a push: one worker at a time, known by the number of its try, alive as long as it renews its lease."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.gateway.options import option
from integrations.heartbeat import beating
from integrations.models import Push, PushState, PushTry
from integrations.outbox.builders import Hold, builder_of
from integrations.outbox.holding import hold
from integrations.outbox.outcomes import INTERNAL, NOT_BUILT
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

BEATS_A_LEASE = 4
READY = (PushState.WAITING, PushState.UNKNOWN)


def read_lease() -> timedelta:
    """So long without a sign of life, and a sender is taken for dead."""
    return timedelta(seconds=option("QBO_WRITE_LEASE"))


def heartbeat_seconds() -> float:
    return read_lease().total_seconds() / BEATS_A_LEASE


def claim_push(push_id: int, *, now: datetime) -> tuple[Push, PushState] | None:
    """The push and the state it was found in, its bytes frozen; None when there is nothing to send now.

    A builder that objects (Hold) leaves it held. What is on its way in a batch is the batch's.
    """
    with scopes_disabled(), transaction.atomic():
        push = _lock(push_id, now=now)
        if push is None:
            return None
        before = PushState(push.state)
        with scope(company=push.company_id):
            return (push, before) if _take(push, now=now) else None


def _lock(push_id: int, *, now: datetime) -> Push | None:
    waiting = Push.objects.filter(pk=push_id, state__in=READY, next_try_at__lte=now, batch=None)
    push: Push | None = waiting.select_for_update(of=("self",)).select_related("connection").first()
    if push is None or push.connection.pushing_is_stopped or not push.connection.is_usable:
        return None
    return push


def _take(push: Push, *, now: datetime) -> bool:
    if not freeze(push, build=build_guarded):
        return False
    begin_try(push, now=now)
    push.lease_until = now + read_lease()
    push.save()
    make_try(push, now=now).save(force_insert=True)
    return True


def freeze(push: Push, *, build: Callable[[Push], str]) -> bool:
    """The payload as it will be sent, on the object only; False when the push is held instead, which is stored.

    A builder that breaks holds the push too (`build_guarded`): else it would wait, and fail, minute after minute
    without a word.
    """
    if is_frozen(push):
        return True
    try:
        push.payload = build(push)
    except Hold as objection:
        hold(push, code=objection.code, sentence=objection.sentence)
        return False
    return True


def is_frozen(push: Push) -> bool:
    """While it is unknown what became of the bytes. One that waits was certainly not carried out, maybe days ago
    (throttled, signed out): it is built anew, with links, switches and rights as they are now.
    """
    return bool(push.payload) and push.state != PushState.WAITING


def build(push: Push) -> str:
    """Raises Hold, and whatever a builder that breaks raises."""
    return builder_of(push.kind).build(push).decode()


def build_guarded(push: Push) -> str:
    """Raises Hold, also when the builder breaks; the transaction around it can go on then."""
    try:
        with transaction.atomic():
            return build(push)
    except Hold:
        raise
    except Exception as error:
        logger.exception("push_not_built", push=push.pk, kind=push.kind)
        raise Hold(INTERNAL, NOT_BUILT) from error


def begin_try(push: Push, *, now: datetime) -> None:
    push.state = PushState.SENDING
    push.hold_code = push.hold_sentence = ""
    push.tries += 1
    push.first_sent_at = push.first_sent_at or now
    push.last_sent_at = now


def make_try(push: Push, *, now: datetime) -> PushTry:
    return PushTry(
        company_id=push.company_id,
        push=push,
        batch=push.batch,
        number=push.tries,
        request_id=push.sent_request_id,
        began_at=now,
    )


def kept_claimed(push: Push) -> AbstractContextManager[None]:
    """Renews the push's lease while the block is at work."""

    def renew() -> None:
        with scope(company=push.company_id):
            mine = Push.objects.filter(pk=push.pk, state=PushState.SENDING, tries=push.tries)
            mine.update(lease_until=timezone.now() + read_lease())

    return beating(renew, every=heartbeat_seconds())
