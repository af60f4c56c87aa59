"""The whole stand-in: its companies, tokens, switches, faults and limits; answers one request at a time per thread."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from importlib import import_module
from threading import RLock

from integrations.sandbox import api, control, oauth
from integrations.sandbox.attachments import open_link
from integrations.sandbox.books import Books
from integrations.sandbox.clock import Clock
from integrations.sandbox.companies import load_company
from integrations.sandbox.faults import Faults
from integrations.sandbox.grants import Grants
from integrations.sandbox.http import HTML, TEXT, Request, Response, new_trace_id, redirect
from integrations.sandbox.idempotency import Replays
from integrations.sandbox.journal import Journal
from integrations.sandbox.pages.contract import PageRequest
from integrations.sandbox.persistence import State
from integrations.sandbox.switches import Switches
from integrations.sandbox.throttle import Throttle

logger = logging.getLogger("integrations.sandbox")

DEFAULT_REALM = "9341450000000001"
REALM_COOKIE = "books_realm"


@dataclass
class Options:
    """How the server was started. Latencies are milliseconds, slept outside of any lock."""

    company: str = "demo"
    state: str = ":memory:"
    latency_ms: float = 0
    per_row_ms: float = 0
    limits: bool = True


class Sandbox:
    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.clock = Clock()
        self.switches = Switches()
        self.faults = Faults()
        self.journal = Journal()
        self.throttle = Throttle()
        self.grants = Grants(self.clock_of, self.switches_of)
        self.replays = Replays(self.clock_of, self.switches_of)
        self.companies: dict[str, Books] = {}
        self.base_url = ""
        self._lock = RLock()
        self.apply_options()
        self.state = State(self.options.state, self)
        if not self.state.restore():
            self.add_company(DEFAULT_REALM, self.options.company)

    def apply_options(self) -> None:
        for name in ("limits", "latency_ms", "per_row_ms"):
            self.switches.set(name, getattr(self.options, name))

    # Companies

    def add_company(self, realm: str, company: str) -> Books:
        """Fresh books for a realm; what it had before is gone."""
        books = self.new_books(realm)
        load_company(company, books)
        with self._lock:
            self.companies[realm] = books
        self.state.keep_company(books, company)
        return books

    def new_books(self, realm: str) -> Books:
        books = Books(realm, Clock(self.clock), Switches(self.switches))
        books.base_url = self.base_url
        return books

    def drop_company(self, realm: str) -> None:
        """The first company starts over as it was started; any other one goes."""
        self.replays.forget_realm(realm)
        self.state.forget_company(realm)
        if realm == self.default_realm:
            self.add_company(realm, self.options.company)
            return
        with self._lock:
            self.companies.pop(realm, None)

    @property
    def default_realm(self) -> str:
        return next(iter(self.companies), DEFAULT_REALM)

    def company_names(self) -> list[tuple[str, str]]:
        with self._lock:
            companies = list(self.companies.items())
        return [(realm, books.company_name) for realm, books in companies]

    def clock_of(self, realm: str) -> Clock:
        return self.companies[realm].clock if realm in self.companies else self.clock

    def switches_of(self, realm: str) -> Switches:
        return self.companies[realm].switches if realm in self.companies else self.switches

    def set_base_url(self, base_url: str) -> None:
        self.base_url = base_url
        for books in self.companies.values():
            books.base_url = base_url

    # Requests

    def handle(self, request: Request) -> Response:
        """Never raises: what goes wrong here is answered as a system fault and logged."""
        try:
            response = self._route(request)
        except Exception:
            logger.exception("The sandbox failed on %s %s", request.method, request.path)
            response = api.system_fault(self)
        response.headers.setdefault("intuit_tid", new_trace_id(self.clock.now()))
        return response

    def _route(self, request: Request) -> Response:
        path = request.path
        if path.startswith("/v3/company/"):
            return api.handle(self, request)
        if request.is_from_another_site:
            return Response(403, "Sent by another site.", TEXT)
        if path.startswith("/_sandbox"):
            return control.handle(self, request)
        if oauth.handles(path):
            return api.with_faults(self, request, oauth.handle)
        if path.startswith("/files/"):
            return self._file(request)
        if path == "/":
            return redirect("/books")
        if path == "/books" or path.startswith("/books/"):
            return self._page(request)
        return Response(404, "<h1>404 Not Found</h1>", HTML)

    def _page(self, request: Request) -> Response:
        """A page of the books; imported late because it is a part of its own."""
        pages = import_module("integrations.sandbox.pages")
        has_files = request.header("content-type").startswith("multipart/")
        asked = PageRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            form={} if has_files or request.method != "POST" else request.form,
            realm=self._page_realm(request),
            content_type=request.header("content-type"),
            body=request.body if has_files else b"",
            companies=tuple(self.company_names()),
        )
        answer = pages.handle(asked, self.companies[asked.realm])
        headers = {}
        if request.parameter("realm"):  # a page that names none must not choose for those that come after it
            headers["Set-Cookie"] = f"{REALM_COOKIE}={asked.realm}; Path=/; HttpOnly; SameSite=Lax"
        if answer.location:
            return Response(303, b"", HTML, {**headers, "Location": answer.location})
        return Response(answer.status, answer.body, answer.content_type, headers)

    def _page_realm(self, request: Request) -> str:
        cookie = SimpleCookie(request.header("cookie")).get(REALM_COOKIE)
        for realm in (request.parameter("realm"), cookie.value if cookie else ""):
            if realm in self.companies:
                return realm
        return self.default_realm

    def _file(self, request: Request) -> Response:
        """A signed link, opened without a token."""
        _, _, realm, attachable_id, *_ = [*request.path.split("/"), "", "", ""]
        books = self.companies.get(realm)
        signature = request.parameter("X-Amz-Signature")
        content = open_link(books, attachable_id, request.parameter("expires"), signature) if books else None
        if books is None or content is None:
            return Response(403, "Request has expired", TEXT)
        kind = str(books.get("Attachable", attachable_id).get("ContentType") or "application/octet-stream")
        return Response(200, content, kind)

    def pause(self, realm: str, rows: int) -> None:
        switches = self.switches_of(realm)
        seconds = float(switches["latency_ms"] + rows * switches["per_row_ms"]) / 1000
        if seconds > 0:
            time.sleep(seconds)

    def close(self) -> None:
        self.state.close()
