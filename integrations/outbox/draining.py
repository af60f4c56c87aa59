"""Sending in this process, without workers: what a terminal does, and looking at what would be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.models import Connection, Push, PushState
from integrations.outbox.batch_sending import perform_push_batch
from integrations.outbox.builders import Hold, TellsEffects, find_builder
from integrations.outbox.claims import READY, build_guarded
from integrations.outbox.sending import perform_push
from integrations.outbox.sweeping import notice_dead


class Preview(NamedTuple):
    """`document` is the exact text that would be sent; empty when it would be held, or is."""

    push: Push
    document: str
    hold_code: str
    hold_sentence: str
    effects: Sequence[str]
    """What it does to our figures, and what to know before it leaves, in sentences."""

    @property
    def is_held(self) -> bool:
        """Already, not only if it left now."""
        return bool(self.push.state == PushState.HELD)


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


def preview_open(connection: Connection, *, kind: str = "") -> list[Preview]:
    """What each waiting push would send if it left now, then those that are held and why. Nothing is frozen or kept."""
    shown = Push.objects.filter(
        _of_kind(kind), connection=connection, state__in=[PushState.WAITING, PushState.HELD]
    )
    pushes = list(shown.select_related("connection", "company").order_by("next_try_at", "pk"))
    pushes.sort(key=lambda push: push.state == PushState.HELD)
    effects = _tell_effects(pushes)
    return [_preview(push, effects.get(push.pk, ())) for push in pushes]


def _tell_effects(pushes: Sequence[Push]) -> dict[int, Sequence[str]]:
    by_kind: dict[str, list[Push]] = {}
    for push in pushes:
        by_kind.setdefault(push.kind, []).append(push)
    told: dict[int, Sequence[str]] = {}
    for kind, some in by_kind.items():
        builder: object = find_builder(kind)
        if isinstance(builder, TellsEffects):
            sentences = builder.tell_effects(some)
            told |= {push.pk: said for push, said in zip(some, sentences, strict=True)}
    return told


def _preview(push: Push, effects: Sequence[str]) -> Preview:
    if push.state == PushState.HELD:
        return Preview(push, "", push.hold_code, push.hold_sentence, effects)
    with transaction.atomic():
        try:
            return Preview(push, build_guarded(push), "", "", effects)
        except Hold as hold:
            return Preview(push, "", hold.code, hold.sentence, effects)
        finally:
            transaction.set_rollback(True)


def _of_kind(kind: str) -> Q:
    return Q(kind=kind) if kind else Q()
