from collections.abc import Iterator

import pytest

from ressio.scoping import scope
from tests.budgets.books import Books, open_books


@pytest.fixture
def books(db: None) -> Iterator[Books]:
    """An empty company, connected to QuickBooks, with its scope open."""
    made = open_books()
    with scope(company=made.company):
        yield made
