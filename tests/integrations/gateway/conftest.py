from collections.abc import Iterator
from datetime import timedelta

import pytest
import responses
from django.utils import timezone
from pytest_django import Settings

from integrations.models import Connection
from tests.support.cast import Cast
from tests.support.quickbooks import connect, lift_limits, make_connection, point_settings, use_sandbox
from tests.support.sandbox import Realm, Sandbox

INTUIT = "http://intuit.test"
REALM = "4620816365000001"
COMPANY_URL = f"{INTUIT}/v3/company/{REALM}"


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    """For single answers that no server of ours would give."""
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mocked:
        yield mocked


@pytest.fixture
def canned(cast: Cast, settings: Settings) -> Connection:
    """Connected to an address that only `http` answers."""
    point_settings(settings, INTUIT)
    settings.QBO_DISCOVERY_URL = ""
    lift_limits(settings)
    return make_connection(
        cast.ridge,
        realm_id=REALM,
        access_token="access-one",
        refresh_token="refresh-one",
        access_token_expires_at=timezone.now() + timedelta(hours=1),
    )


@pytest.fixture
def connection(cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings) -> Connection:
    use_sandbox(settings, sandbox)
    return connect(realm, cast.ridge, user=cast.alice.user)
