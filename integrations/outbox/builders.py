"""How the rooms above say what their things look like in QuickBooks."""

from collections.abc import Sequence
from decimal import Decimal
from typing import BinaryIO, Protocol, runtime_checkable

from integrations.gateway import Gateway, Row
from integrations.models import Push
from ressio.models import Company


class Hold(Exception):
    """A push that must not leave now. `code` for programs, the sentence for people; nothing was sent."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code, self.sentence = code, sentence
        super().__init__(code)


class Builder(Protocol):
    """One kind of thing that is pushed. What else it may offer stands in the protocols below."""

    entity: str

    def build(self, push: Push) -> bytes:
        """The exact document, from our rows as they are now. Checks switch, links, closing date and right again.

        For an upload it is the Attachable that describes the file. Raises Hold. No HTTP: runs in the transaction that
        freezes the bytes.
        """

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """The document this push would make, by its natural key, if QuickBooks has it. Asks QuickBooks."""

    def record(self, push: Push, row: Row) -> None:
        """Note what QuickBooks answered. Runs in the transaction that closes the push and stores the document."""


@runtime_checkable
class OpensContent(Protocol):
    """Needed by a kind that is uploaded."""

    def open_content(self, push: Push) -> tuple[BinaryIO, str, str]:
        """The file, its name and its content type. It is closed when it was sent. Raises Hold.

        Runs outside of transactions, in the company's scope.
        """


@runtime_checkable
class PreparesMany(Protocol):
    def prepare(self, pushes: Sequence[Push]) -> None:
        """Read at once what `build` needs for each of these very objects; it is called for them right afterwards,
        in the same transaction."""


@runtime_checkable
class RecordsMany(Protocol):
    def record_many(self, pushes_and_rows: Sequence[tuple[Push, Row]]) -> None:
        """As `record` for each. If it fails nothing of it is kept, and `record` is called one by one."""


@runtime_checkable
class FollowsSkips(Protocol):
    def skipped(self, push: Push) -> None:
        """Somebody decided that it is not sent, wherever they said so. Runs in the transaction of that.

        Raises DecisionRefused where there is something else to decide.
        """


@runtime_checkable
class LocksSubjects(Protocol):
    def lock(self, pushes: Sequence[Push]) -> None:
        """Lock what these are about, in the order of their ids, until the transaction ends (`locking`)."""


@runtime_checkable
class NamesCandidates(Protocol):
    def candidates(self, push: Push) -> list[tuple[str, str]]:
        """Documents that may be the one this push would make: QuickBooks' id and a label, likeliest first."""


@runtime_checkable
class LinksSubject(Protocol):
    def subject_url(self, push: Push, company: Company) -> str:
        """The page of the thing that is pushed; empty when there is none."""


@runtime_checkable
class KnowsAmount(Protocol):
    def amount(self, push: Push) -> Decimal:
        """What it is about in dollars, for the sync log."""


@runtime_checkable
class TellsEffects(Protocol):
    def tell_effects(self, pushes: Sequence[Push]) -> list[list[str]]:
        """For a look before anything leaves: what each of these, all of one connection, does to our figures, and what
        to know of it, in sentences. Asks QuickBooks nothing and changes nothing.
        """


_builders: dict[str, Builder] = {}


def register_builder(kind: str, builder: Builder) -> None:
    _builders[kind] = builder


def builder_of(kind: str) -> Builder:
    return _builders[kind]


def find_builder(kind: str) -> Builder | None:
    """For pages: rows outlive the kind they were asked for."""
    return _builders.get(kind)
