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

Handler = Callable[["Sandbox", Request, list[str]], Any]
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


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
    deleted = books.shelf(rest[0]).tombstones
    return {"documents": books.all(rest[0]), "deleted": list(deleted)}


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


# Clock, tokens, switches, limits, companies


def _show_clock(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return {"now": sandbox.clock.now().isoformat(), "offset_seconds": sandbox.clock.offset_seconds}


def _advance_clock(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """``{"days": 31}``, ``{"hours": 1, "minutes": 5}``; ``advance`` is seconds."""
    sent = _sent(request)
    unknown = set(sent) - {*UNITS, "advance"}
    if unknown or not sent:
        raise ValueError(f"The clock takes {', '.join(UNITS)} or advance")
    sandbox.clock.advance(sum(float(value) * UNITS.get(unit, 1) for unit, value in sent.items()))
    sandbox.state.keep_settings()
    return _show_clock(sandbox, request, rest)


def _tokens(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """A token pair for a client id, or an action on all tokens of a realm."""
    sent = _sent(request)
    realm = str(sent.get("realm") or _books(sandbox, request).realm)
    if realm not in sandbox.companies:
        raise ValueError(f"There is no company with realm {realm}")
    actions = {
        "expire_access": sandbox.grants.expire_access,
        "expire_refresh": sandbox.grants.expire_refresh,
        "revoke": sandbox.grants.revoke_realm,
    }
    if sent.get("action"):
        actions[str(sent["action"])](realm)
        return {}
    scope = str(sent.get("scope", SCOPES[0]))
    return {**sandbox.grants.issue_tokens(str(sent["client_id"]), realm, scope), "realmId": realm}


def _show_switches(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    return {"switches": sandbox.switches.as_dict()}


def _set_switches(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    for name, value in _sent(request).items():
        sandbox.switches.set(name, value)
    return _show_switches(sandbox, request, rest)


def _reset_switches(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    sandbox.switches.reset()
    return _show_switches(sandbox, request, rest)


def _show_limits(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    options = sandbox.options
    return {
        "limits": sandbox.throttle.enabled,
        "latency_ms": options.latency_ms,
        "per_row_ms": options.per_row_ms,
    }


def _set_limits(sandbox: Sandbox, request: Request, rest: list[str]) -> Any:
    """``{"limits": true, "latency_ms": 50, "per_row_ms": 0}``, each of them optional."""
    sent = _sent(request)
    sandbox.throttle.enabled = bool(sent.get("limits", sandbox.throttle.enabled))
    sandbox.throttle.reset()
    sandbox.options.latency_ms = float(sent.get("latency_ms", sandbox.options.latency_ms))
    sandbox.options.per_row_ms = float(sent.get("per_row_ms", sandbox.options.per_row_ms))
    return _show_limits(sandbox, request, rest)


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
    ("GET", "faults"): _show_faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "documents"): _show_documents,
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
    ("GET", "limits"): _show_limits,
    ("POST", "limits"): _set_limits,
    ("GET", "companies"): _show_companies,
    ("POST", "companies"): _add_company,
    ("DELETE", "companies"): _drop_company,
}
