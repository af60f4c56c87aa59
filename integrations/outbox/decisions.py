"""What people decide about a push that is held, and the switch that stops all of a connection's."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from integrations.gateway import Row
from integrations.mirror import lock_books
from integrations.models import Connection, Document, Push, PushState
from integrations.outbox.builders import FollowsSkips, builder_of, find_builder
from integrations.outbox.holding import hold, show_decided, show_held
from integrations.outbox.locking import lock_subjects
from integrations.outbox.requests import wake_sender
from integrations.outbox.sending import MAKES
from ressio.activity import record_activity
from ressio.models import User


class DecisionRefused(Exception):
    """The push is not in a state for this; the message is for people. Nothing was changed."""


def retry_push(*, push: Push, actor: User | None, now: datetime) -> Push:
    """Build it anew and send it as another request. Only when QuickBooks certainly did nothing with the last one.

    It goes on the word of `actor` from now on: whoever asked first may have lost the right to. None keeps theirs.
    """
    with transaction.atomic():
        locked = _locked(push, PushState.HELD, doing="tried again")
        locked.state, locked.payload, locked.next_try_at = PushState.WAITING, "", now
        locked.hold_code = locked.hold_sentence = ""
        locked.generation += 1
        locked.first_sent_at = locked.last_sent_at = None
        locked.is_in_doubt = False
        locked.requested_by = actor or locked.requested_by
        locked.save()
        show_decided(locked, now=now)
        _record(locked, actor, "tried again to send")
        transaction.on_commit(partial(wake_sender, locked.pk), robust=True)
    return locked


def restate_hold(*, push: Push, code: str, sentence: str, now: datetime) -> Push:
    """It is held as before, for another reason, or with somebody's word that it waits (`holding.WAITS`)."""
    with transaction.atomic():
        locked = _locked(push, PushState.HELD, doing="held")
        locked.hold_code, locked.hold_sentence = code[:40], sentence[:500]
        locked.save(update_fields=["hold_code", "hold_sentence"])
        show_held(locked, now=now)
    return locked


def skip_push(*, push: Push, actor: User | None, now: datetime) -> Push:
    """It is not sent. What was sent already without an answer cannot be skipped: it may be in QuickBooks."""
    with transaction.atomic():
        locked = _locked(push, PushState.HELD, PushState.WAITING, doing="skipped")
        locked.state, locked.finished_at = PushState.SKIPPED, now
        locked.save()
        show_decided(locked, now=now)
        builder: object = find_builder(locked.kind)
        if isinstance(builder, FollowsSkips):
            builder.skipped(locked)
        _record(locked, actor, "decided not to send")
    return locked


def link_to_existing(*, push: Push, quickbooks_id: str, actor: User | None, now: datetime) -> Push:
    """QuickBooks has the document already, entered there by hand: that one it is, and nothing is sent."""
    with transaction.atomic():
        lock_books(push.connection_id)
        locked = _locked(push, PushState.HELD, PushState.WAITING, doing="linked")
        if not can_be_linked(locked):
            raise DecisionRefused(
                "This changes a document that is in QuickBooks already: there is none to choose."
            )
        document = Document.objects.filter(
            connection=locked.connection, entity=locked.entity, quickbooks_id=quickbooks_id, deleted_at=None
        ).first()
        if document is None:
            raise DecisionRefused("QuickBooks has no such document. Sync, then choose again.")
        if taken := sent_as(locked, [quickbooks_id]).exclude(subject_id=locked.subject_id).first():
            raise DecisionRefused(f"That document is {taken.subject_label}. Choose another one.")
        locked.state, locked.finished_at = PushState.DONE, now
        locked.quickbooks_id, locked.was_adopted = quickbooks_id, True
        locked.payload = ""  # what was refused before is not what that document says
        locked.save()
        show_decided(locked, now=now)
        builder_of(locked.kind).record(locked, Row(document.data, document.body))
        _record(locked, actor, "linked to an existing document")
    return locked


def note_as_done(*, push: Push, now: datetime) -> Push:
    """Refused as stale, what it carries is in QuickBooks after all: an earlier try had arrived unanswered."""
    with transaction.atomic():
        locked = _locked(push, PushState.HELD, doing="closed")
        locked.state, locked.finished_at, locked.was_adopted = PushState.DONE, now, True
        locked.save()
        show_decided(locked, now=now)
    return locked


def look_again(
    *, connection: Connection, kind: str, subject_id: str, quickbooks_id: str, sentence: str, now: datetime
) -> None:
    """The document that our thing was taken for is another one's. What its own request made is looked for, and made if
    it never arrived; what a person had linked waits for them again, and `sentence` says why.
    """
    taken = Push.objects.filter(
        connection=connection, kind=kind, subject_id=subject_id, state=PushState.DONE, operation__in=MAKES
    )
    push = taken.filter(quickbooks_id=quickbooks_id).select_for_update(of=("self",)).first()
    if push is None:
        return
    push.quickbooks_id, push.was_adopted, push.finished_at = "", False, None
    if push.payload:
        push.state, push.is_in_doubt, push.next_try_at = PushState.UNKNOWN, True, now
        push.save()
        transaction.on_commit(partial(wake_sender, push.pk), robust=True)
    else:
        hold(push, code="linked_elsewhere", sentence=sentence)


def forget_document(*, connection: Connection, kind: str, subject_id: str) -> None:
    """A person unlinked our thing from its document: that one may be linked to another of ours."""
    sent = Push.objects.filter(connection=connection, kind=kind, subject_id=subject_id, state=PushState.DONE)
    sent.filter(operation__in=MAKES).update(quickbooks_id="")


def can_be_linked(push: Push) -> bool:
    return push.operation in MAKES and push.state in (PushState.HELD, PushState.WAITING)


def sent_as(push: Push, quickbooks_ids: Collection[str]) -> QuerySet[Push]:
    """What of ours these documents are, as far as the outbox made or adopted them."""
    made: QuerySet[Push] = Push.objects.filter(
        connection=push.connection,
        entity=push.entity,
        quickbooks_id__in=quickbooks_ids,
        operation__in=MAKES,
        state=PushState.DONE,
    )
    return made


def _locked(push: Push, *states: PushState, doing: str) -> Push:
    lock_subjects([push])
    locked: Push = Push.objects.select_for_update(of=("self",)).select_related("connection").get(pk=push.pk)
    if locked.state not in states:
        raise DecisionRefused(f"This cannot be {doing} now: {locked.get_state_display().lower()}.")
    return locked


def _record(push: Push, actor: User | None, verb: str) -> None:
    record_activity(company=push.company, actor=actor, verb=verb, subject=push)


def stop_pushing(*, connection: Connection, actor: User | None) -> None:
    """Nothing of this connection leaves from now on; a request under way ends as it ends."""
    _set_stopped(connection, True, actor)


def resume_pushing(*, connection: Connection, actor: User | None) -> None:
    """What waited meanwhile leaves within a minute."""
    _set_stopped(connection, False, actor)


def _set_stopped(connection: Connection, is_stopped: bool, actor: User | None) -> None:
    with transaction.atomic():
        others = Connection.objects.filter(pk=connection.pk).exclude(pushing_is_stopped=is_stopped)
        if others.update(pushing_is_stopped=is_stopped):
            verb = "stopped sending to" if is_stopped else "resumed sending to"
            record_activity(company=connection.company, actor=actor, verb=verb, subject=connection)
    connection.pushing_is_stopped = is_stopped
