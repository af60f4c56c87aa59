from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.models import Connection
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.quickbooks import connect, use_sandbox
from tests.support.sandbox import Realm, Sandbox


@pytest.fixture
def connection(cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings) -> Iterator[Connection]:
    use_sandbox(settings, sandbox)
    with scope(company=cast.ridge):
        yield connect(realm, cast.ridge, user=cast.alice.user)
