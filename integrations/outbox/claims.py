"""Who sends a push: one worker at a time, known by the number of its try, alive as long as it renews its lease."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.heartbeat import beating
from integrations.models import Push, PushState, PushTry
from integrations.outbox.builders import Hold, builder_of
from integrations.outbox.outcomes import INTERNAL
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

NOT_BUILT = "Ressio failed here, not QuickBooks, and nothing was sent. Try again; if it stays, tell support."
LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15.0
READY = (PushState.WAITING, PushState.UNKNOWN)


def claim_push(push_id: int, *, now: datetime) -> tuple[Push, PushState] | None:
    """The push and the state it was found in, its bytes frozen; None when there is nothing to send now.

    A builder that objects (Hold) leaves it held.
    """
    with scopes_disabled(), transaction.atomic():
        push = _lock(push_id, now=now)
        if push is None:
            return None
        before = PushState(push.state)
        with scope(company=push.company_id):
            return (push, before) if _take(push, now=now) else None


def _lock(push_id: int, *, now: datetime) -> Push | None:
    waiting = Push.objects.filter(pk=push_id, state__in=READY, next_try_at__lte=now)
    push: Push | None = waiting.select_for_update(of=("self",)).select_related("connection").first()
    if push is None or push.connection.pushing_is_stopped or not push.connection.is_usable:
        return None
    return push


def _take(push: Push, *, now: datetime) -> bool:
    if not push.payload:
        try:
            push.payload = _freeze(push)
        except Hold as hold:
            push.state, push.hold_code, push.hold_sentence = PushState.HELD, hold.code, hold.sentence
            push.save()
            return False
    push.state = PushState.SENDING
    push.hold_code = push.hold_sentence = ""
    push.tries += 1
    push.first_sent_at = push.first_sent_at or now
    push.last_sent_at, push.lease_until = now, now + LEASE
    push.save()
    PushTry.objects.create(
        company_id=push.company_id,
        push=push,
        number=push.tries,
        request_id=push.request_id,
        began_at=now,
    )
    return True


def _freeze(push: Push) -> str:
    """A builder that breaks holds the push too: else it would wait, and fail, minute after minute without a word."""
    try:
        with transaction.atomic():
            return builder_of(push.kind).build(push).decode()
    except Hold:
        raise
    except Exception as error:
        logger.exception("push_not_built", push=push.pk, kind=push.kind)
        raise Hold(INTERNAL, NOT_BUILT) from error


def kept_claimed(push: Push) -> AbstractContextManager[None]:
    """Renews the push's lease while the block is at work."""

    def renew() -> None:
        with scope(company=push.company_id):
            mine = Push.objects.filter(pk=push.pk, state=PushState.SENDING, tries=push.tries)
            mine.update(lease_until=timezone.now() + LEASE)

    return beating(renew, every=HEARTBEAT_SECONDS)
