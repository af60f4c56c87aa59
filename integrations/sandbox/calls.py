"""Which operation of the API a request is: read from method, path and query, before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.fields import BY_SEGMENT
from integrations.sandbox.http import Request

PREFIX = "/v3/company/"
# Path segments that are not entities.
SERVICES = ("query", "cdc", "batch", "upload", "download", "taxservice")
WRITES = ("create", "update", "delete", "void", "send")


@dataclass(frozen=True)
class Call:
    """``entity`` is empty for services and for paths that name none; ``operation`` is empty when unknown."""

    realm: str
    operation: str
    entity: str = ""
    document_id: str = ""
    include: frozenset[str] = frozenset()


def classify(request: Request) -> Call:
    realm, _, rest = request.path.removeprefix(PREFIX).partition("/")
    segment, _, tail = rest.strip("/").partition("/")
    segment = segment.casefold()
    if segment in SERVICES:
        return Call(realm, segment, _entity_of_service(request, segment), tail)
    entity = BY_SEGMENT.get(segment, "")
    if not entity:
        return Call(realm, "")
    include = frozenset(word.strip() for word in request.parameter("include").split(",") if word.strip())
    if request.method == "GET":
        return Call(realm, "read", entity, tail, include)
    return _write(request, realm, entity, tail, include)


def _entity_of_service(request: Request, segment: str) -> str:
    """The entity a query is about, so that fault rules and counts can name it."""
    if segment != "query":
        return ""
    words = statement_of(request).split()
    lowered = [word.casefold() for word in words]
    name = words[lowered.index("from") + 1] if "from" in lowered[:-1] else ""
    return BY_SEGMENT.get(name.casefold(), name)


def statement_of(request: Request) -> str:
    if request.method == "POST" and request.body:
        text = request.body.decode("utf-8", "replace").strip()
        return request.form["query"][-1] if text.startswith("query=") else text
    return request.parameter("query")


def _write(request: Request, realm: str, entity: str, tail: str, include: frozenset[str]) -> Call:
    operation = request.parameter("operation")
    if request.method != "POST":
        return Call(realm, "", entity)
    if tail.endswith("/send"):
        return Call(realm, "send", entity, tail.removesuffix("/send"), include)
    if operation not in ("", "create", "update", "delete", "void"):
        return Call(realm, operation, entity, tail, include)
    if operation in ("delete", "void"):
        return Call(realm, operation, entity, tail, include)
    if "void" in include:
        return Call(realm, "void", entity, tail, include)
    return Call(realm, "update" if _names_id(request) else "create", entity, tail, include)


def _names_id(request: Request) -> bool:
    """An update is a write with an Id; a fresh look at the body, errors are reported later."""
    try:
        payload = request.json()
    except ValueError:
        return False
    return isinstance(payload, dict) and bool(payload.get("Id"))
