"""One unit of work on the books: everything it touched is saved together, or nothing is.

Verbs, computed fields and side effects read and write through a Change. A document saved here gets the next
SyncToken and the present LastUpdatedTime, whether a person, the API or a side effect touched it.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from integrations.sandbox.errors import not_found
from integrations.sandbox.wire import Document, format_time, loads

if TYPE_CHECKING:
    from integrations.sandbox.books import Books

Key = tuple[str, str]


class Change:
    def __init__(self, books: Books) -> None:
        self.books = books
        self._drafts: dict[Key, Document] = {}
        self._quiet: dict[Key, Document] = {}
        self._removed: dict[Key, None] = {}

    def read(self, entity: str, document_id: str) -> Document | None:
        """The document as this change sees it, not to be altered; None when unknown or deleted."""
        key = (entity, document_id)
        if key in self._removed:
            return None
        return self._drafts.get(key) or self._quiet.get(key) or self._stored(key)

    def edit(self, entity: str, document_id: str) -> Document:
        """The document, to be altered and saved with a new SyncToken. Raises fault 610 when unknown."""
        key = (entity, document_id)
        if key not in self._drafts:
            document = self._quiet.pop(key, None) or self.read(entity, document_id)
            if document is None:
                raise not_found()
            self._drafts[key] = document
        return self._drafts[key]

    def adjust(self, entity: str, document_id: str) -> Document | None:
        """Like edit, but the document keeps its SyncToken and time (running balances of names)."""
        key = (entity, document_id)
        if key in self._drafts:
            return self._drafts[key]
        if key not in self._quiet:
            document = self.read(entity, document_id)
            if document is None:
                return None
            self._quiet[key] = document
        return self._quiet[key]

    def add(self, entity: str, document: Document) -> Document:
        """A new document; it has its Id from now on."""
        document_id = self.books.next_id(entity)
        document["Id"] = document_id
        self._drafts[(entity, document_id)] = document
        return document

    def replace(self, entity: str, document_id: str, document: Document) -> Document:
        """Put a new version in place of the stored one."""
        self._quiet.pop((entity, document_id), None)
        self._drafts[(entity, document_id)] = document
        return document

    def remove(self, entity: str, document_id: str) -> None:
        key = (entity, document_id)
        self._drafts.pop(key, None)
        self._quiet.pop(key, None)
        self._removed[key] = None

    def touched(self) -> list[tuple[Key, Document | None, Document | None]]:
        """Every document with its stored and its new version; None for created and removed ones."""
        versions: list[tuple[Key, Document | None, Document | None]] = []
        for key, draft in list(self._drafts.items()):
            versions.append((key, self._stored(key), draft))
        for key in list(self._removed):
            versions.append((key, self._stored(key), None))
        return versions

    def commit(self) -> None:
        now = self.books.clock.epoch()
        for key, draft in self._drafts.items():
            self._stamp(key, draft, now)
        saved = [(entity, draft) for (entity, _), draft in {**self._quiet, **self._drafts}.items()]
        removed = [key for key in self._removed if self._stored(key) is not None]
        self.books.save(saved, removed, now)

    def _stamp(self, key: Key, draft: Document, now: int) -> None:
        stored = self._stored(key)
        created = stored["MetaData"]["CreateTime"] if stored else self._time(now)
        token = int(stored["SyncToken"]) + 1 if stored else 0
        draft["SyncToken"] = str(token)
        draft["domain"], draft["sparse"] = "QBO", False
        draft["MetaData"] = {"CreateTime": created, "LastUpdatedTime": self._time(now)}

    def _time(self, epoch: int) -> str:
        return format_time(epoch, self.books.zone)

    def _stored(self, key: Key) -> Document | None:
        row = self.books.shelf(key[0]).rows.get(key[1])
        return loads(row.text) if row else None

    def copy_of(self, entity: str, document_id: str) -> Document | None:
        return copy.deepcopy(self.read(entity, document_id))
