"""Doors for Celery and for the hooks of the rooms below: each calls one verb."""

from functools import partial
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from integrations.models import Connection, SyncRun
from ressio.models import TeamMember
from ressio.scoping import scope, scopes_disabled
from timeclock.own_time import reprice_member
from timeclock.releasing import release_held_shifts
from timeclock.settling import settle_time
from timeclock.upkeep import end_breaks, tell_forgotten

logger = structlog.get_logger(__name__)


@shared_task(name="timeclock.look_after_shifts")
def look_after_shifts(**newer: Any) -> None:
    """Every minute. Running it twice changes nothing."""
    now = timezone.now()
    end_breaks(now=now)
    tell_forgotten(now=now)


@shared_task(name="timeclock.follow_links")
def follow_links(*, connection_id: int, **newer: Any) -> None:
    """Running it twice changes nothing."""
    with scopes_disabled():
        connection = Connection.objects.select_related("company").filter(pk=connection_id).first()
    if connection is not None:
        with scope(company=connection.company):
            settle_time(connection)
            release_held_shifts(connection, timezone.now())


def settle_after_sync(connection: Connection, run: SyncRun) -> None:
    settle_time(connection)


def release_after_sync(connection: Connection, run: SyncRun) -> None:
    """Apart from the list: if one of them fails, the other is done all the same."""
    release_held_shifts(connection, timezone.now())


def ring_after_links_changed(connection: Connection) -> None:
    """The list and held shifts follow a moment later; without a broker with the next sync."""
    try:
        follow_links.delay(connection_id=connection.pk)
    except (OperationalError, OSError):
        logger.warning("time_bell_failed", connection=connection.pk, exc_info=True)


def follow_rates(team_member: TeamMember) -> None:
    """In the transaction that changes the rates; what waits for one leaves after it."""
    reprice_member(team_member)
    connection = Connection.objects.filter(company=team_member.company_id, is_current=True).first()
    if connection is not None:
        transaction.on_commit(partial(ring_after_links_changed, connection), robust=True)
