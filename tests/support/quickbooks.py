"""A company that is connected to the stand-in QuickBooks: the start of every test that talks to it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from pytest_django import Settings

from integrations.gateway.discovery import forget_documents
from integrations.models import Connection
from ressio.models import Company, User
from ressio.scoping import scope
from tests.support.sandbox import Realm, Sandbox

CLIENT_ID = "test-client"
CLIENT_SECRET = "test-client-secret"
REDIRECT_URI = "http://testserver/quickbooks/callback/"
# As in production but for the waits between attempts; time-outs stay long, because a test machine may be
# busy.
SHORT_WAITS = {
    "QBO_RETRY_WAIT": 0.01,
    "QBO_THROTTLE_PAUSE": 0.05,
    "QBO_CONNECT_TIMEOUT": 10.0,
    "QBO_READ_TIMEOUT": 30.0,
    "QBO_TOKEN_TIMEOUT": 20.0,
}


def point_settings(settings: Settings, base_url: str) -> None:
    """All of Intuit's addresses lead to `base_url`, and waits are short."""
    settings.QBO_ENVIRONMENT = "stand-in"
    settings.QBO_CLIENT_ID, settings.QBO_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.QBO_REDIRECT_URI = REDIRECT_URI
    settings.QBO_API_BASE_URL = base_url
    settings.QBO_AUTHORIZE_URL = f"{base_url}/connect/oauth2"
    settings.QBO_TOKEN_URL = f"{base_url}/oauth2/v1/tokens/bearer"
    settings.QBO_REVOKE_URL = f"{base_url}/v2/oauth2/tokens/revoke"
    settings.QBO_DISCOVERY_URL = f"{base_url}/.well-known/openid_sandbox_configuration"
    settings.QBO_URLS_SET_BY_HAND = frozenset()
    for name, seconds in SHORT_WAITS.items():
        setattr(settings, name, seconds)
    forget_documents()


def lift_limits(settings: Settings) -> None:
    """For tests of anything but the limiter: as fast as the machine goes."""
    for name in ("PER_SECOND", "PER_MINUTE", "BATCHES_PER_MINUTE", "IN_FLIGHT"):
        setattr(settings, f"QBO_LIMIT_{name}", 10_000)


def connect(realm: Realm, company: Company, *, user: User | None = None) -> Connection:
    """What connecting through the browser leaves behind, with a pair of tokens that the stand-in accepts."""
    tokens = realm.issue_tokens(CLIENT_ID)
    return make_connection(company, realm_id=realm.id, user=user, **read_tokens(tokens))


def read_tokens(tokens: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    return {
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "access_token_expires_at": now + timedelta(seconds=int(tokens["expires_in"])),
        "refresh_token_expires_at": now + timedelta(seconds=int(tokens["x_refresh_token_expires_in"])),
    }


def make_connection(
    company: Company, *, realm_id: str, user: User | None = None, **values: Any
) -> Connection:
    with scope(company=company):
        return Connection.objects.create(
            company=company, realm_id=realm_id, connected_by=user, books_name="Test Books", **values
        )


def use_sandbox(settings: Settings, sandbox: Sandbox) -> None:
    point_settings(settings, sandbox.base_url)
    lift_limits(settings)
