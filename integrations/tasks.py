"""Celery's doors to this room. Messages carry ids; the rows are the truth, so a doubled message does nothing."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from integrations import connecting, sync, upkeep
from integrations.gateway.exchanges import prune_exchanges
from integrations.outbox import batch_sending, sending, sweeping
from ressio.api.idempotency import prune_keys


@shared_task(acks_late=True)
def perform_sync(*, run_id: int, **kwargs: Any) -> None:
    """`kwargs` lets an old worker survive a new caller."""
    sync.perform_sync(run_id)


@shared_task
def sweep_runs(**kwargs: Any) -> None:
    """Every minute: runs nobody started, runs whose worker died."""
    upkeep.sweep_runs(now=timezone.now())


@shared_task(acks_late=True)
def perform_push(*, push_id: int, **kwargs: Any) -> None:
    """A message that comes twice, or late, finds nothing to do."""
    sending.perform_push(push_id)


@shared_task(acks_late=True)
def perform_push_batch(*, connection_id: int, with_singles: bool = False, **kwargs: Any) -> None:
    """Any number of these may run at once: each takes what no other has."""
    batch_sending.perform_push_batch(connection_id, with_singles=with_singles)


@shared_task
def sweep_pushes(**kwargs: Any) -> None:
    """Every minute: pushes nobody was woken for, pushes whose worker died."""
    sweeping.sweep_pushes(now=timezone.now())


@shared_task
def request_scheduled_syncs(**kwargs: Any) -> None:
    """Every hour, for companies that want it."""
    upkeep.request_scheduled_syncs(now=timezone.now())


@shared_task
def prune_history(**kwargs: Any) -> None:
    """Every night: what happened long ago is forgotten."""
    now = timezone.now()
    connecting.cancel_stale_switches(now=now)
    prune_exchanges(now=now)
    upkeep.prune_runs(now=now)
    prune_keys(now=now)
