"""One HTTP request and its answer, apart from the socket; and the bodies that every kind of answer shares."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from integrations.sandbox.wire import dumps, loads

JSON = "application/json;charset=UTF-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """``headers`` has lower-case names."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def parameter(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def is_from_another_site(self) -> bool:
        """A page elsewhere sent the browser here with a form; programs send no Origin."""
        origin = self.header("origin")
        return bool(origin) and self.method != "GET" and urlsplit(origin).netloc != self.header("host")

    def json(self) -> object:
        """The body as JSON; None when empty. Raises ValueError when it is not JSON."""
        return loads(self.body) if self.body.strip() else None


@dataclass
class Response:
    """``dropped``: close the connection without sending anything. ``rows`` count toward --per-row-ms."""

    status: int = 200
    body: str | bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    dropped: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.encode("utf-8", "surrogatepass")


def json_response(value: object, status: int = 200) -> Response:
    return Response(status, dumps(value))


def redirect(location: str, status: int = 302) -> Response:
    return Response(status, b"", HTML, {"Location": location})


def new_trace_id(now: datetime) -> str:
    """The form of ``intuit_tid``: version, time, random part."""
    return f"1-{int(now.timestamp()):08x}-{secrets.token_hex(12)}"
