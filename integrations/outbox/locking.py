"""The one order in which rows are locked: the books, then the things that are pushed, then their pushes.

A verb of the rooms above locks its thing and then asks for the push; an answer knows the push and needs the thing. Each
in its own order they would wait for each other, and the database would have to kill one.
"""

from collections import defaultdict
from collections.abc import Iterable

from integrations.mirror import lock_books
from integrations.models import Connection, Push
from integrations.outbox.builders import LocksSubjects, find_builder


def lock_subjects(pushes: Iterable[Push]) -> None:
    """Before the pushes themselves, until the transaction ends. Kinds without anything to lock have nothing to fear."""
    by_kind: dict[str, list[Push]] = defaultdict(list)
    for push in pushes:
        by_kind[push.kind].append(push)
    for kind in sorted(by_kind):
        builder: object = find_builder(kind)
        if isinstance(builder, LocksSubjects):
            builder.lock(by_kind[kind])


def lock_for_answer(connection: Connection, pushes: Iterable[Push]) -> None:
    """Whoever stores what QuickBooks says holds the books first (`mirror.lock_books`)."""
    lock_books(connection.pk)
    lock_subjects(pushes)
