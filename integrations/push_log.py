"""What the pages say of pushes: what is on its way to QuickBooks, how each try ended, what may be done about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils import timezone

from integrations.describing import SINGULAR, Description, describe_document
from integrations.models import OPEN_STATES, Connection, Document, Push, PushState
from integrations.outbox.builders import LinksSubject, NamesCandidates, find_builder
from integrations.outbox.decisions import sent_as
from integrations.outbox.holding import WAITS, waits_as_decided
from integrations.outbox.outcomes import UNKNOWN_SENTENCE
from ressio.models import Company

OPEN = "open"
PUSH_FILTERS = {
    OPEN: "On the way",
    PushState.HELD.value: "Needs attention",
    PushState.UNKNOWN.value: "No answer yet",
    PushState.WAITING.value: "Waiting",
    PushState.SENDING.value: "Sending",
    PushState.DONE.value: "In QuickBooks",
    PushState.SKIPPED.value: "Not sent",
}
TONES = {
    PushState.WAITING: "neutral",
    PushState.SENDING: "info",
    PushState.UNKNOWN: "warn",
    PushState.HELD: "bad",
    PushState.DONE: "ok",
    PushState.SKIPPED: "neutral",
}
MOVING = (PushState.WAITING, PushState.SENDING, PushState.UNKNOWN)
SENTENCES = {
    PushState.WAITING: "It leaves by itself.",
    PushState.SENDING: "It is being sent.",
    PushState.UNKNOWN: UNKNOWN_SENTENCE,
    PushState.DONE: "It is in QuickBooks.",
    PushState.SKIPPED: "Somebody decided that it is not sent.",
}
STOPPED = "Sending is stopped. It leaves once somebody resumes."
NOT_CONNECTED = "It waits until these books are connected again."
MOST_CANDIDATES = 30
LOOKED_THROUGH = 1000


@dataclass(frozen=True)
class ShownPush:
    push: Push
    subject_url: str = ""

    @property
    def what(self) -> str:
        return SINGULAR.get(self.push.entity, self.push.entity)

    @property
    def words(self) -> str:
        return "Waits, as decided" if waits_as_decided(self.push) else str(self.push.get_state_display())

    @property
    def tone(self) -> str:
        return "neutral" if waits_as_decided(self.push) else TONES[PushState(self.push.state)]

    @property
    def sentence(self) -> str:
        """What stands in the way, else what happens next."""
        if self.push.state in (PushState.WAITING, PushState.UNKNOWN):
            if not self.push.connection.is_usable:
                return NOT_CONNECTED
            if self.push.connection.pushing_is_stopped:
                return STOPPED
        return self.push.hold_sentence or SENTENCES.get(PushState(self.push.state), "")

    @property
    def next_try_at(self) -> datetime | None:
        """When it leaves, or leaves again, unless that is about now."""
        is_ahead = self.push.next_try_at > timezone.now() + timedelta(minutes=1)
        is_due = self.push.state in (PushState.WAITING, PushState.UNKNOWN)
        return self.push.next_try_at if is_due and is_ahead else None

    @property
    def batch_note(self) -> str:
        return f"with {self.push.batch.size - 1} others" if self.push.batch else ""


def list_pushes(
    connection: Connection, *, state: str = OPEN, kind: str = "", is_exact: bool = False
) -> QuerySet[Push]:
    """What needs somebody first, then the oldest; what has ended, the latest first.

    `is_exact`: by the state of the rows, not by what a person would call it.
    """
    pushes: QuerySet[Push] = Push.objects.filter(connection=connection)
    if state == OPEN:
        pushes = pushes.filter(state__in=OPEN_STATES)
    else:
        pushes = pushes.filter(Q(state=state) if is_exact else _stands_as(state))
    if kind:
        pushes = pushes.filter(kind=kind)
    order: list[Any]
    if state in (PushState.DONE, PushState.SKIPPED):
        order = [F("finished_at").desc(nulls_last=True), "-pk"]
    else:
        order = [Case(When(_stands_as(PushState.HELD), then=0), default=1), "requested_at", "pk"]
    return with_what_is_shown(pushes).order_by(*order)


_DECIDED = Q(state=PushState.HELD, hold_code__startswith=WAITS)


def _stands_as(state: str) -> Q:
    """What waits because somebody said so needs nobody's attention."""
    if state == PushState.HELD:
        return Q(state=state) & ~_DECIDED
    return Q(state=state) | _DECIDED if state == PushState.WAITING else Q(state=state)


