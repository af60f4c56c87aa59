"""What measurements stand on: the stand-in QuickBooks, fresh databases, and processes that are timed whole."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from config.devtools.servers import run_postgres
from tests.support.sandbox import Realm, Sandbox, stop, wait_until_ready

ROOT = Path(__file__).resolve().parents[2]
SANDBOX_OPTIONS = ("--company", "large", "--latency-ms", "50", "--no-limits")
CLIENT_ID = "test-client"
TICKS = os.sysconf("SC_CLK_TCK")
# Fifty thousand documents are made first.
START_SECONDS = 90


class ChildFailed(Exception):
    """A measured process ended badly; the message holds what it said."""


# Databases ----------------------------------------------------------------------------------------------


class Databases(Protocol):
    """Fresh databases of one kind. `make` gives the URL of an empty one, or of a copy of another."""

    title: str
    key: str

    def make(self, name: str, *, like: str = "") -> str: ...


class SqliteFiles:
    key = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.title = f"SQLite {sqlite3.sqlite_version}"

    def make(self, name: str, *, like: str = "") -> str:
        path = self.folder / f"{name}.sqlite3"
        if like:
            self._copy(self.folder / f"{like}.sqlite3", path)
        return f"sqlite:///{path}"

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        """Through SQLite, because a part of it may still stand in the write-ahead log."""
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)


class PostgresDatabases:
    """On the server that a URL names. Every database made here is dropped in the end."""

    key = "postgresql"

    def __init__(self, server_url: str, *, note: str) -> None:
        self.server_url = server_url
        self.made: list[str] = []
        self.title = f"PostgreSQL {self._ask('SHOW server_version')}{note}"

    def make(self, name: str, *, like: str = "") -> str:
        database = self._name(name)
        template = f' TEMPLATE "{self._name(like)}"' if like else ""
        self._ask(f'CREATE DATABASE "{database}"{template}')
        self.made.append(database)
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{database}"))

    def drop_all(self) -> None:
        for database in self.made:
            self._ask(f'DROP DATABASE IF EXISTS "{database}"')

    @staticmethod
    def _name(name: str) -> str:
        return f"ressio_bench_{os.getpid()}_{name}"

    def _ask(self, statement: str) -> str:
        import psycopg  # an optional extra

        url = self.server_url.replace("postgres://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
        return str(row[0]) if row else ""


@contextmanager
def open_databases(kind: str, folder: Path) -> Iterator[Databases]:
    if kind == "sqlite":
        yield SqliteFiles(folder)
        return
    with ExitStack() as stack:
        url = name_postgres()
        note = "" if url else " (embedded, without fsync)"
        databases = PostgresDatabases(url or stack.enter_context(run_postgres(folder / "pg")), note=note)
        stack.callback(databases.drop_all)
        yield databases


def choose_kinds() -> list[str]:
    """SQLite always; PostgreSQL when asked for, or when the environment names one."""
    with_postgres = name_postgres() or os.environ.get("BENCH_POSTGRES")
    return ["sqlite", "postgresql"] if with_postgres else ["sqlite"]


def name_postgres() -> str:
    """The server that the environment names, or ''."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith(("postgres://", "postgresql://")) else ""


# The stand-in QuickBooks ----------------------------------------------------------------------------------


@dataclass
class Books:
    """The large company in a server process of its own."""

    process: "subprocess.Popen[str]"
    realm: Realm

    @property
    def url(self) -> str:
        return self.realm.sandbox.base_url

    @property
    def query_url(self) -> str:
        return f"{self.url}/v3/company/{self.realm.id}/query"

    def issue_token(self) -> str:
        return str(self.realm.issue_tokens(CLIENT_ID)["access_token"])

    def query(self, statement: str) -> dict[str, Any]:
        """As any client asks; not counted once the next process has begun."""
        answer = self.realm.sandbox.http.get(
            self.query_url,
            params={"query": statement},
            headers={"Authorization": f"Bearer {self.issue_token()}", "Accept": "application/json"},
            timeout=30,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()["QueryResponse"]
        return found

    def count_requests(self) -> int:
        return int(self.realm.count_requests()["total"])

    def read_cpu_seconds(self) -> float | None:
        """What the server itself has used so far; only Linux tells."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return None
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def open_books(options: Sequence[str] = SANDBOX_OPTIONS) -> Iterator[Books]:
    command = [sys.executable, "-m", "integrations.sandbox", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    try:
        sandbox = Sandbox(wait_until_ready(process, START_SECONDS))
        yield Books(process, Realm(sandbox, sandbox.send("GET", "health")["default_realm"]))
    finally:
        stop(process)


# Measured processes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """One whole process, from its start to its end, and what it handed back."""

    wall: float
    peak_mb: float
    cpu: float
    results: dict[str, Any]
    requests: int = 0
    sandbox_cpu: float | None = None


@dataclass
class Stage:
    folder: Path
    books: Books

    def run(self, module: str, *arguments: str, database: str = "", orders: Any = None) -> Measured:
        """Raises ChildFailed. Requests and the sandbox's own processor time are counted over its life."""
        self.books.realm.forget_requests()
        before = self.books.read_cpu_seconds()
        command = [sys.executable, "-m", f"tests.bench.children.{module}", *arguments]
        started = time.perf_counter()
        process = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(database),
            input=json.dumps(orders) if orders else "",
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.perf_counter() - started
        if process.returncode:
            raise ChildFailed(f"{module} failed:\n{process.stderr[-3000:]}")
        results = json.loads(process.stdout.splitlines()[-1])
        after = self.books.read_cpu_seconds()
        return Measured(
            wall=wall,
            peak_mb=results.pop("peak_mb"),
            cpu=results.pop("cpu_seconds"),
            results=results,
            requests=self.books.count_requests(),
            sandbox_cpu=None if before is None or after is None else after - before,
        )

    def _environment(self, database: str) -> dict[str, str]:
        """As on a machine of its own: nothing of the developer's settings, nothing in the project's folder."""
        ours = (
            "QBO_",
            "RESSIO_",
            "REDIS_URL",
            "DATABASE_URL",
            "DJANGO_",
            "LOG_",
            "SECRET",
            "TOKEN_",
            "PYTHON",
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            # Compiled once, by the first process, as an installation is.
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "RESSIO_ENV_FILE": os.devnull,
            "RESSIO_VAR_DIR": str(self.folder / "var"),
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_FORMAT": "json",
            "QBO_ENVIRONMENT": "stand-in",
            "QBO_STAND_IN_URL": self.books.url,
            "QBO_CLIENT_ID": CLIENT_ID,
        }


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    (folder / "var").mkdir(parents=True)
    try:
        with open_books() as books:
            yield Stage(folder, books)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
