"""What beat does for pushes: notice dead senders, and wake workers for whatever is due."""

from datetime import datetime, timedelta

from django.db import transaction

from integrations.gateway.options import option
from integrations.models import ConnectionStatus, Push, PushState
from integrations.outbox.claims import READY
from integrations.outbox.requests import wake_sender
from ressio.scoping import scopes_disabled

WOKEN_AT_ONCE = 500


def sweep_pushes(*, now: datetime) -> list[int]:
    """The ids that a worker was woken for. A lost wake-up costs a minute, a dead worker a few."""
    with scopes_disabled():
        _notice_dead_senders(now=now)
        due = Push.objects.filter(
            state__in=READY,
            next_try_at__lte=now,
            connection__is_current=True,
            connection__status=ConnectionStatus.CONNECTED,
            connection__pushing_is_stopped=False,
        )
        found = list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:WOKEN_AT_ONCE])
    for push_id in found:
        wake_sender(push_id)
    return found


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
