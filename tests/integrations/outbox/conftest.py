from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.models import Connection
from integrations.outbox import builders
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.quickbooks import connect, use_sandbox
from tests.support.sandbox import Realm, Sandbox

from .desk import FILES, KIND, Desk, Scanner


@pytest.fixture
def desk(
    transactional_db: None, cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings
) -> Iterator[Desk]:
    """Ridge connected to `realm`, a vendor in its books, and a builder of small bills."""
    use_sandbox(settings, sandbox)
    settings.QBO_WRITE_SETTLES = 0.0
    with scope(company=cast.ridge):
        connection = connect(realm, cast.ridge, user=cast.alice.user)
        desk = Desk(Connection.objects.get(pk=connection.pk), realm, cast.alice.user)
        builders.register_builder(KIND, desk)
        yield desk
    del builders._builders[KIND]


@pytest.fixture
def scanner(desk: Desk) -> Iterator[Scanner]:
    scanner = Scanner(desk)
    builders.register_builder(FILES, scanner)
    yield scanner
    del builders._builders[FILES]
