"""The books of one company: its documents, and the verbs that people and the API use on them.

``load`` puts a document in as it is. ``create``, ``update``, ``delete`` and ``void`` keep the rules: validation,
server-computed fields, side effects, SyncTokens. All of them are safe to call from several threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.sandbox import verbs
from integrations.sandbox.change import Change, Key
from integrations.sandbox.clock import Clock
from integrations.sandbox.errors import ApiFault, already_deleted, not_found
from integrations.sandbox.fields import ENTITIES, SETTINGS, TRANSACTIONS
from integrations.sandbox.registers import NameRegister, NumberRegister
from integrations.sandbox.shelf import Row, Shelf, id_key
from integrations.sandbox.switches import Switches
from integrations.sandbox.wire import Document, dumps, format_time, loads, parse_time, today, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

# Ids are handed out per group: transactions share one sequence, so do customers, vendors and employees.
ID_GROUPS = dict.fromkeys(TRANSACTIONS, "transaction") | dict.fromkeys(
    ("Customer", "Vendor", "Employee"), "name"
)
FIRST_ATTACHABLE_ID = 5_000_000_000_000_000_001
# Loaded ids above this are another kind of number and do not move the sequence.
LARGEST_SEQUENCE_ID = 10**12

Saved = list[tuple[str, Row]]
Writer = Callable[[str, Saved, list[Key], int], None]


class Books:
    def __init__(self, realm: str, clock: Clock, switches: Switches) -> None:
        self.realm = realm
        self.clock = clock
        self.switches = switches
        self.lock = RLock()
        # Where this server is reached; links to files start with it.
        self.base_url = ""
        self.files: dict[str, bytes] = {}
        self.names = NameRegister()
        self.numbers = NumberRegister()
        # Called with every change once it is in memory; persistence hangs itself in here.
        self.writer: Writer | None = None
        self.file_writer: Callable[[str, str, bytes], None] | None = None
        self._shelves = {entity: Shelf(entity) for entity in ENTITIES}
        self._last_ids: dict[str, int] = {}

    # Reading

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        return today(self.now())

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.switches["zone"])

    @property
    def company_name(self) -> str:
        rows = self.shelf("CompanyInfo").rows
        return str(next(iter(rows.values())).document().get("CompanyName", "")) if rows else self.realm

    def shelf(self, entity: str) -> Shelf:
        try:
            return self._shelves[entity]
        except KeyError:
            raise ApiFault("2000", f"Invalid or unsupported object name: {entity}") from None

    def entities(self) -> list[str]:
        return list(self._shelves)

    def get(self, entity: str, document_id: str) -> Document:
        """A copy of the document. Raises fault 610 when there is none."""
        with self.lock:
            return self.row(entity, document_id).document()

    def row(self, entity: str, document_id: str) -> Row:
        shelf = self.shelf(entity)
        row = shelf.rows.get(document_id)
        if row is None:
            raise already_deleted() if document_id in shelf.tombstones else not_found()
        return row

    def all(self, entity: str) -> list[Document]:
        """Copies of all documents, inactive ones too, in order of creation."""
        with self.lock:
            rows = list(self.shelf(entity).rows.values())
        return [row.document() for row in rows]

    def settings(self, entity: str) -> Document:
        """The one CompanyInfo or Preferences of the company; empty when none was loaded."""
        assert entity in SETTINGS
        rows = self.shelf(entity).rows
        return next(iter(rows.values())).document() if rows else {}

    # Writing

    def create(self, entity: str, payload: Document, *, include: Iterable[str] = ()) -> Document:
        return verbs.create_document(self, entity, payload, include=frozenset(include))

    def update(self, entity: str, payload: Document, *, include: Iterable[str] = ()) -> Document:
        """Full update, or a sparse one when the payload says ``"sparse": true``; needs Id and SyncToken."""
        return verbs.update_document(self, entity, payload, include=frozenset(include))

    def delete(self, entity: str, document_id: str, sync_token: str | None = None) -> None:
        """Delete for good. Without a token: as somebody who looks at the present version."""
        verbs.delete_document(self, entity, document_id, sync_token)

    def void(self, entity: str, document_id: str, sync_token: str | None = None) -> Document:
        return verbs.void_document(self, entity, document_id, sync_token)

    def load(self, entity: str, document: Document) -> Document:
        """Take a document as it is, ids and times kept; only what is indispensable is filled in."""
        return self.load_many([(entity, document)])[0]

    def load_many(self, documents: Iterable[tuple[str, Document]]) -> list[Document]:
        """Many documents as they are, quicker than one by one."""
        with self.lock:
            now = self.clock.epoch()
            loaded = [(entity, self._completed(entity, document, now)) for entity, document in documents]
            self._store(loaded, [], now, bulk=True)
            return [document for _, document in loaded]

    def bury(self, entity: str, document_id: str, at: int) -> None:
        """Record that a document was deleted at a time, without having had it."""
        with self.lock:
            self.shelf(entity).bury(document_id, at)
            self._note_id(entity, document_id)
            if self.writer:
                self.writer(self.realm, [], [(entity, document_id)], at)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A unit of work, committed at the end unless something was raised."""
        with self.lock:
            change = Change(self)
            yield change
            change.commit()

    def save(self, documents: list[tuple[str, Document]], removed: list[Key], now: int) -> None:
        self._store(documents, removed, now, bulk=False)

    def add_file(self, attachable_id: str, content: bytes) -> None:
        self.files[attachable_id] = content
        if self.file_writer:
            self.file_writer(self.realm, attachable_id, content)

    def next_id(self, entity: str) -> str:
        group = ID_GROUPS.get(entity, entity)
        start = FIRST_ATTACHABLE_ID - 1 if entity == "Attachable" else 0
        self._last_ids[group] = self._last_ids.get(group, start) + 1
        return str(self._last_ids[group])

    def _completed(self, entity: str, document: Document, now: int) -> Document:
        self.shelf(entity)
        document = {**document}
        document.setdefault("Id", "") or document.update(Id=self.next_id(entity))
        document["Id"] = str(document["Id"])
        document.setdefault("SyncToken", "0")
        document.setdefault("domain", "QBO")
        document.setdefault("sparse", False)
        times = document.get("MetaData") or {}
        created = times.get("CreateTime") or times.get("LastUpdatedTime") or format_time(now, self.zone)
        document["MetaData"] = {"CreateTime": created, "LastUpdatedTime": created, **times}
        return document

    def _store(
        self, documents: list[tuple[str, Document]], removed: list[Key], now: int, *, bulk: bool
    ) -> None:
        saved: Saved = []
        for entity, document in documents:
            row = row_of(document)
            self.place(entity, row, document, bulk=bulk)
            saved.append((entity, row))
        for entity, document_id in removed:
            self._forget_words(entity, document_id)
            self.shelf(entity).remove(document_id, now)
        if self.writer:
            self.writer(self.realm, saved, removed, now)

    def place(self, entity: str, row: Row, document: Document, *, bulk: bool) -> None:
        """Put a row on its shelf and into the registers, without telling the writer."""
        self._forget_words(entity, row.id)
        self.shelf(entity).put(row, bulk=bulk)
        self.names.note(entity, document)
        self.numbers.note(entity, document)
        self._note_id(entity, row.id)

    def _forget_words(self, entity: str, document_id: str) -> None:
        old = self.shelf(entity).rows.get(document_id)
        if old and (self.names.keeps(entity) or self.numbers.keeps(entity)):
            document = loads(old.text)
            self.names.forget(entity, document)
            self.numbers.forget(entity, document)

    def _note_id(self, entity: str, document_id: str) -> None:
        if not re.fullmatch(r"[0-9]{1,19}", document_id):
            return
        value = int(document_id)
        if entity == "Attachable" or value < LARGEST_SEQUENCE_ID:
            group = ID_GROUPS.get(entity, entity)
            self._last_ids[group] = max(self._last_ids.get(group, 0), value)


def row_of(document: Document) -> Row:
    times = document["MetaData"]
    return Row(
        id=document["Id"],
        created=parse_time(times["CreateTime"]),
        updated=parse_time(times["LastUpdatedTime"]),
        active=document.get("Active", True) is not False,
        text=dumps(document),
        key=id_key(document["Id"]),
    )
