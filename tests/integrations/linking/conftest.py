"""Ridge is connected to books with a handful of rows; Summit is connected to others, so that a leak shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.models import (
    Connection,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
)
from ressio.models import Company, User
from ressio.scoping import scope
from tests.support.cast import Cast

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)


@dataclass
class Books:
    """The rows a sync would have left behind."""

    connection: Connection

    def item(self, ref: str, name: str, **fields: Any) -> QuickBooksItem:
        values = {
            "item_type": "Service",
            "income_account_ref": "1",
            "expense_account_ref": "2",
            "full_name": name,
        }
        return self._row(QuickBooksItem, ref, name, **(values | fields))

    def vendor(self, ref: str, name: str, **fields: Any) -> QuickBooksVendor:
        return self._row(QuickBooksVendor, ref, name, **fields)

    def employee(self, ref: str, name: str, **fields: Any) -> QuickBooksEmployee:
        return self._row(QuickBooksEmployee, ref, name, **fields)

    def account(self, ref: str, name: str, account_type: str) -> QuickBooksAccount:
        return self._row(QuickBooksAccount, ref, name, full_name=name, account_type=account_type)

    def customer(
        self, ref: str, name: str, *, under: QuickBooksCustomer | None = None, **fields: Any
    ) -> QuickBooksCustomer:
        path = f"{under.full_name}:{name}" if under else name
        parent = under.quickbooks_id if under else ""
        return self._row(QuickBooksCustomer, ref, name, full_name=path, parent_ref=parent, **fields)

    def _row(self, model: Any, ref: str, name: str, **fields: Any) -> Any:
        return model.objects.create(
            company=self.connection.company,
            connection=self.connection,
            quickbooks_id=ref,
            name=name,
            **fields,
        )


def connect(company: Company, realm_id: str, **fields: Any) -> Connection:
    books_name = f"{company.name} books"
    connection: Connection = Connection.objects.create(
        company=company, realm_id=realm_id, books_name=books_name, **fields
    )
    return connection


@pytest.fixture
def alice(cast: Cast) -> User:
    assert cast.alice.user is not None
    return cast.alice.user


@pytest.fixture
def books(cast: Cast) -> Iterator[Books]:
    """Ridge's books, with Ridge in scope."""
    with scope(company=cast.ridge):
        books = Books(connect(cast.ridge, "9130001"))
        books.account("1", "Construction Income", "Income")
        books.account("2", "Job Materials", "Cost of Goods Sold")
        yield books


@pytest.fixture
def summit_books(cast: Cast) -> Books:
    with scope(company=cast.summit):
        return Books(connect(cast.summit, "9130002"))
