"""OAuth 2.0 with Intuit: where to send a person, and the three calls of the token endpoints.

requests-oauthlib builds and parses the requests. Its automatic refresh is not used: it cannot sign in with
the client's credentials and knows nothing of other workers.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from django.conf import settings
from oauthlib.oauth2 import OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from integrations.gateway.discovery import find_sign_in_urls, is_stand_in
from integrations.gateway.exchanges import Outcome
from integrations.gateway.faults import Garbled, QuickBooksError, Refused, Throttled, Unreachable
from integrations.gateway.options import option

# The one scope that the Accounting API has; nothing about the person who connects is asked for (Q61).
SCOPE = ["com.intuit.quickbooks.accounting"]
# Asks Intuit to say when the authorization itself ends, however often it is refreshed.
HARD_END_HEADER = "x-include-refresh-token-hard-expires-in"
HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    HARD_END_HEADER: "true",
}


class GrantRefused(Refused):
    """invalid_grant: the code or refresh token is dead, used before, or not ours."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    access_token: str
    refresh_token: str
    access_token_expires_at: datetime
    refresh_token_expires_at: datetime | None
    sign_in_ends_at: datetime | None


def build_authorize_url(*, state: str) -> str:
    url, _ = build_session().authorization_url(find_sign_in_urls().authorize, state=state)
    return str(url)


def exchange_code(*, code: str, now: datetime, outcome: Outcome) -> TokenPair:
    """Once only: Intuit may take a second use of a code for an attack and end the first one's tokens."""

    def fetch(session: OAuth2Session, common: dict[str, Any]) -> Any:
        return session.fetch_token(find_sign_in_urls().token, code=code, **common)

    return call_token_endpoint(fetch, now=now, outcome=outcome)


def refresh_pair(*, refresh_token: str, now: datetime, outcome: Outcome) -> TokenPair:
    def fetch(session: OAuth2Session, common: dict[str, Any]) -> Any:
        return session.refresh_token(find_sign_in_urls().token, refresh_token=refresh_token, **common)

    return call_token_endpoint(fetch, now=now, outcome=outcome)


def revoke_token(*, token: str, outcome: Outcome) -> None:
    """Ends the whole authorization. Refused(400) when Intuit had ended it already."""
    url = find_sign_in_urls().revoke
    with translating_errors():
        outcome.leave()
        response = requests.post(
            url,
            json={"token": token},
            auth=build_auth(),
            timeout=get_timeout(),
            headers={"Accept": "application/json"},
            allow_redirects=False,
        )
    take_notes(outcome, response)
    refuse_bad_status(response)
    if not 200 <= response.status_code < 300:
        raise Refused(str(response.status_code), status=response.status_code, intuit_tid=outcome.intuit_tid)


# How the token endpoint is called ---------------------------------------------------------------------------

Fetch = Callable[[OAuth2Session, dict[str, Any]], Any]


def call_token_endpoint(fetch: Fetch, *, now: datetime, outcome: Outcome) -> TokenPair:
    def check(response: requests.Response) -> requests.Response:
        return check_response(response, outcome)

    with build_session() as session, translating_errors():
        session.register_compliance_hook("access_token_response", check)
        session.register_compliance_hook("refresh_token_response", check)
        outcome.leave()
        common = {"auth": build_auth(), "timeout": get_timeout(), "headers": dict(HEADERS)}
        try:
            return make_pair(fetch(session, common), now=now)
        except OAuth2Error as error:
            raise translate_oauth_error(error, outcome) from None
        except Warning as remark:
            # oauthlib's way to say that the answer names other scopes than were asked for. The pair counts: the
            # token that was sent is used up.
            return make_pair(remark.token, now=now)  # type: ignore[attr-defined]


def build_session() -> OAuth2Session:
    allow_plain_http_to_stand_in()
    session = OAuth2Session(settings.QBO_CLIENT_ID, redirect_uri=settings.QBO_REDIRECT_URI, scope=SCOPE)
    session.max_redirects = 0  # what is sent here are secrets: they go to the address we chose and no further
    return session


def allow_plain_http_to_stand_in() -> None:
    """oauthlib refuses http unless this variable is set. With Intuit it stays unset."""
    if is_stand_in():
        os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")


def build_auth() -> HTTPBasicAuth:
    return HTTPBasicAuth(settings.QBO_CLIENT_ID, settings.QBO_CLIENT_SECRET)


def get_timeout() -> tuple[float, float]:
    return (option("QBO_CONNECT_TIMEOUT"), option("QBO_TOKEN_TIMEOUT"))


def check_response(response: requests.Response, outcome: Outcome) -> requests.Response:
    """Before oauthlib reads the body: it looks at no status and would take any page for an answer."""
    take_notes(outcome, response)
    refuse_bad_status(response)
    return response


def take_notes(outcome: Outcome, response: requests.Response) -> None:
    outcome.arrive(status=response.status_code, intuit_tid=response.headers.get("intuit_tid", ""))


def refuse_bad_status(response: requests.Response) -> None:
    """Neither of these says anything about the authorization itself."""
    tid = response.headers.get("intuit_tid", "")
    if response.status_code == 429:
        raise Throttled("429", status=429, intuit_tid=tid)
    if response.status_code >= 500:
        raise Unreachable(str(response.status_code), status=response.status_code, intuit_tid=tid)


@contextmanager
def translating_errors() -> Iterator[None]:
    """`from None` throughout: the original errors quote addresses and bodies with secrets in them."""
    try:
        yield
    except QuickBooksError:
        raise
    except requests.JSONDecodeError:
        raise Garbled("garbled") from None
    except (requests.RequestException, OSError) as error:
        raise Unreachable(type(error).__name__) from None
    except (ValueError, KeyError):
        raise Garbled("garbled") from None


def translate_oauth_error(error: OAuth2Error, outcome: Outcome) -> QuickBooksError:
    code = str(error.error or "")
    status, intuit_tid = outcome.status, outcome.intuit_tid
    if code == "invalid_grant":
        return GrantRefused(code, status=status, intuit_tid=intuit_tid)
    if code == "missing_token" or not code:
        return Garbled("garbled", status=status, intuit_tid=intuit_tid)
    # invalid_client and the like: our app's credentials or request are wrong, no company's sign-in has ended.
    return Refused(code, status=status, intuit_tid=intuit_tid, detail_for_people=WRONG_APP)


WRONG_APP = (
    "Intuit did not accept Ressio's own credentials. Whoever runs this site must check QBO_CLIENT_ID and "
    "QBO_CLIENT_SECRET."
)


def make_pair(token: dict[str, Any], *, now: datetime) -> TokenPair:
    """Lifetimes come from the answer; Intuit changes them (Q54)."""

    def after(key: str) -> datetime | None:
        return now + timedelta(seconds=int(token[key])) if token.get(key) else None

    if not token["access_token"] or not token["refresh_token"]:
        raise ValueError("half a pair")
    return TokenPair(
        access_token=str(token["access_token"]),
        refresh_token=str(token["refresh_token"]),
        access_token_expires_at=now + timedelta(seconds=int(token["expires_in"])),
        refresh_token_expires_at=after("x_refresh_token_expires_in"),
        sign_in_ends_at=after("x_refresh_token_hard_expires_in"),
    )
