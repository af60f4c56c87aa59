"""All documents of one entity, serialised once, with the orders that queries and CDC need.

A row keeps the document as JSON text: a page of 1,000 rows is then one ``join``. Values that a WHERE looks at
are read out of the text once and remembered until the row changes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.wire import Document, loads

REMEMBERED_RESULTS = 32


@dataclass(slots=True, frozen=True)
class Row:
    id: str
    created: int
    updated: int
    active: bool
    text: str
    # Orders rows by id; see id_key.
    key: tuple[int, str]

    def document(self) -> Document:
        """A fresh copy, the caller's to change."""
        document: Document = loads(self.text)
        return document


def id_key(row_id: str) -> tuple[int, str]:
    """Orders ids by number without converting them: some have 19 digits, some are words (TAX, NON)."""
    return len(row_id), row_id


class Timeline:
    """Ids in order of one time. Sorted late after bulk loads, kept in order by bisection afterwards."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, tuple[int, str]]] = []
        self._sorted = True

    def add(self, at: int, row_id: str, *, bulk: bool) -> None:
        entry = (at, id_key(row_id))
        if bulk or not self._sorted:
            self._entries.append(entry)
            self._sorted = False
        else:
            insort(self._entries, entry)

    def discard(self, at: int, row_id: str) -> None:
        self._ensure_sorted()
        entry = (at, id_key(row_id))
        index = bisect_left(self._entries, entry)
        if index < len(self._entries) and self._entries[index] == entry:
            del self._entries[index]

    def ids_between(self, start: int | None, end: int | None) -> list[str]:
        """Ids with start <= time < end, oldest first; None leaves a side open."""
        self._ensure_sorted()
        low = 0 if start is None else bisect_left(self._entries, (start, (0, "")))
        high = len(self._entries) if end is None else bisect_left(self._entries, (end, (0, "")))
        return [entry[1][1] for entry in self._entries[low:high]]

    def _ensure_sorted(self) -> None:
        if not self._sorted:
            self._entries.sort()
            self._sorted = True


class Shelf:
    """Documents of one entity of one company. Not thread-safe by itself: Books holds the lock."""

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self.rows: dict[str, Row] = {}
        self.tombstones: dict[str, int] = {}
        self.updated = Timeline()
        self.created = Timeline()
        self.by_id = Timeline()
        self.deleted = Timeline()
        self._columns: dict[str, dict[str, Any]] = {}
        self._results: OrderedDict[str, list[Row]] = OrderedDict()

    def put(self, row: Row, *, bulk: bool = False) -> None:
        self._forget(row.id)
        self.rows[row.id] = row
        self.updated.add(row.updated, row.id, bulk=bulk)
        self.created.add(row.created, row.id, bulk=bulk)
        self.by_id.add(0, row.id, bulk=bulk)
        if row.id in self.tombstones:
            self.deleted.discard(self.tombstones.pop(row.id), row.id)

    def remove(self, row_id: str, at: int) -> None:
        self._forget(row_id)
        self.rows.pop(row_id, None)
        self.bury(row_id, at)

    def bury(self, row_id: str, at: int) -> None:
        """Remember a deletion, for CDC and for the wording of fault 610."""
        self.tombstones[row_id] = at
        self.deleted.add(at, row_id, bulk=False)

    def _forget(self, row_id: str) -> None:
        self._results.clear()
        for column in self._columns.values():
            column.pop(row_id, None)
        old = self.rows.get(row_id)
        if old:
            self.updated.discard(old.updated, row_id)
            self.created.discard(old.created, row_id)
            self.by_id.discard(0, row_id)

    def in_id_order(self) -> list[Row]:
        return [self.rows[row_id] for row_id in self.by_id.ids_between(None, None)]

    def column_value(self, row: Row, name: str, extract: Callable[[Document], Any]) -> Any:
        """What ``extract`` finds in the document, remembered until the row changes."""
        column = self._columns.setdefault(name, {})
        if row.id not in column:
            column[row.id] = extract(row.document())
        return column[row.id]

    def remembered(self, statement: str, find: Callable[[], Iterable[Row]]) -> list[Row]:
        """The rows of a statement, found again only after something on this shelf changed."""
        if statement in self._results:
            self._results.move_to_end(statement)
            return self._results[statement]
        rows = self._results[statement] = list(find())
        if len(self._results) > REMEMBERED_RESULTS:
            self._results.popitem(last=False)
        return rows
