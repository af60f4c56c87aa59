"""Ridge connected to books with a row of every list, and programs of its people."""

from dataclasses import dataclass

from integrations.models import Connection
from ressio.models import Company, CostCode
from ressio.scoping import scope
from tests.integrations.linking.conftest import Books, connect
from tests.support.api import Program
from tests.support.cast import Cast


@dataclass
class Ridge:
    cast: Cast
    connection: Connection
    alice: Program
    bob: Program
    fred: Program


def open_ridge(cast: Cast) -> Ridge:
    with scope(company=cast.ridge):
        connection = connect(cast.ridge, "9130001")
        fill(Books(connection))
    return Ridge(cast, connection, *(Program(member) for member in (cast.alice, cast.bob, cast.fred)))


def fill(books: Books) -> None:
    books.account("1", "Construction Income", "Income")
    books.account("2", "Job Materials", "Cost of Goods Sold")
    books.item("20", "Framing", full_name="Structure:Framing", sku="FR-1")
    books.item("21", "Permit fee", expense_account_ref="")
    books.item("22", "Paint", is_active=False)
    books.vendor("55", "Lumber Yard", email="desk@lumberyard.example", is_1099=True)
    books.vendor("56", "Quarry & Co")
    books.employee("70", "Emily Platt", cost_rate="41.25")
    books.employee("71", "Decided There", uses_time_entry="UseTimeEntry")
    quill = books.customer("10", "Quill")
    books.customer("11", "House", under=quill, is_project=True)
    books.customer("12", "Garden", under=quill)
    books.customer("13", "Quill & Sons")


def make_other_books(company: Company) -> None:
    """Another company's, with the same QuickBooks ids, so that a leak shows."""
    with scope(company=company):
        books = Books(connect(company, "9130002"))
        fill(books)
        books.item("99", "Only at Summit")


def make_cost_code(cast: Cast, name: str) -> CostCode:
    with scope(company=cast.ridge):
        made: CostCode = CostCode.objects.create(company=cast.ridge, name=name)
        return made
