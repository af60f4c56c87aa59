"""Ending a connection, by a person's wish here. What was read and linked stays: connecting again resumes
(U10).
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F

from integrations.gateway.exchanges import Outcome, current_request_id, recording
from integrations.gateway.faults import QuickBooksError
from integrations.gateway.oauth import revoke_token
from integrations.models import Connection, ConnectionStatus, RunStatus, SyncRun
from integrations.models.sync import ACTIVE
from ressio.activity import record_activity
from ressio.models import User

logger = structlog.get_logger(__name__)

RUN_ENDED = "QuickBooks was disconnected before this sync was done. Connect again and sync; nothing is lost."


def disconnect_company(*, connection: Connection, actor: User, now: datetime) -> bool:
    """True when Intuit confirmed the end of the authorization. Here it has ended in any case."""
    with transaction.atomic():
        token = close(connection, now=now)
        record_activity(
            company=connection.company, actor=actor, verb="disconnected QuickBooks Online", subject=connection
        )
    logger.info("quickbooks_disconnected", connection=connection.pk)
    return try_revoke(connection, token) if token else True


def park(connection: Connection, *, now: datetime) -> str:
    """The company goes on with other books. Links and documents of these wait for their return. Answers with
    the token to revoke.
    """
    token = close(connection, now=now)
    Connection.objects.filter(pk=connection.pk).update(is_current=False)
    return token


def close(connection: Connection, *, now: datetime) -> str:
    token = end_locally(connection)
    Connection.objects.filter(pk=connection.pk).update(disconnected_at=now)
    fail_runs(connection, now=now)
    return token


@transaction.atomic
def end_locally(connection: Connection) -> str:
    """Tokens are gone from here on. A refresh that is under way finds a newer version and stores nothing.

    Answers with the newest refresh token, read under a lock: Intuit need not know an older one any more.
    """
    token: str = Connection.objects.select_for_update().get(pk=connection.pk).refresh_token
    Connection.objects.filter(pk=connection.pk).update(
        status=ConnectionStatus.DISCONNECTED,
        status_reason="",
        access_token="",
        access_token_expires_at=None,
        refresh_token="",
        refresh_token_expires_at=None,
        sign_in_ends_at=None,
        token_version=F("token_version") + 1,
        refresh_claimed_until=None,
    )
    return token


def fail_runs(connection: Connection, *, now: datetime) -> None:
    SyncRun.objects.filter(connection=connection, status__in=ACTIVE).update(
        status=RunStatus.FAILED,
        finished_at=now,
        error=RUN_ENDED,
        error_code="disconnected",
        then_full="",
        then_kind="",
    )


def try_revoke(connection: Connection | None, token: str) -> bool:
    """Outside of a transaction: it is a request. A failure is told, never raised; the local end is what
    counts.
    """
    outcome = Outcome("revoke", request_id=current_request_id())
    try:
        with recording(connection, outcome):
            revoke_token(token=token, outcome=outcome)
    except QuickBooksError:
        return False
    return True
