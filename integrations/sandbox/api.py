"""The Accounting API: what stands before the work (faults, tokens, limits, replay) and the work itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from integrations.sandbox import attachments, envelopes, oauth, taxservice
from integrations.sandbox.answers import entity_body, query_body, time_text
from integrations.sandbox.batch import batch_body
from integrations.sandbox.books import Books
from integrations.sandbox.calls import WRITES, Call, classify, statement_of
from integrations.sandbox.cdc import cdc_body
from integrations.sandbox.errors import ApiFault, missing, unsupported_operation, unsupported_property
from integrations.sandbox.grants import Grant
from integrations.sandbox.http import TEXT, Request, Response
from integrations.sandbox.journal import METERED
from integrations.sandbox.query import parse, run_query
from integrations.sandbox.sending import send_invoice
from integrations.sandbox.throttle import Throttled
from integrations.sandbox.validation.shape import UNPARSABLE
from integrations.sandbox.writes import perform
from integrations.sandbox.xml_form import as_xml, wants_json

if TYPE_CHECKING:
    from integrations.sandbox.app import Sandbox

DURING_WORK = ("drop_after", "slow_work")
REPLAYED = (*WRITES, "taxservice", "upload")


def handle(sandbox: Sandbox, request: Request) -> Response:
    call = classify(request)
    started = time.perf_counter()
    with sandbox.journal.in_flight(call.realm):
        actions = sandbox.faults.actions_for(call.realm, call.operation, call.entity)
        early = _before(sandbox, call.realm, actions)
        response = early or _after(_authorized(sandbox, request, call, actions), actions)
    detail = {"method": request.method, "target": request.target, "milliseconds": _since(started)}
    if request.parameter("requestid"):
        detail["requestid"] = request.parameter("requestid")
    sandbox.journal.note(call.realm, call.operation, call.entity, response.status, response.rows, detail)
    response.headers.update({"QBO-Version": "1975.0", "Service-Time": f"total={_since(started)}, db=0"})
    response.headers["Cache-Control"] = "max-age=0, no-cache, no-store, must-revalidate, private"
    return response


def _since(started: float) -> int:
    return int((time.perf_counter() - started) * 1000)


def with_faults(sandbox: Sandbox, request: Request, work: Callable[[Sandbox, Request], Response]) -> Response:
    """OAuth endpoints obey fault rules for the operations ``token`` and ``revoke``."""
    operation = {oauth.TOKEN: "token", oauth.REVOKE: "revoke"}.get(request.path.rstrip("/"))
    if operation is None:
        return work(sandbox, request)
    actions = sandbox.faults.actions_for("", operation, "")
    response = _before(sandbox, "", actions) or work(sandbox, request)
    sandbox.journal.note(sandbox.default_realm, operation, "", response.status, 0, {"method": request.method})
    return _after(response, actions)


def _before(sandbox: Sandbox, realm: str, actions: list[str]) -> Response | None:
    """Fault actions that stand in for the work; the first one that answers wins."""
    for action in actions:
        name, _, argument = action.partition(":")
        if name == "slow":
            time.sleep(float(argument))
        elif name not in DURING_WORK:
            return _stand_in(sandbox, realm, name, argument)
    return None


def _stand_in(sandbox: Sandbox, realm: str, name: str, argument: str) -> Response:
    now, switches = sandbox.clock_of(realm).now(), sandbox.switches_of(realm)
    if name == "drop_before":
        return Response(dropped=True)
    if name == "429":
        return envelopes.throttled(now, switches)
    if name == "401":
        return envelopes.unauthorized("Token expired: set by a fault rule", now)
    if name == "html502":
        return envelopes.bad_gateway()
    if name == "fault":
        return envelopes.service_fault(ApiFault(argument, "set by a fault rule"), now, switches)
    return envelopes.broken(int(name))


def _after(response: Response, actions: list[str]) -> Response:
    if "drop_after" in actions:
        response.dropped = True
    return response


def _authorized(sandbox: Sandbox, request: Request, call: Call, actions: list[str]) -> Response:
    now, switches = sandbox.clock_of(call.realm).now(), sandbox.switches_of(call.realm)
    grant, refusal = _grant(sandbox, request, call)
    if refusal is not None:
        return refusal
    assert grant is not None
    books = sandbox.companies.get(call.realm)
    if books is None or grant.realm != call.realm or oauth.SCOPES[0] not in grant.scope.split():
        return envelopes.forbidden(now)
    if _is_capped(sandbox, call):
        return envelopes.throttled(now, switches, int(switches["builder_cap_status"]))
    try:
        is_batch, enabled = call.operation == "batch", books.switches["limits"]
        with sandbox.throttle.admit(call.realm, grant.client, is_batch=is_batch, enabled=enabled):
            response = _worked(sandbox, books, request, call, actions)
            sandbox.pause(call.realm, response.rows)
            return response if wants_json(request.header("accept")) else as_xml(response)
    except Throttled as throttled:
        sandbox.journal.note_refusal(call.realm, throttled.limit)
        return envelopes.throttled(now, switches)


def _worked(sandbox: Sandbox, books: Books, request: Request, call: Call, actions: list[str]) -> Response:
    try:
        return _replayed(sandbox, books, request, call, actions)
    except ApiFault as fault:
        return envelopes.service_fault(fault, books.now(), books.switches)


def _grant(sandbox: Sandbox, request: Request, call: Call) -> tuple[Grant | None, Response | None]:
    now = sandbox.clock_of(call.realm).now()
    scheme, _, token = request.header("authorization").partition(" ")
    if scheme.casefold() != "bearer" or not token:
        return None, envelopes.unauthorized("EmptyField", now, code="3202")
    grant, reason = sandbox.grants.grant_of(token)
    if grant is not None:
        return grant, None
    details = {
        "expired": f"Token expired: {token[:20]}",
        "revoked": f"Token revoked: {token[:20]}",
        "unknown": "Malformed bearer token: too short or too long",
    }
    return None, envelopes.unauthorized(details[reason], now)


def _is_capped(sandbox: Sandbox, call: Call) -> bool:
    """The free plan's monthly cap on reads; writes keep working."""
    cap = sandbox.switches_of(call.realm)["builder_cap"]
    return bool(cap) and call.operation in METERED and sandbox.journal.metered(call.realm) >= cap


