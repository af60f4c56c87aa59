"""What the rooms above ask of the way into QuickBooks about one thing of theirs: a bill, an invoice, a shift."""

from collections.abc import Collection
from datetime import datetime

from integrations.models import OPEN_STATES, Connection, Push, PushOperation, PushState
from integrations.outbox.decisions import DecisionRefused, retry_push, skip_push
from integrations.outbox.requests import request_push
from ressio.models import User


def find_subject_push(kind: str, subject_id: str, *, connection_id: int | None = None) -> Push | None:
    """The open one, if the thing is on its way or held; also where its project is not linked any more, and in earlier
    books, where it stays behind until those are connected again (U10). `connection_id`: only in those books.
    """
    pushes = Push.objects.filter(kind=kind, subject_id=subject_id, state__in=OPEN_STATES)
    if connection_id is not None:
        pushes = pushes.filter(connection=connection_id)
    found: Push | None = (
        pushes.select_related("connection").order_by("-connection__is_current", "-pk").first()
    )
    return found


def push_or_retry(
    *,
    connection: Connection,
    kind: str,
    subject_id: str,
    subject_label: str,
    requested_by: User | None,
    now: datetime,
    operation: PushOperation = PushOperation.CREATE,
    quickbooks_id: str = "",
    is_bulk: bool = False,
) -> Push:
    """`request_push`, and one that is held is tried again: whoever asks does not want to hear that it is on its way
    while it is not.
    """
    push = request_push(
        connection=connection,
        kind=kind,
        subject_id=subject_id,
        subject_label=subject_label,
        requested_by=requested_by,
        now=now,
        operation=operation,
        quickbooks_id=quickbooks_id,
        is_bulk=is_bulk,
    )
    return retry_push(push=push, actor=requested_by, now=now) if push.state == PushState.HELD else push


def skip_in_earlier_books(
    kind: str, subject_ids: Collection[str], *, actor: User | None, now: datetime
) -> None:
    """What waits for books that were connected before is not sent there: it goes to those of now. Raises
    `DecisionRefused` where it may have arrived there.
    """
    pushes = Push.objects.filter(kind=kind, state__in=OPEN_STATES, connection__is_current=False)
    for push in pushes.filter(subject_id__in=subject_ids).select_related("connection").order_by("pk"):
        try:
            skip_push(push=push, actor=actor, now=now)
        except DecisionRefused as error:
            raise DecisionRefused(
                f"{push.subject_label} was sent to the earlier books ({push.connection}), and no answer came: they may "
                "have it. Connect them again to find out."
            ) from error
