"""HTML without a framework: text is escaped unless it already is ``Html``, and pages are small template files."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from string import Template


class Html(str):
    """Text that is markup already. Everything else is escaped on its way into a page."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Safe inside elements and inside quoted attributes."""
    return value if isinstance(value, Html) else Html(html.escape(str(value), quote=True))


def join(parts: Iterable[object]) -> Html:
    return Html("".join(escape(part) for part in parts))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """``tag("td", amount, class_="number")``. True stands for a bare attribute; None and False leave it out."""
    words = "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{name}{words}>{join(children)}</{name}>")


def void_tag(name: str, /, **attributes: object) -> Html:
    """An element without an end tag: input, meta, link."""
    return Html(f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>")


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


def fill(template: str, **values: object) -> Html:
    """A file of ``templates/`` with its ``$names`` filled in. A missing name is a mistake and raises KeyError."""
    return Html(_template(template).substitute({name: escape(value) for name, value in values.items()}))


@lru_cache
def _template(name: str) -> Template:
    return Template(read_file("templates", f"{name}.html"))


def read_file(*path: str) -> str:
    return resources.files(__package__).joinpath(*path).read_text(encoding="utf-8")
