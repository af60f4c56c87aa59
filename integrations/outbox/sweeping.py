"""What beat does for pushes: notice dead senders, and wake workers for whatever is due."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from integrations.gateway.options import option
from integrations.models import ConnectionStatus, Push, PushState
from integrations.outbox.batch_sending import notice_dead_batches
from integrations.outbox.batches import batchable, unanswered
from integrations.outbox.claims import READY
from integrations.outbox.requests import wake_batch_sender, wake_sender
from ressio.scoping import scopes_disabled

WOKEN_AT_ONCE = 500
MANY = 10
"""So many single pushes of one connection leave in batches: they have waited already, and each saves a request."""

USABLE = Q(
    connection__is_current=True,
    connection__status=ConnectionStatus.CONNECTED,
    connection__pushing_is_stopped=False,
)


def sweep_pushes(*, now: datetime) -> list[int]:
    """The ids that a worker was woken for, each by itself. A lost wake-up costs a minute, a dead worker a few.

    For what leaves in batches one worker a connection is woken.
    """
    with scopes_disabled():
        notice_dead(now=now)
        with_batches = _find_connections(now=now)
        due = Push.objects.filter(USABLE, state__in=READY, next_try_at__lte=now, batch=None)
        in_batches = Q(connection__in=[pk for pk, with_singles in with_batches.items() if with_singles])
        alone = due.exclude(pk__in=batchable(now=now).filter(in_batches | Q(is_bulk=True)))
        found = list(alone.order_by("next_try_at", "pk").values_list("pk", flat=True)[:WOKEN_AT_ONCE])
    for connection_id, with_singles in with_batches.items():
        wake_batch_sender(connection_id, with_singles=with_singles)
    for push_id in found:
        wake_sender(push_id)
    return found


def _find_connections(*, now: datetime) -> dict[int, bool]:
    """Where something leaves in batches, and whether single pushes do so too."""
    waiting = batchable(now=now).filter(USABLE).values("connection_id").order_by("connection_id")
    counted = waiting.annotate(
        bulk=Count("pk", filter=Q(is_bulk=True)), singles=Count("pk", filter=Q(is_bulk=False))
    )
    again = unanswered(now=now).filter(USABLE).values_list("connection_id", flat=True)
    found = dict.fromkeys(again, False)
    for row in counted:
        if row["bulk"] or row["singles"] >= MANY:
            found[row["connection_id"]] = row["singles"] >= MANY
    return found


def notice_dead(*, now: datetime) -> None:
    _notice_dead_senders(now=now)
    notice_dead_batches(now=now)


def _notice_dead_senders(*, now: datetime) -> None:
    """Its bytes may have left until the lease ran out, and Intuit may work on them a while longer."""
    settles = timedelta(seconds=option("QBO_WRITE_SETTLES"))
    dead = Push.objects.filter(state=PushState.SENDING, lease_until__lt=now)
    for push in dead:
        assert push.lease_until
        with transaction.atomic():
            Push.objects.filter(
                pk=push.pk, state=PushState.SENDING, tries=push.tries, lease_until=push.lease_until
            ).update(state=PushState.UNKNOWN, next_try_at=push.lease_until + settles, lease_until=None)
