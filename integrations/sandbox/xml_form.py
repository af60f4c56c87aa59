"""The same answers in XML, which is what a client gets that does not ask for JSON."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from integrations.sandbox.http import Response
from integrations.sandbox.wire import dumps, loads

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
NAMESPACE = 'xmlns="http://schema.intuit.com/finance/v3"'
# Properties that are attributes of their element in XML.
ATTRIBUTES = ("domain", "sparse", "status", "time", "type", "code", "element", "startPosition", "maxResults")
ATTRIBUTES_OF_REFERENCES = ("name", "type")
CONTENT_TYPE = "application/xml"


def wants_json(accept: str) -> bool:
    return "json" in accept.casefold()


def as_xml(response: Response) -> Response:
    """The response with its JSON body turned into ``<IntuitResponse>``; others stay as they are."""
    if not response.content_type.startswith("application/json"):
        return response
    body = loads(response.content)
    response.body = HEAD + _element("IntuitResponse", body, NAMESPACE)
    response.content_type = CONTENT_TYPE
    return response


def _element(name: str, value: Any, extra: str = "") -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if value is None:
        return ""
    opening = f"{name} {extra}".strip()
    if not isinstance(value, dict):
        return f"<{opening}>{escape(_text(value))}</{name}>"
    if "value" in value and not isinstance(value["value"], dict):
        attributes = _attributes(value, ATTRIBUTES_OF_REFERENCES)
        return f"<{opening}{attributes}>{escape(_text(value['value']))}</{name}>"
    inner = "".join(_element(key, part) for key, part in value.items() if key not in ATTRIBUTES)
    return f"<{opening}{_attributes(value, ATTRIBUTES)}>{inner}</{name}>"


def _attributes(value: dict[str, Any], names: tuple[str, ...]) -> str:
    given = [name for name in names if isinstance(value.get(name), str | bool | int)]
    return "".join(f" {name}={quoteattr(_text(value[name]))}" for name in given)


def _text(value: object) -> str:
    return value if isinstance(value, str) else dumps(value)
