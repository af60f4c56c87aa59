"""The OAuth endpoints: consent page, token, revocation, discovery, user info."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from integrations.sandbox.consent import consent_page, problem_page
from integrations.sandbox.grants import OAuthRefusal
from integrations.sandbox.http import HTML, Request, Response, json_response, redirect

if TYPE_CHECKING:
    from integrations.sandbox.app import Sandbox

AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"  # noqa: S105  a path
REVOKE = "/v2/oauth2/tokens/revoke"
USER_INFO = "/v1/openid_connect/userinfo"
DISCOVERY = ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration")
SCOPES = (
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
)
WITH_REALM = SCOPES[:2]
HARD_CAP_HEADER = "x-include-refresh-token-hard-expires-in"


def handles(path: str) -> bool:
    return path.rstrip("/") in (AUTHORIZE, TOKEN, REVOKE, USER_INFO, *DISCOVERY)


def handle(sandbox: Sandbox, request: Request) -> Response:
    path = request.path.rstrip("/")
    if path in DISCOVERY:
        return json_response(discovery(sandbox.base_url))
    if path == AUTHORIZE:
        return _decide(sandbox, request) if request.method == "POST" else _ask(sandbox, request)
    if path == USER_INFO:
        return _user_info(sandbox, request)
    try:
        return _token(sandbox, request) if path == TOKEN else _revoke(sandbox, request)
    except OAuthRefusal as refusal:
        return _refused(refusal)


def discovery(base_url: str) -> dict[str, Any]:
    return {
        "issuer": "https://oauth.platform.intuit.com/op/v1",
        "authorization_endpoint": base_url + AUTHORIZE,
        "token_endpoint": base_url + TOKEN,
        "userinfo_endpoint": base_url + USER_INFO,
        "revocation_endpoint": base_url + REVOKE,
        "jwks_uri": base_url + "/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def _ask(sandbox: Sandbox, request: Request) -> Response:
    asked = {name: request.parameter(name) for name in ("client_id", "redirect_uri", "scope", "state")}
    problem = _problem(request, asked)
    if problem:
        return Response(400, problem_page(problem), HTML)
    if not asked["scope"] or any(scope not in SCOPES for scope in asked["scope"].split()):
        return redirect(_back(asked["redirect_uri"], error="invalid_scope", state=asked["state"]))
    return Response(200, consent_page(asked, sandbox.company_names()), HTML)


def _problem(request: Request, asked: dict[str, str]) -> str:
    if not asked["client_id"]:
        return "The app did not say who it is (client_id)."
    if not asked["redirect_uri"].startswith(("http://", "https://")):
        return "The redirect_uri is not a web address."
    if request.parameter("response_type") != "code":
        return "response_type must be code."
    return ""


def _decide(sandbox: Sandbox, request: Request) -> Response:
    """The user pressed Connect or Cancel."""
    form = {name: values[-1] for name, values in request.form.items()}
    redirect_uri, state = form.get("redirect_uri", ""), form.get("state", "")
    realm, scope = form.get("realm", ""), form.get("scope", "")
    if not redirect_uri.startswith(("http://", "https://")) or not form.get("client_id"):
        return Response(400, problem_page("The form is incomplete."), HTML)
    if form.get("decision") != "connect":
        return redirect(_back(redirect_uri, error="access_denied", state=state))
    if realm not in sandbox.companies:
        return Response(400, problem_page("Choose a company."), HTML)
    code = sandbox.grants.issue_code(form["client_id"], realm, redirect_uri, scope)
    named = {"realmId": realm} if any(name in scope.split() for name in WITH_REALM) else {}
    return redirect(_back(redirect_uri, code=code, state=state, **named))


def _back(redirect_uri: str, **parameters: str) -> str:
    separator = "&" if "?" in redirect_uri else "?"
    return redirect_uri + separator + urlencode(parameters)


def _token(sandbox: Sandbox, request: Request) -> Response:
    if request.method != "POST":
        raise OAuthRefusal("invalid_request", 405)
    form = {name: values[-1] for name, values in request.form.items()}
    client, secret = credentials(request, form)
    sandbox.grants.check_client(client, secret)
    answer = _granted(sandbox, client, form)
    if request.header(HARD_CAP_HEADER).casefold() == "true":
        seconds = sandbox.grants.hard_expires_in(answer["refresh_token"])
        answer["x_refresh_token_hard_expires_in"] = seconds
    return json_response(answer)


def _granted(sandbox: Sandbox, client: str, form: dict[str, str]) -> dict[str, Any]:
    grant_type = form.get("grant_type")
    if grant_type == "authorization_code" and form.get("code") and form.get("redirect_uri"):
        return sandbox.grants.exchange_code(client, form["code"], form["redirect_uri"])
    if grant_type == "refresh_token" and form.get("refresh_token"):
        return sandbox.grants.refresh(client, form["refresh_token"])
    if grant_type in ("authorization_code", "refresh_token", None, ""):
        raise OAuthRefusal("invalid_request")
    raise OAuthRefusal("unsupported_grant_type")


def _revoke(sandbox: Sandbox, request: Request) -> Response:
    form = {name: values[-1] for name, values in request.form.items()}
    if "json" in request.header("content-type"):
        try:
            sent = request.json()
        except ValueError:
            raise OAuthRefusal("invalid_request") from None
        form = {str(name): str(value) for name, value in sent.items()} if isinstance(sent, dict) else {}
    client, secret = credentials(request, form)
    sandbox.grants.check_client(client, secret)
    if not form.get("token"):
        raise OAuthRefusal("invalid_request")
    sandbox.grants.revoke(client, form["token"])
    return Response(200)


def credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Client id and secret, from the Basic header or from the form."""
    scheme, _, encoded = request.header("authorization").partition(" ")
    if scheme.casefold() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthRefusal("invalid_client", 401) from None
    return unquote(client), unquote(secret)


def _refused(refusal: OAuthRefusal) -> Response:
    body = {"error": refusal.error}
    if refusal.description:
        body["error_description"] = refusal.description
    return json_response(body, refusal.status)


def _user_info(sandbox: Sandbox, request: Request) -> Response:
    token = request.header("authorization").removeprefix("Bearer ")
    grant, _ = sandbox.grants.grant_of(token)
    if grant is None:
        return json_response({"error": "invalid_token"}, 401)
    person = {"sub": "sandbox-user", "email": "books@example.com", "emailVerified": True}
    return json_response({**person, "givenName": "Sandbox", "familyName": "User"})
