"""How the rooms above say what their things look like in QuickBooks."""

from typing import Protocol

from integrations.gateway import Gateway, Row
from integrations.models import Push


class Hold(Exception):
    """A push that must not leave now. `code` for programs, the sentence for people; nothing was sent."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code, self.sentence = code, sentence
        super().__init__(code)


class Builder(Protocol):
    """One kind of thing that is pushed."""

    entity: str

    def build(self, push: Push) -> bytes:
        """The exact document, from our rows as they are now. Checks switch, links, closing date and right again.

        Raises Hold. No HTTP: runs in the transaction that freezes the bytes.
        """

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """The document this push would make, by its natural key, if QuickBooks has it. Asks QuickBooks."""

    def record(self, push: Push, row: Row) -> None:
        """Note what QuickBooks answered. Runs in the transaction that closes the push and stores the document."""


_builders: dict[str, Builder] = {}


def register_builder(kind: str, builder: Builder) -> None:
    _builders[kind] = builder


def builder_of(kind: str) -> Builder:
    return _builders[kind]
