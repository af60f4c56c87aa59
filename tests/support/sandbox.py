"""The tests' hands on the stand-in QuickBooks: start it, and act in it as Intuit or as a bookkeeper would.

Speaks the control API under `/_sandbox/` only. What the product itself asks goes through its own gateway.
"""

import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any, cast

import requests

START_SECONDS = 20
STOP_SECONDS = 5
ADDRESS = re.compile(r"http://[\w.\[\]:-]+:\d+")

Document = dict[str, Any]


class SandboxError(AssertionError):
    """The stand-in refused a control request or did not start; the test itself is at fault."""


class Sandbox:
    """One server process with any number of companies in it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = requests.Session()

    def open_company(self, company: str = "empty", realm_id: str = "") -> "Realm":
        realm_id = realm_id or str(uuid.uuid4().int)[:16]
        self.send("POST", "companies", {"realm": realm_id, "company": company})
        return Realm(self, realm_id)

    def set_switches(self, **switches: Any) -> None:
        """Open points of the API, for the whole server: put them back with `reset_switches`."""
        self.send("POST", "switches", switches)

    def reset_switches(self) -> None:
        self.send("DELETE", "switches")

    def advance_clock(self, *, seconds: int) -> None:
        """The server's own clock, forward only and for all its companies: tokens expire, change windows
        end.
        """
        self.send("POST", "clock", {"advance_seconds": seconds})

    def send(self, method: str, path: str, payload: Any = None, **query: Any) -> Any:
        """The decoded answer, amounts as Decimal. Raises SandboxError on any refusal."""
        response = self.http.request(
            method,
            f"{self.base_url}/_sandbox/{path}",
            data=None if payload is None else json.dumps(payload, default=str),
            headers={"Content-Type": "application/json"},
            params={name: value for name, value in query.items() if value is not None},
            timeout=30,
        )
        if not response.ok:
            raise SandboxError(f"{method} /_sandbox/{path}: {response.status_code} {response.text[:500]}")
        return json.loads(response.text, parse_float=Decimal) if response.text else None


class Realm:
    """One company's books. Everything done here is done to this company only."""

    def __init__(self, sandbox: Sandbox, realm_id: str) -> None:
        self.sandbox = sandbox
        self.id = realm_id

    def send(self, method: str, path: str, payload: Any = None, **query: Any) -> Any:
        return self.sandbox.send(method, path, payload, realm=self.id, **query)

    def close(self) -> None:
        self.sandbox.send("DELETE", f"companies/{self.id}")

    # A person working in QuickBooks -----------------------------------------------------------------------

    def load_documents(self, *documents: Document) -> list[Document]:
        """As they are, ids kept. Each is `{"Bill": {…}}`: the entity's name around the document."""
        return cast(list[Document], self.send("POST", "documents", list(documents))["documents"])

    def enter_document(self, entity: str, document: Document) -> Document:
        """As somebody types it in: checked, with the fields that QuickBooks computes and its side effects."""
        added = self.send("POST", "documents", [{entity: document}], rules=1)
        return cast(Document, added["documents"][0])

    def list_documents(self, entity: str) -> list[Document]:
        return cast(list[Document], self.send("GET", f"documents/{entity}"))

    def edit_document(self, entity: str, document_id: str, changes: Document) -> Document:
        return cast(Document, self.send("PATCH", f"documents/{entity}/{document_id}", changes))

    def delete_document(self, entity: str, document_id: str) -> None:
        """Names (customers, items, vendors …) become inactive instead, as they do there."""
        self.send("DELETE", f"documents/{entity}/{document_id}")

    def void_document(self, entity: str, document_id: str) -> Document:
        return cast(Document, self.send("POST", f"documents/{entity}/{document_id}/void"))

    def fetch_totals(self) -> Document:
        """What the books themselves hold for each customer: the other side of every tie-out."""
        return cast(Document, self.send("GET", "totals"))

    # Intuit's side ----------------------------------------------------------------------------------------

    def fail_next(self, action: str, **rule: Any) -> Any:
        """`action` as in the control API ("429", "drop_after", "slow:2", "fault:6190" …); once unless told."""
        return self.send("POST", "faults", {"action": action, "times": 1, **rule})

    def clear_faults(self) -> None:
        self.send("DELETE", "faults")

    def count_requests(self) -> Document:
        """By operation and entity, metered reads, the highest number in flight, refusals."""
        return cast(Document, self.send("GET", "requests"))

    def forget_requests(self) -> None:
        self.send("DELETE", "requests")

    def forget_replays(self) -> None:
        """Request ids are known no longer: a repeat would be carried out again."""
        self.send("DELETE", "replays")

    def issue_tokens(self, client_id: str) -> Document:
        return cast(Document, self.send("POST", "tokens", {"action": "issue", "client_id": client_id}))

    def expire_tokens(self) -> None:
        self.send("POST", "tokens", {"action": "expire"})

    def revoke_tokens(self) -> None:
        self.send("POST", "tokens", {"action": "revoke"})


@contextmanager
def run_sandbox(*options: str) -> Iterator[Sandbox]:
    """Starts a server of its own on a free port, empty, in memory and without Intuit's limits unless told."""
    chosen = options or ("--company", "empty", "--no-limits")
    command = [sys.executable, "-m", "integrations.sandbox", "--port", "0", "--state", ":memory:", *chosen]
    with run_command(command) as sandbox:
        yield sandbox


@contextmanager
def run_command(command: Sequence[str]) -> Iterator[Sandbox]:
    """The server that this command starts, for the length of the block."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield Sandbox(wait_until_ready(process))
    finally:
        stop(process)


def wait_until_ready(process: "subprocess.Popen[str]", seconds: float = START_SECONDS) -> str:
    """The address in the first line that names one; the rest of the output is read and dropped."""
    lines: deque[str] = deque(maxlen=50)
    found: deque[str] = deque(maxlen=1)
    ready = threading.Event()

    def read() -> None:
        assert process.stdout
        with process.stdout as output:
            for line in output:
                lines.append(line)
                if not found and (match := ADDRESS.search(line)):
                    found.append(match.group())
                    ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    ready.wait(seconds)
    if not found:
        stop(process)
        raise SandboxError("The stand-in QuickBooks did not start:\n" + "".join(lines))
    return found[0]


def stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
        return
    process.kill()
    process.wait()