def with_what_is_shown(pushes: QuerySet[Push]) -> QuerySet[Push]:
    """The tokens stay where they are."""
    tokens = ("connection__access_token", "connection__refresh_token")
    return pushes.select_related("company", "connection", "requested_by", "batch").defer(*tokens)


def count_states(connection: Connection) -> dict[str, int]:
    """Open ones by state."""
    counted = (
        Push.objects.filter(connection=connection, state__in=OPEN_STATES)
        .annotate(stands=Case(When(_DECIDED, then=Value(PushState.WAITING.value)), default=F("state")))
        .order_by("stands")
        .values_list("stands")
        .annotate(number=Count("pk"))
    )
    return dict(counted)


@dataclass(frozen=True)
class StateCount:
    state: str
    words: str
    tone: str


def describe_sending(connection: Connection) -> list[StateCount]:
    """What is on its way, what needs somebody first."""
    counts = count_states(connection)
    order = [state for state in (PushState.HELD, *MOVING) if counts.get(state)]
    return [
        StateCount(state.value, f"{counts[state]} {PUSH_FILTERS[state.value].lower()}", TONES[state])
        for state in order
    ]


def kinds_of(connection: Connection) -> dict[str, str]:
    """The kinds that were ever asked for, with words for people."""
    kinds = Push.objects.filter(connection=connection).order_by("kind").values_list("kind", flat=True)
    return {kind: kind.replace("-", " ").replace("_", " ").capitalize() for kind in kinds.distinct()}


def show_pushes(pushes: Collection[Push], company: Company) -> list[ShownPush]:
    return [ShownPush(push, _subject_url(push, company)) for push in pushes]


def _subject_url(push: Push, company: Company) -> str:
    builder = find_builder(push.kind)
    return builder.subject_url(push, company) if isinstance(builder, LinksSubject) else ""


# The document that it may be already ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    quickbooks_id: str
    label: str
    text: str
    """What a search looks through."""
    description: Description


def find_candidates(push: Push, *, query: str = "") -> list[Candidate]:
    """What the room of the thing proposes, likeliest first; else the mirrored documents that are nobody's, the latest
    first. `query` is looked for in what is shown."""
    builder: object = find_builder(push.kind)
    if isinstance(builder, NamesCandidates):
        found = _describe_proposed(push, builder.candidates(push))
    else:
        found = _find_free(push)
    return [one for one in found if query.casefold() in one.text.casefold()][:MOST_CANDIDATES]


def _describe_proposed(push: Push, proposed: Sequence[tuple[str, str]]) -> list[Candidate]:
    ids = [quickbooks_id for quickbooks_id, _ in proposed]
    documents = _documents_of(push).filter(quickbooks_id__in=ids)
    described = {row.quickbooks_id: _describe(row) for row in documents}
    return [
        Candidate(quickbooks_id, label, f"{label} {_text(found)}", found)
        for quickbooks_id, label in proposed
        if (found := described.get(quickbooks_id))
    ]


def _find_free(push: Push) -> list[Candidate]:
    documents = list(_documents_of(push).order_by("-last_updated_at", "-pk")[:LOOKED_THROUGH])
    ids = [row.quickbooks_id for row in documents]
    taken = set(sent_as(push, ids).values_list("quickbooks_id", flat=True))
    described = [(row.quickbooks_id, _describe(row)) for row in documents if row.quickbooks_id not in taken]
    return [
        Candidate(quickbooks_id, found.title or found.what, _text(found), found)
        for quickbooks_id, found in described
    ]


def _documents_of(push: Push) -> QuerySet[Document]:
    found: QuerySet[Document] = Document.objects.filter(
        connection=push.connection, entity=push.entity, deleted_at=None
    )
    return found


def _describe(document: Document) -> Description:
    return describe_document(document.entity, document.quickbooks_id, document.data)


def _text(found: Description) -> str:
    day = f"{found.day:%d %b %Y} {found.day}" if found.day else ""
    amount = f"{found.amount:,.2f} {found.amount:.2f}" if found.amount is not None else ""
    return " ".join((found.title, found.party, day, amount))
