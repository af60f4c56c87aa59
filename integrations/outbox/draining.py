"""Sending in this process, without workers: what a terminal does, and looking at what would be sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.models import Connection, Push, PushState
from integrations.outbox.batch_sending import perform_push_batch
from integrations.outbox.builders import Hold
from integrations.outbox.claims import READY, build
from integrations.outbox.sending import perform_push
from integrations.outbox.sweeping import notice_dead


class Preview(NamedTuple):
    """`document` is the exact text that would be sent; empty when it would be held."""

    push: Push
    document: str
    hold_code: str
    hold_sentence: str


def send_due(connection: Connection, *, kind: str = "") -> None:
    """Everything that is due now, in batches where there are several. Runs in the company's scope."""
    notice_dead(now=timezone.now())
    perform_push_batch(connection.pk, with_singles=True, kind=kind)
    due = Push.objects.filter(
        _of_kind(kind), connection=connection, state__in=READY, next_try_at__lte=timezone.now(), batch=None
    )
    for push_id in list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)):
        perform_push(push_id)


def on_the_way(connection: Connection, *, kind: str = "", now: datetime) -> QuerySet[Push]:
    """Not what was asked for at a later time and never tried."""
    later = Q(state=PushState.WAITING, tries=0, next_try_at__gt=now)
    moving = [PushState.WAITING, PushState.SENDING, PushState.UNKNOWN]
    found: QuerySet[Push] = Push.objects.filter(_of_kind(kind), connection=connection, state__in=moving)
    return found.exclude(later)


def preview_waiting(connection: Connection, *, kind: str = "") -> Iterator[Preview]:
    """What each waiting push would send if it left now. Nothing is frozen and nothing is kept."""
    waiting = Push.objects.filter(_of_kind(kind), connection=connection, state=PushState.WAITING)
    for push in waiting.select_related("connection", "company").order_by("next_try_at", "pk"):
        yield _preview(push)


def _preview(push: Push) -> Preview:
    with transaction.atomic():
        try:
            return Preview(push, build(push), "", "")
        except Hold as hold:
            return Preview(push, "", hold.code, hold.sentence)
        finally:
            transaction.set_rollback(True)


def _of_kind(kind: str) -> Q:
    return Q(kind=kind) if kind else Q()
