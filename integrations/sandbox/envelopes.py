"""Fault answers: envelope A of the service, envelope B of the gateway, XML, and HTML of a broken gateway."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.http import HTML, JSON, Response
from integrations.sandbox.switches import Switches
from integrations.sandbox.wire import dumps, format_moment, zone_named

XML = "application/xml"
THROTTLE_DETAIL = "The request limit was reached.  Try again later"
GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>"
)
UNAUTHORIZED = {"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}


def service_fault(fault: ApiFault, now: datetime, switches: Switches) -> Response:
    """Envelope A."""
    time = format_moment(now, zone_named(switches["zone"]))
    return Response(fault.status, dumps({"Fault": fault.as_document(), "time": time}))


def gateway_fault(
    status: int, kind: str, code: str, name: str, detail: str | None, now: datetime
) -> Response:
    """Envelope B: lower-case keys, nulls, time in milliseconds since 1970."""
    message = f"message={name}; errorCode={int(code):06d}; statusCode={status}"
    error = {"message": message, "detail": detail, "code": code, "element": None}
    body: dict[str, object] = {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(now.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }
    return Response(status, dumps(body))


def unauthorized(detail: str, now: datetime, *, code: str = "3200") -> Response:
    response = gateway_fault(401, "AUTHENTICATION", code, "AuthenticationFailed", detail, now)
    response.headers.update(UNAUTHORIZED)
    return response


def forbidden(now: datetime) -> Response:
    return gateway_fault(403, "SERVICE", "3100", "ApplicationAuthorizationFailed", None, now)


def throttled(now: datetime, switches: Switches, status: int = 429) -> Response:
    code = switches["throttle_code"]
    message = f"message=ThrottleExceeded; errorCode=003001; statusCode={status}"
    error = {"Message": message, "Detail": THROTTLE_DETAIL, "code": code}
    time = format_moment(now, zone_named(switches["zone"]))
    if switches["throttle_body"] == "xml":
        response = Response(status, xml_fault(error, "SERVICE", time), XML)
    elif switches["throttle_envelope"] == "B":
        response = gateway_fault(status, "SERVICE", code, "ThrottleExceeded", THROTTLE_DETAIL, now)
    else:
        response = Response(status, dumps({"Fault": {"Error": [error], "type": "SERVICE"}, "time": time}))
    if switches["retry_after"] != "absent":
        response.headers["Retry-After"] = switches["retry_after"]
    return response


def xml_fault(error: dict[str, str], kind: str, time: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse time={quoteattr(time)} xmlns="http://schema.intuit.com/finance/v3">'
        f"<Fault type={quoteattr(kind)}><Error code={quoteattr(error['code'])}>"
        f"<Message>{escape(error['Message'])}</Message><Detail>{escape(error['Detail'])}</Detail>"
        "</Error></Fault></IntuitResponse>"
    )


def bad_gateway() -> Response:
    return Response(502, GATEWAY_PAGE, HTML)


def broken(status: int) -> Response:
    """500 and 503 of the service itself; 503 comes as plain text."""
    if status == 503:
        return Response(503, "Service Temporarily Unavailable", "text/plain")
    error = {
        "Message": "Internal Server Error",
        "Detail": "System Failure Error: unexpected",
        "code": "10000",
    }
    return Response(500, dumps({"Fault": {"Error": [error], "type": "SystemFault"}}), JSON)
