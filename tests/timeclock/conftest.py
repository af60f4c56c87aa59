from collections.abc import Iterator

import pytest
from pytest_django import Settings

from ressio.scoping import scope
from tests.budgets.bills.office import open_office
from tests.support.cast import Cast
from tests.support.quickbooks import use_sandbox
from tests.support.sandbox import Realm, Sandbox
from tests.timeclock.crew import Crew, open_crew


@pytest.fixture
def crew(
    transactional_db: None, cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings
) -> Iterator[Crew]:
    """Ridge with a project whose time goes to QuickBooks at once."""
    use_sandbox(settings, sandbox)
    settings.QBO_WRITE_SETTLES = 0.0
    with scope(company=cast.ridge):
        yield open_crew(open_office(cast.ridge, realm, cast.alice, cast.bob, cast.ridge_house))
