"""What the server hands to the web pages of the books, and what it wants back.

The server calls ``integrations.sandbox.pages.handle(request, books)`` for every URL under ``/books``.
``books`` is the company named by ``?realm=`` (then remembered in a cookie), or the first company.
A rule that refuses a write raises ``integrations.sandbox.errors.ApiFault`` (code, message, detail).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PageRequest:
    """One request of a browser. ``query`` and ``form`` map a name to all of its values, in order."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    form: dict[str, list[str]] = field(default_factory=dict)
    realm: str = ""
    # Of a form with files; its other fields are not in ``form``.
    content_type: str = ""
    body: bytes = b""
    # (realm id, company name) of every company this server holds, for a drop-down.
    companies: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The last value of a form field, else of a query parameter, else the default."""
        for source in (self.form, self.query):
            if source.get(name):
                return source[name][-1]
        return default


@dataclass(frozen=True)
class PageResponse:
    """An HTML page, or a redirect when ``location`` is set (status 303 then)."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    location: str = ""
