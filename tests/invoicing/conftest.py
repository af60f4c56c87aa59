from collections.abc import Iterator

import pytest
from pytest_django import Settings

from ressio.scoping import scope
from tests.budgets.books import Books, open_books
from tests.invoicing.office import InvoiceOffice, open_invoice_office
from tests.support.cast import Cast
from tests.support.quickbooks import use_sandbox
from tests.support.sandbox import Realm, Sandbox


@pytest.fixture
def invoice_office(
    transactional_db: None, cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings
) -> Iterator[InvoiceOffice]:
    """Ridge with a project whose invoices go to QuickBooks when they are released."""
    use_sandbox(settings, sandbox)
    settings.QBO_WRITE_SETTLES = 0.0
    with scope(company=cast.ridge):
        yield open_invoice_office(cast.ridge, realm, cast.alice, cast.bob, cast.ridge_house)


@pytest.fixture
def books(db: None) -> Iterator[Books]:
    """An empty company, connected to QuickBooks, with its scope open; nothing is asked over HTTP."""
    made = open_books()
    with scope(company=made.company):
        yield made
