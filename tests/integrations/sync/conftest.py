from collections.abc import Callable, Iterator, Sequence

import pytest
from pytest_django import Settings

from integrations import registry
from integrations.gateway import Row
from integrations.models import Connection
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.quickbooks import connect, use_sandbox
from tests.support.sandbox import Realm, Sandbox


@pytest.fixture
def connection(
    transactional_db: None, cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings
) -> Iterator[Connection]:
    """Ridge, connected to `realm`. Pages are fetched in threads, so what is stored must be committed."""
    use_sandbox(settings, sandbox)
    with scope(company=cast.ridge):
        yield connect(realm, cast.ridge, user=cast.alice.user)


Act = Callable[[], object]


@pytest.fixture
def meanwhile() -> Iterator[Callable[..., None]]:
    """`meanwhile("Bill", act)`: somebody works in QuickBooks when the first page of bills has been stored.

    With one page at a time the next one has not been asked for by then.
    """
    registered: list[tuple[str, registry.Projector]] = []

    def arrange(entity: str, *acts: Act) -> None:
        waiting = list(acts)

        def act_once(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
            if waiting:
                waiting.pop(0)()

        registered.append((entity, act_once))
        registry.register_projector(entity, act_once)

    yield arrange
    for entity, projector in registered:
        registry._projectors[entity].remove(projector)
