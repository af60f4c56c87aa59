"""The control API under ``/_sandbox``: JSON in, JSON out, for tests, demos and benchmarks. See docs of each handler.

``?realm=`` chooses the company, the first one is the default. Problems are answered with 400 and ``{"error": …}``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from integrations.sandbox import hands
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.http import Request, Response, json_response
from integrations.sandbox.oauth import SCOPES
from integrations.sandbox.totals import totals

if TYPE_CHECKING:
    from integrations.sandbox.app import Sandbox
    from integrations.sandbox.books import Books
    from integrations.sandbox.clock import Clock
    from integrations.sandbox.switches import Switches

Handler = Callable[["Sandbox", Request, list[str]], Any]
UNITS = {"advance": 1, "advance_seconds": 1, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def handle(sandbox: Sandbox, request: Request) -> Response:
    resource, *rest = request.path.removeprefix("/_sandbox").strip("/").split("/")
    handler = HANDLERS.get((request.method, resource))
    if handler is None:
        return json_response({"error": f"There is no {request.method} {request.path}"}, 404)
    try:
        return json_response(handler(sandbox, request, rest))
    except ApiFault as fault:
        return json_response({"error": str(fault), "code": fault.code, "detail": fault.detail}, 400)
    except (ValueError, KeyError, TypeError) as problem:
        return json_response({"error": f"{type(problem).__name__}: {problem}"}, 400)


def _books(sandbox: Sandbox, request: Request) -> Books:
    realm = request.parameter("realm") or sandbox.default_realm
    if realm not in sandbox.companies:
        raise ValueError(f"There is no company with realm {realm}")
    return sandbox.companies[realm]


def _sent(request: Request) -> dict[str, Any]:
    sent = request.json() or {}
    if not isinstance(sent, dict):
        raise ValueError("A JSON object is required")
    return sent


def _health(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return {"ready": True, "default_realm": sandbox.default_realm, "base_url": sandbox.base_url}


# Counts of requests


def _show_requests(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """Counts by operation and entity, metered reads, highest number in flight, refusals, the latest requests."""
    return sandbox.journal.as_dict(_books(sandbox, request).realm)


def _clear_requests(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    sandbox.journal.clear(_books(sandbox, request).realm)
    return {}


def _forget_replays(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """As if every request id had been used too long ago: a repeat is carried out again."""
    sandbox.replays.forget_realm(_books(sandbox, request).realm)
    return {}


# Fault rules


def _show_faults(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return {"faults": sandbox.faults.all()}


def _add_faults(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """One rule or a list of rules. Without a realm a rule is for all companies."""
    sent = request.json()
    rules = sent if isinstance(sent, list) else [_sent(request)]
    realm = request.parameter("realm")
    added = [sandbox.faults.add({"realm": realm, **rule}) for rule in rules]
    return {"faults": [rule.as_dict() for rule in added]}


def _clear_faults(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    sandbox.faults.clear(request.parameter("realm"))
    return {}


# Documents


def _show_documents(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    books = _books(sandbox, request)
    if len(rest) == 2:
        return books.get(rest[0], rest[1])
    return books.all(rest[0])


def _show_deleted(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """Ids of the deleted documents of an entity, in order of deletion."""
    return list(_books(sandbox, request).shelf(rest[0]).tombstones)


def _add_documents(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """As they are, ids kept; with ``?rules=1`` as somebody enters them."""
    sent = request.json()
    added = hands.add_documents(_books(sandbox, request), sent, with_rules=request.parameter("rules") == "1")
    return {"documents": added}


def _edit_document(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    entity, document_id = rest
    raw = request.parameter("raw") == "1"
    return hands.edit_document(_books(sandbox, request), entity, document_id, _sent(request), raw=raw)


def _delete_document(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    hands.delete_document(_books(sandbox, request), *rest)
    return {}


def _void_document(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """POST documents/{Entity}/{Id}/void; any other POST adds documents."""
    if not rest:
        return _add_documents(sandbox, request, rest)
    entity, document_id, verb = rest
    if verb != "void":
        raise ValueError(f"There is no {verb} of a document")
    return _books(sandbox, request).void(entity, document_id)


def _totals(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return totals(_books(sandbox, request))


# Clock, tokens, switches, companies


def _clock(sandbox: Sandbox, request: Request) -> Clock:
    """The clock of the company that ``?realm=`` names, else that of the whole server."""
    return _books(sandbox, request).clock if request.parameter("realm") else sandbox.clock


def _show_clock(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    clock = _clock(sandbox, request)
    return {"now": clock.now().isoformat(), "offset_seconds": clock.offset_seconds}


def _advance_clock(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """``{"advance_seconds": 90}``, ``{"days": 31}``, ``{"hours": 1, "minutes": 5}``; never backwards."""
    sent = _sent(request)
    if not sent or set(sent) - set(UNITS):
        raise ValueError(f"The clock takes {', '.join(UNITS)}")
    seconds = sum(float(value) * UNITS[unit] for unit, value in sent.items())
    if seconds < 0:
        raise ValueError("The clock only goes forward")
    _clock(sandbox, request).advance(seconds)
    sandbox.state.keep_settings()
    return _show_clock(sandbox, request, rest)


def _tokens(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """A token pair for a client id; or expire_access, expire_refresh, revoke for all tokens of the realm."""
    sent = _sent(request)
    realm = str(sent.get("realm") or _books(sandbox, request).realm)
    if realm not in sandbox.companies:
        raise ValueError(f"There is no company with realm {realm}")
    actions = {
        "expire": sandbox.grants.expire_access,
        "expire_access": sandbox.grants.expire_access,
        "expire_refresh": sandbox.grants.expire_refresh,
        "revoke": sandbox.grants.revoke_realm,
    }
    if sent.get("action", "issue") != "issue":
        actions[str(sent["action"])](realm)
        return {}
    scope = str(sent.get("scope", SCOPES[0]))
    return {**sandbox.grants.issue_tokens(str(sent["client_id"]), realm, scope), "realmId": realm}


def _switches(sandbox: Sandbox, request: Request) -> Switches:
    return _books(sandbox, request).switches if request.parameter("realm") else sandbox.switches


def _show_switches(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return _switches(sandbox, request).as_dict()


def _set_switches(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """Of the company that ``?realm=`` names, else of all companies that have not set their own."""
    for name, value in _sent(request).items():
        _switches(sandbox, request).set(name, value)
    return _show_switches(sandbox, request, rest)


def _reset_switches(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    _switches(sandbox, request).reset()
    if not request.parameter("realm"):
        sandbox.apply_options()
    return _show_switches(sandbox, request, rest)


def _show_companies(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return {"companies": [{"realm": realm, "name": name} for realm, name in sandbox.company_names()]}


def _add_company(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """``{"realm": "…", "company": "empty"}``; without a realm one is made up."""
    sent = _sent(request)
    realm = str(sent.get("realm") or time.time_ns())
    if not realm.isdecimal():
        raise ValueError("A realm id consists of digits")
    books = sandbox.add_company(realm, str(sent.get("company", "empty")))
    return {"realm": realm, "name": books.company_name}


def _drop_company(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    if rest[0] not in sandbox.companies:
        raise ValueError(f"There is no company with realm {rest[0]}")
    sandbox.drop_company(rest[0])
    sandbox.journal.clear(rest[0])
    return {}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", ""): _health,
    ("GET", "health"): _health,
    ("GET", "requests"): _show_requests,
    ("DELETE", "requests"): _clear_requests,
    ("DELETE", "replays"): _forget_replays,
    ("GET", "faults"): _show_faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "documents"): _show_documents,
    ("GET", "deleted"): _show_deleted,
    ("POST", "documents"): _void_document,
    ("PATCH", "documents"): _edit_document,
    ("DELETE", "documents"): _delete_document,
    ("GET", "totals"): _totals,
    ("GET", "clock"): _show_clock,
    ("POST", "clock"): _advance_clock,
    ("POST", "tokens"): _tokens,
    ("GET", "switches"): _show_switches,
    ("POST", "switches"): _set_switches,
    ("DELETE", "switches"): _reset_switches,
    ("GET", "companies"): _show_companies,
    ("POST", "companies"): _add_company,
    ("DELETE", "companies"): _drop_company,
}
