"""Asking for a push: a row beside the change it belongs to, and a bell once both are committed."""

from datetime import datetime
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from integrations.models import OPEN_STATES, Connection, Push, PushOperation
from integrations.outbox.builders import builder_of
from ressio.models import User

logger = structlog.get_logger(__name__)

PERFORM = "integrations.tasks.perform_push"


def request_push(
    *,
    connection: Connection,
    kind: str,
    subject_id: str,
    subject_label: str,
    requested_by: User | None,
    now: datetime,
    operation: PushOperation = PushOperation.CREATE,
    quickbooks_id: str = "",
) -> Push:
    """`quickbooks_id` names the document to change, delete or void.

    To be called in the transaction of the approval. Approving twice makes one push: the open one is returned."""
    push, is_new = Push.objects.get_or_create(
        connection=connection,
        kind=kind,
        subject_id=subject_id,
        state__in=OPEN_STATES,
        defaults={
            "company_id": connection.company_id,
            "subject_label": subject_label[:300],
            "entity": builder_of(kind).entity,
            "operation": operation,
            "quickbooks_id": quickbooks_id,
            "requested_by": requested_by,
            "requested_at": now,
            "next_try_at": now,
        },
    )
    if is_new:
        transaction.on_commit(partial(wake_sender, push.pk), robust=True)
    return push


def find_open_push(*, connection: Connection, kind: str, subject_id: str) -> Push | None:
    found: Push | None = Push.objects.filter(
        connection=connection, kind=kind, subject_id=subject_id, state__in=OPEN_STATES
    ).first()
    return found


def wake_sender(push_id: int) -> None:
    """Only a bell: when the broker is down the sweeper finds the row a minute later."""
    try:
        current_app.signature(PERFORM, kwargs={"push_id": push_id}).delay()
    except (OperationalError, OSError):
        logger.warning("push_bell_failed", push=push_id, exc_info=True)
