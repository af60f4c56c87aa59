"""A test client that reads every HTML page it is given and fails on what our pages must never contain."""

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

LABELLED_INPUTS = {"input", "select", "textarea"}
NEED_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}
TEMPLATE_LEFTOVER = re.compile(r"\{\{|\{%|\{#")


class CheckingClient(Client):
    """Fails on inline handlers, scripts and styles, on leftovers of templates, and on controls without a
    label.
    """

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if is_html(response):
            problems = find_problems(response.content.decode())
            assert not problems, f"{request.get('PATH_INFO')}: " + "; ".join(problems)
        return response


def is_html(response: HttpResponseBase) -> bool:
    return not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")


def find_problems(html: str) -> list[str]:
    reader = PageReader()
    reader.feed(html)
    reader.close()
    problems = reader.problems + reader.list_unlabelled() + reader.list_doubled_ids()
    if found := TEMPLATE_LEFTOVER.search(html):
        problems.append(f"template text left over: {html[found.start() : found.start() + 40]!r}")
    return problems


class PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.label_targets: set[str] = set()
        self.ids: list[str] = []
        self.controls: list[tuple[str, dict[str, str | None], bool]] = []
        self.open_labels = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.check_attributes(tag, attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"] or "")
        if tag == "label":
            self.open_labels += 1
            self.label_targets.add(attributes.get("for") or "")
        if tag in LABELLED_INPUTS and attributes.get("type") not in NEED_NO_LABEL:
            self.controls.append((tag, attributes, self.open_labels > 0))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.open_labels -= 1

    def check_attributes(self, tag: str, attributes: dict[str, str | None]) -> None:
        for name, value in attributes.items():
            if name.startswith(("on", "hx-on")):
                self.problems.append(f"inline handler {name} on <{tag}>")
            if name == "style":
                self.problems.append(f"style attribute on <{tag}>")
            if (value or "").strip().lower().startswith("javascript:"):
                self.problems.append(f"javascript: address on <{tag}>")
        if tag == "style":
            self.problems.append("<style> element")
        if tag == "script" and not attributes.get("src"):
            self.problems.append("<script> without src")
        if tag == "form" and (attributes.get("method") or "get").lower() not in {"get", "post", "dialog"}:
            self.problems.append("form with a strange method")

    def list_unlabelled(self) -> list[str]:
        return [
            f"<{tag} name={attributes.get('name')!r}> has no label"
            for tag, attributes, is_wrapped in self.controls
            if not (is_wrapped or attributes.get("aria-label") or attributes.get("aria-labelledby"))
            and (attributes.get("id") or "-") not in self.label_targets
        ]

    def list_doubled_ids(self) -> list[str]:
        return [f"id {name!r} is used twice" for name in sorted(set(self.ids)) if self.ids.count(name) > 1]
