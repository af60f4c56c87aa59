"""A very small browser for the books pages: follows links, fills in the forms a page really has, and submits them.

Every page it sees is checked for what all pages promise: the notice, no script, labels on every control.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

UNLABELLED = ("hidden", "submit")
VOID = ("input", "meta", "link", "br", "img", "hr")


@dataclass
class Form:
    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    # name -> value of tick boxes that are not ticked, and all values a drop-down offers.
    boxes: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)

    def value_of(self, name: str, text: str) -> str:
        """The value of the option that reads ``text`` in a drop-down."""
        found = [value for value, label in self.options[name].items() if label.strip() == text]
        assert len(found) == 1, f"{text!r} is offered {len(found)} times in {name}"
        return found[0]


class Page(HTMLParser):
    """The parsed answer: its text, links and forms."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.path = urlsplit(response.url).path
        self.html = response.text
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._text: list[str] = []
        self._select = self._option = ""
        self._link = ""
        self._open: list[str] = []
        self.feed(response.text)
        assert self._open == [], f"left open: {self._open}"

    @property
    def text(self) -> str:
        return " ".join("".join(self._text).split())

    @property
    def alert(self) -> str:
        """What the page says is wrong; empty when nothing is."""
        _, found, rest = self.html.partition('role="alert">')
        return unescape(re.sub("<[^>]+>", "", rest.partition("</div>")[0])) if found else ""

    def form(self, action: str = "", having: str = "") -> Form:
        """The form with that action (and a field of that name); else the one that writes something."""
        for form in self.forms:
            fits = form.action == action if action else form.method == "post"
            if fits and (not having or having in form.fields):
                return form
        raise AssertionError(f"No form {action} among {[form.action for form in self.forms]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            self.forms.append(Form(given.get("action") or self.path, given.get("method") or "get"))
        elif tag == "a":
            self._link = given.get("href") or ""
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given["name"] or ""
            self.forms[-1].options[self._select] = {}
        elif tag == "option":
            self._start_option(given)

    def _input(self, given: dict[str, str | None]) -> None:
        name, value = given.get("name") or "", given.get("value") or ""
        if given["type"] == "checkbox" and "checked" not in given:
            self.forms[-1].boxes[name] = value
        else:
            self.forms[-1].fields[name] = value

    def _start_option(self, given: dict[str, str | None]) -> None:
        self._option = given.get("value") or ""
        self.forms[-1].options[self._select][self._option] = ""
        if "selected" in given or self._select not in self.forms[-1].fields:
            self.forms[-1].fields[self._select] = self._option

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if self._open[-1:] == ["option"]:
            self.forms[-1].options[self._select][self._option] += data
        elif self._open[-1:] == ["a"]:
            self.links[data.strip()] = self._link

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> in the wrong place"


class Browser:
    def __init__(self, url: str, realm: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.open(f"/books?realm={realm}")

    def open(self, path: str) -> Page:
        return self._page(self.http.get(urljoin(self.url, path), timeout=20))

    def submit(self, page: Page, changes: dict[str, Any], *, action: str = "", press: str = "save") -> Page:
        """Send a form of the page with some fields changed; None empties a field, or unticks a box."""
        form = page.form(action, next(iter(changes), "") if action else "")
        sent = {**form.fields, "do": press}
        for name, value in changes.items():
            assert name in form.fields or name in form.boxes, f"The form has no {name}"
            sent[name] = "" if value is None else value
        sent = {name: value for name, value in sent.items() if not (value == "" and name not in form.fields)}
        method = self.http.post if form.method == "post" else self.http.get
        target = urljoin(self.url, form.action)
        body = {"data": sent} if form.method == "post" else {"params": sent}
        return self._page(method(target, timeout=20, **body))  # type: ignore[arg-type]

    def untick(self, page: Page, name: str, changes: dict[str, Any] | None = None) -> Page:
        """Send the form without a box that was ticked."""
        page.form().fields.pop(name)
        return self.submit(page, changes or {})

    def _page(self, response: requests.Response) -> Page:
        page = Page(response)
        assert "This is not QuickBooks" in page.text
        check_promises(page)
        return page


def check_promises(page: Page) -> None:
    names = [tag for tag, _ in page.tags]
    assert not {"script", "style", "iframe"} & set(names)
    assert names.count("h1") == names.count("main") == 1
    ids = [given["id"] for _, given in page.tags if given.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {given.get("for") for tag, given in page.tags if tag == "label"}
    for tag, given in page.tags:
        assert not [name for name in given if name == "style" or name.startswith("on")]
        if tag in ("input", "select") and given.get("type") not in UNLABELLED:
            is_wrapped = given.get("type") == "checkbox"
            assert given.get("aria-label") or given.get("id") in labelled or is_wrapped, given
