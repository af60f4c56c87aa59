"""``--state PATH``: everything in one SQLite file, written through with each change, read back at the start.

Nothing is synced to disk at once (a lost power supply may lose the last seconds); a killed process loses nothing.
"""

from __future__ import annotations

import json
import sqlite3
from threading import Lock
from typing import TYPE_CHECKING, Any

from integrations.sandbox.books import Books, Saved, row_of
from integrations.sandbox.change import Key
from integrations.sandbox.wire import loads

if TYPE_CHECKING:
    from integrations.sandbox.app import Sandbox

SCHEMA = """
CREATE TABLE IF NOT EXISTS company (realm TEXT PRIMARY KEY, name TEXT, position INTEGER);
CREATE TABLE IF NOT EXISTS document (realm TEXT, entity TEXT, id TEXT, text TEXT, deleted INTEGER,
  PRIMARY KEY (realm, entity, id));
CREATE TABLE IF NOT EXISTS file (realm TEXT, id TEXT, content BLOB, PRIMARY KEY (realm, id));
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS replay (realm TEXT, requestid TEXT, at INTEGER, body TEXT,
  PRIMARY KEY (realm, requestid));
"""
PUT = "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?)"


class State:
    """Does nothing at all for ``:memory:``."""

    def __init__(self, path: str, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = Lock()
        self._database: sqlite3.Connection | None = None
        if path == ":memory:":
            return
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.executescript(SCHEMA)
        sandbox.grants.changed = self.keep_tokens

    # Writing

    def keep_company(self, books: Books, name: str) -> None:
        """Store fresh books whole, and hang in for every later change."""
        if self._database is None:
            return
        position = len(self._sandbox.companies)
        self.forget_company(books.realm)
        self._run("INSERT INTO company VALUES (?, ?, ?)", [(books.realm, name, position)])
        for entity in books.entities():
            shelf = books.shelf(entity)
            self._write(books.realm, [(entity, row) for row in shelf.rows.values()], [], 0)
            for document_id, at in shelf.tombstones.items():
                self._write(books.realm, [], [(entity, document_id)], at)
        self._run("INSERT INTO file VALUES (?, ?, ?)", [(books.realm, *item) for item in books.files.items()])
        self._hang_in(books)

    def forget_company(self, realm: str) -> None:
        for table in ("company", "document", "file", "replay"):
            self._run(f"DELETE FROM {table} WHERE realm = ?", [(realm,)])  # noqa: S608  fixed names

    def keep_settings(self) -> None:
        offsets = {realm: books.clock.offset_seconds for realm, books in self._sandbox.companies.items()}
        self._keep("clock", {"": self._sandbox.clock.offset_seconds, **offsets})

    def keep_tokens(self) -> None:
        self._keep("tokens", self._sandbox.grants.as_dict())

    def _hang_in(self, books: Books) -> None:
        books.writer = self._write
        books.file_writer = self._write_file

    def _write(self, realm: str, saved: Saved, removed: list[Key], at: int) -> None:
        rows: list[tuple[Any, ...]] = [(realm, entity, row.id, row.text, None) for entity, row in saved]
        rows += [(realm, entity, document_id, None, at) for entity, document_id in removed]
        self._run(PUT, rows)

    def _write_file(self, realm: str, attachable_id: str, content: bytes) -> None:
        self._run("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", [(realm, attachable_id, content)])

    def _keep(self, name: str, value: object) -> None:
        self._run("INSERT OR REPLACE INTO setting VALUES (?, ?)", [(name, json.dumps(value))])

    def _run(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if self._database is None or not rows:
            return
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")

    # Reading

    def restore(self) -> bool:
        """Bring back what the file holds; False when it holds no company."""
        if self._database is None:
            return False
        realms = self._database.execute("SELECT realm FROM company ORDER BY position").fetchall()
        for (realm,) in realms:
            self._sandbox.companies[realm] = self._restore_company(realm)
        self._restore_settings()
        for replay in self._database.execute("SELECT realm, requestid, at, body FROM replay ORDER BY at"):
            self._sandbox.replays.restore(*replay)
        return bool(realms)

    def _restore_company(self, realm: str) -> Books:
        assert self._database is not None
        books = self._sandbox.new_books(realm)
        # In the order of writing, so that documents keep their order of creation.
        found = "SELECT entity, id, text, deleted FROM document WHERE realm = ? ORDER BY rowid"
        for entity, document_id, text, deleted in self._database.execute(found, (realm,)):
            if text is None:
                books.bury(entity, document_id, deleted)
            else:
                document = loads(text)
                books.place(entity, row_of(document), document, bulk=True)
        files = self._database.execute("SELECT id, content FROM file WHERE realm = ?", (realm,))
        attachables = books.shelf("Attachable").rows
        books.files = {file_id: content for file_id, content in files if file_id in attachables}
        self._hang_in(books)
        return books

    def _restore_settings(self) -> None:
        assert self._database is not None
        settings = {
            name: json.loads(value) for name, value in self._database.execute("SELECT * FROM setting")
        }
        for realm, offset in settings.get("clock", {}).items():
            self._sandbox.clock_of(realm).offset_seconds = offset
        if "tokens" in settings:
            self._sandbox.grants.restore(settings["tokens"])

    def close(self) -> None:
        """Keep the answers that retries may still ask for, and close the file."""
        if self._database is None:
            return
        self._run("INSERT OR REPLACE INTO replay VALUES (?, ?, ?, ?)", list(self._sandbox.replays.finished()))
        with self._lock:
            self._database.close()
            self._database = None
