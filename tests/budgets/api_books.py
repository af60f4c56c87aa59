"""A house with lines of every kind and every way of being left out, its budget, and programs that look at it."""

from dataclasses import dataclass
from decimal import Decimal

from budgets.budget_lines import set_budget_line
from budgets.models import BudgetLine
from ressio.models import CostCode, Project, Role
from tests.budgets.books import Books
from tests.budgets.documents import bill, category_line, item_line, purchase, time_entry, vendor_credit
from tests.support.api import Program
from tests.support.cast import assign, make_member


@dataclass
class House:
    books: Books
    project: Project
    framing: CostCode
    paint: CostCode
    spare: CostCode
    """Without item and without budget line."""
    framing_line: BudgetLine
    dana: Program
    """Admin."""
    tom: Program
    """Team Member on the project."""
    other: Program
    """Team Member on no project."""
    fred: Program
    """Field, on the project."""

    @property
    def address(self) -> str:
        return f"projects/{self.project.pk}"


def build_house(books: Books) -> House:
    project = store_documents(books)
    framing, paint = books.cost_code("06-100 Framing", "20"), books.cost_code("09-200 Painting", "21")
    CostCode.objects.filter(pk=framing.pk).update(category="Structure")
    spare = CostCode.objects.create(company=books.company, name="99-900 Spare")
    books.member("Emily Platt", "70")
    line = set_budget_line(
        project=project, cost_code=framing, original_amount=Decimal("800.00"), notes="As quoted", actor=None
    )
    roles = {"Dana": Role.ADMIN, "Tom": Role.TEAM_MEMBER, "Olga": Role.TEAM_MEMBER, "Fred": Role.FIELD}
    members = {name: make_member(books.company, name, role) for name, role in roles.items()}
    for name in ("Tom", "Fred"):
        assign(project, members[name])
    programs = [Program(member) for member in members.values()]
    return House(books, project, framing, paint, spare, line, *programs)


def store_documents(books: Books) -> Project:
    books.customer("10")
    for item in ("20", "21", "22"):
        books.item(item)
    books.item("23", is_sold=False)
    books.employee("70", cost_rate="40.00")
    project = books.project("House", "10", time_tracking=True, time_tracking_since="2026-01-01T00:00:00Z")
    books.store(
        "Bill",
        bill("100", item_line("900.00", "20", customer="10"), item_line("75.25", "22", customer="10")),
        bill("101", item_line("50.50", "21", customer="10"), category_line("20.00", customer="10")),
        bill("102", item_line("5.00", "23", customer="10"), DocNumber="B-102", TxnDate="2026-02-01"),
    )
    books.store(
        "Purchase",
        purchase("200", item_line("12.10", "20", customer="10"), payment="Check", DocNumber="1042"),
        purchase("201", item_line("30.00", "20", customer="10"), payment="CreditCard", Credit=True),
    )
    books.store("VendorCredit", vendor_credit("300", item_line("8.00", "20", customer="10")))
    books.store("TimeActivity", time_entry("400", hours=7), time_entry("401", BillableStatus="NotBillable"))
    return project
