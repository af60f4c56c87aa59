"""Cost lines follow the mirror, the lists, the rates and the links; rebuilding gives the same."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from budgets.models import CostLine
from budgets.projection import CostLineValues
from budgets.quickbooks import rebuild_cost_lines
from integrations.models import Connection, EmployeeLink, ProjectRefMapping
from ressio.scoping import scope, scopes_disabled
from tests.budgets.books import Books, open_books
from tests.budgets.documents import (
    bill,
    category_line,
    item_line,
    purchase,
    ref,
    time_entry,
    vendor_credit,
)

Stored = set[tuple[object, ...]]


def stored_lines(connection: Connection) -> Stored:
    """Every column that comes from QuickBooks; ids of our rows aside."""
    return set(CostLine.objects.filter(connection=connection).values_list(*CostLineValues._fields))


def amounts(document_ref: str) -> list[Decimal | None]:
    lines = CostLine.objects.filter(document_ref=document_ref).order_by("line_ref")
    return list(lines.values_list("amount", flat=True))


def customers() -> list[str]:
    return list(CostLine.objects.order_by("document_ref").values_list("customer_ref", flat=True))


def costs_of(employee_ref: str = "70") -> list[tuple[Decimal | None, str]]:
    lines = CostLine.objects.filter(employee_ref=employee_ref).order_by("txn_date", "document_ref")
    return list(lines.values_list("amount_at_cost", "cost_rate_source"))


def test_a_changed_document_replaces_its_lines(books: Books) -> None:
    books.store("Bill", bill("1", item_line("10"), item_line("20")), bill("2", item_line("5")))
    books.store("Bill", bill("1", item_line("12")))

    assert (amounts("1"), amounts("2")) == ([Decimal("12.00")], [Decimal("5.00")])


def test_ids_are_apart_by_entity(books: Books) -> None:
    books.store("Bill", bill("1", item_line("10")))
    books.store("Purchase", purchase("1", item_line("20")))
    books.delete("Bill", "1")

    assert amounts("1") == [Decimal("20.00")]


def test_u7_a_deleted_document_has_no_lines_and_comes_back_when_restored(books: Books) -> None:
    books.store("Bill", bill("1", item_line("10")))
    books.delete("Bill", "1")
    assert amounts("1") == []

    books.store("Bill", bill("1", item_line("11")))
    assert amounts("1") == [Decimal("11.00")]


def test_two_companies_share_quickbooks_ids(books: Books) -> None:
    other = open_books("summit")
    with scope(company=other.company):
        other.store("Bill", bill("1", item_line("99")))
    books.store("Bill", bill("1", item_line("10")))
    books.delete("Bill", "1")

    with scope(company=other.company):
        assert amounts("1") == [Decimal("99.00")]


def test_v2_a_project_that_arrives_late_takes_its_lines(books: Books) -> None:
    books.store("Bill", bill("1", item_line("10", customer="10", project="90")))
    assert customers() == ["10"]

    books.customer("90", parent="10", is_project=True)
    assert customers() == ["90"]


def test_v2_a_customer_that_is_no_project_takes_nothing(books: Books) -> None:
    books.store("Bill", bill("1", item_line("10", customer="10", project="90")))
    books.customer("90", parent="10")

    assert customers() == ["10"]


def test_v2_mapping_a_project_number_moves_its_lines_both_ways(books: Books) -> None:
    books.store("Bill", bill("1", item_line("10", customer="10", project="393")))
    books.store("TimeActivity", time_entry("2", ProjectRef=ref("393")))
    mapping = ProjectRefMapping.objects.create(
        company=books.company, connection=books.connection, project_ref="393", customer_ref="91"
    )
    assert customers() == ["91", "91"]

    mapping.customer_ref = "92"
    mapping.save()
    assert customers() == ["92", "92"]

    mapping.delete()
    assert customers() == ["10", "10"]


def test_v9_an_employees_cost_rate_prices_time_that_was_there_before(books: Books) -> None:
    books.store("TimeActivity", time_entry("1", hours=2), time_entry("2", hours=1, CostRate=30))
    assert costs_of() == [(None, ""), (Decimal("30.00"), "entry_cost")]

    books.employee("70", cost_rate="25")
    assert costs_of() == [(Decimal("50.00"), "employee_cost"), (Decimal("30.00"), "entry_cost")]

    books.employee("70")
    assert costs_of() == [(None, ""), (Decimal("30.00"), "entry_cost")]


def test_v9_a_members_rates_price_the_employee_linked_to_them(books: Books) -> None:
    books.store("TimeActivity", time_entry("1"), time_entry("2", TxnDate="2026-04-02"))
    member = books.member("Emily", "70")
    first = books.rate(member, "2026-03-01", cost_rate=Decimal("30.00"))
    assert costs_of() == [(Decimal("240.00"), "member_cost"), (Decimal("240.00"), "member_cost")]

    later = books.rate(member, "2026-04-01", cost_rate=Decimal("40.00"))
    assert costs_of() == [(Decimal("240.00"), "member_cost"), (Decimal("320.00"), "member_cost")]

    later.delete()
    first.cost_rate = Decimal("31.00")
    first.save()
    assert costs_of() == [(Decimal("248.00"), "member_cost"), (Decimal("248.00"), "member_cost")]


def test_a_rate_of_another_shift_type_prices_nothing_from_quickbooks(books: Books) -> None:
    books.store("TimeActivity", time_entry("1"))
    member = books.member("Emily", "70")
    books.rate(member, "2026-03-01", shift_type="Overtime", is_default=False, cost_rate=Decimal("60.00"))

    assert costs_of() == [(None, "")]


def test_linking_another_employee_prices_both_again(books: Books) -> None:
    books.store("TimeActivity", time_entry("1"), time_entry("2", EmployeeRef=ref("71")))
    member = books.member("Emily", "70")
    books.rate(member, "2026-03-01", cost_rate=Decimal("30.00"))
    link = EmployeeLink.objects.get()

    link.employee_ref = "71"
    link.save()
    assert (costs_of("70"), costs_of("71")) == ([(None, "")], [(Decimal("240.00"), "member_cost")])

    link.delete()
    assert costs_of("71") == [(None, "")]


def test_a_company_can_be_deleted(books: Books) -> None:
    books.store("TimeActivity", time_entry("1"))
    books.rate(books.member("Emily", "70"), "2026-03-01", cost_rate=Decimal("30.00"))
    books.company.delete()

    with scopes_disabled():
        assert CostLine.objects.count() == 0


def fill(books: Books) -> None:
    """Something of everything, with what else decides about lines arriving in an awkward order."""
    books.store(
        "Bill", bill("1", item_line("10.005", project="90"), category_line("3"), ExchangeRate=Decimal("1.1"))
    )
    books.store("Purchase", purchase("1", item_line("7", customer="10"), payment="CreditCard", Credit=True))
    books.store("VendorCredit", vendor_credit("3", item_line("4", project="393", customer="10")))
    books.store("TimeActivity", time_entry("4"), time_entry("5", EmployeeRef=ref("71")))
    books.store("Bill", bill("6", item_line("1")), bill("7", item_line("1")))
    books.delete("Bill", "6")
    books.customer("90", is_project=True)
    books.employee("71", cost_rate="22.5")
    books.rate(books.member("Emily", "70"), "2026-03-01", cost_rate=Decimal("30.00"))
    ProjectRefMapping.objects.create(
        company=books.company, connection=books.connection, project_ref="393", customer_ref="91"
    )


def test_rebuilding_gives_the_same_lines(books: Books) -> None:
    fill(books)
    before = stored_lines(books.connection)
    CostLine.objects.filter(document_ref="1").delete()
    CostLine.objects.update(amount_at_cost=None, customer_ref="damaged")

    assert rebuild_cost_lines(books.connection) == len(before) == 7
    assert stored_lines(books.connection) == before


def test_the_command_rebuilds_one_company(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    fill(books)
    before = stored_lines(books.connection)
    CostLine.objects.all().delete()

    call_command("rebuild_costs", company="ridge")
    assert stored_lines(books.connection) == before
    assert capsys.readouterr().out.startswith("7 cost lines made")


@pytest.mark.parametrize("slug", ["nowhere", "unconnected"])
def test_the_command_says_what_is_missing(books: Books, slug: str) -> None:
    books.company.slug = "unconnected"
    books.company.save()
    Connection.objects.update(is_current=False)

    with pytest.raises(CommandError):
        call_command("rebuild_costs", company=slug)


def count_queries(books: Books, documents: int) -> int:
    made = [time_entry(str(number), CustomerRef=ref(str(number))) for number in range(documents)]
    with CaptureQueriesContext(database) as queries:
        books.store("TimeActivity", *made)
    return len(queries)


def test_storing_asks_the_same_questions_for_a_few_documents_and_for_many(books: Books) -> None:
    for worker in range(30):
        books.employee(str(worker), cost_rate="20")

    assert count_queries(books, 2) == count_queries(books, 400)