def _replayed(sandbox: Sandbox, books: Books, request: Request, call: Call, actions: list[str]) -> Response:
    request_id = request.parameter("requestid")
    if not request_id or call.operation not in REPLAYED:
        return work(sandbox, books, request, call, actions)
    known = sandbox.replays.begin(call.realm, request_id)
    if known is not None:
        return Response(200, known)
    try:
        response = work(sandbox, books, request, call, actions)
    except BaseException:
        sandbox.replays.abandon(call.realm, request_id)
        raise
    sandbox.replays.finish(call.realm, request_id, str(response.body))
    return response


def work(sandbox: Sandbox, books: Books, request: Request, call: Call, actions: list[str]) -> Response:
    """Raises ApiFault."""
    for action in actions:
        if action.startswith("slow_work:"):
            time.sleep(float(action.partition(":")[2]))
    if call.operation == "read":
        return _read(books, call)
    if call.operation == "query":
        page = run_query(books, parse(statement_of(request)))
        return Response(200, query_body(books, page), rows=len(page.rows))
    if call.operation == "cdc":
        body, rows = cdc_body(books, request.parameter("entities"), request.parameter("changedSince"))
        return Response(200, body, rows=rows)
    if call.operation == "batch":
        body, rows = batch_body(
            books, _payload(request), request.parameter("requestid"), sandbox.replays, sandbox.faults
        )
        return Response(200, body, rows=rows)
    if call.operation == "download":
        books.row("Attachable", call.document_id)
        return Response(200, attachments.temporary_link(books, call.document_id), TEXT)
    return _write(books, request, call)


def _write(books: Books, request: Request, call: Call) -> Response:
    if call.operation == "upload":
        body = attachments.upload_body(books, request.header("content-type"), request.body)
        return Response(200, f'{body},"time":"{time_text(books)}"}}')
    if call.operation == "taxservice":
        if call.document_id.casefold() != "taxcode" or request.method != "POST":
            raise unsupported_operation(request.method)
        return Response(200, taxservice.create_tax_code(books, _payload(request)))
    if call.operation == "send":
        return Response(200, send_invoice(books, call, request.parameter("sendTo")))
    if not call.entity:
        relative = request.path.partition(call.realm)[2]
        raise ApiFault("10000", f"Could not find resource for relative : {relative}", element=None)
    if call.operation not in WRITES:
        raise unsupported_operation(call.operation or request.method)
    with books.lock:
        member = perform(books, call, _payload(request))
        return Response(200, f'{{{member},"time":"{time_text(books)}"}}')


def _read(books: Books, call: Call) -> Response:
    if call.entity == "CompanyInfo":
        if call.document_id not in (books.realm, "1"):
            raise ApiFault("610", "Object Not Found")
        return Response(200, entity_body(books, "CompanyInfo", "1"), rows=1)
    if call.entity == "Preferences":
        return Response(200, entity_body(books, "Preferences", "1"), rows=1)
    if not call.document_id:
        raise missing("Id")
    if not call.document_id.isalnum():
        raise ApiFault("2030", f"Id should be a valid number. Supplied value: {call.document_id}")
    return Response(200, entity_body(books, call.entity, call.document_id), rows=1)


def _payload(request: Request) -> object:
    """The JSON body. Raises 1050 for another content type and 2010 for what is not JSON."""
    content_type = request.header("content-type").casefold()
    if content_type and "json" not in content_type:
        raise ApiFault("1050", f"Invalid Content Type : {content_type}")
    try:
        return request.json()
    except ValueError:
        raise unsupported_property(UNPARSABLE) from None


def system_fault(sandbox: Sandbox) -> Response:
    fault = ApiFault("10000", "System Failure Error: the sandbox itself failed; see its log", element=None)
    return envelopes.service_fault(fault, sandbox.clock.now(), sandbox.switches)
