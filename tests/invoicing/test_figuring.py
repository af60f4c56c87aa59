"""What an invoice comes to, with markup, discount and tax; and how it is found and added up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.switches import set_switches
from invoicing.invoices.drafting import change_invoice, create_invoice, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.figuring import refresh_figures, wire_lines
from invoicing.invoices.listing import (
    ORDERS,
    Group,
    InvoiceFilter,
    Summary,
    find_invoices,
    invoices_for,
    summary_of,
)
from invoicing.invoices.markups import MarkedLine, profits_of
from invoicing.invoices.tax_use import count_invoices_by_tax_code
from invoicing.invoices.words import standing_of
from invoicing.models import Invoice, InvoiceState
from ressio.models import Project, Role, TeamMember
from ressio.money import CENT, ZERO, round_cents
from ressio.scoping import scope
from tests.budgets.books import Books
from tests.budgets.documents import document, ref
from tests.invoicing.office import invoice_of, price
from tests.support.cast import Cast, make_member

NOW = timezone.now()
D = Decimal
cents = st.integers(-10_000_000, 10_000_000).map(lambda number: D(number) * CENT)


@given(
    costs=st.lists(cents, min_size=1, max_size=12),
    percent=st.decimals("-99.9999", "999", places=4),
    typed=cents,
)
@settings(max_examples=60)
def test_profit_adds_up_to_its_percentage_of_all(
    costs: list[Decimal], percent: Decimal, typed: Decimal
) -> None:
    lines = [MarkedLine(cost, cost_code_id=7) for cost in costs]
    own = MarkedLine(D("10.00"), 7, percent=D("50"))
    by_hand = MarkedLine(D("10.00"), 7, percent=D("50"), profit=typed)
    profits = profits_of([*lines, own, by_hand], by_code={}, of_invoice=percent)
    assert sum((each.amount for each in profits[:-2]), ZERO) == round_cents(sum(costs) * percent / 100)
    assert all(
        abs(each.amount - cost * percent / 100) < CENT for each, cost in zip(profits, costs, strict=False)
    )
    assert (profits[-2].amount, profits[-1].amount) == (D("5.00"), typed)
    assert profits_of(lines, by_code={7: percent}, of_invoice=D(3)) == profits[:-2]


@pytest.fixture
def boss(books: Books) -> TeamMember:
    return make_member(books.company, "Boss", Role.ADMIN)


def tax_code(**members: Any) -> dict[str, Any]:
    detail = {"TaxRateRef": ref("8"), "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    return document("5", Name="HST", SalesTaxRateList={"TaxRateDetail": [detail]}, **members)


@pytest.fixture
def house(books: Books, boss: TeamMember) -> Project:
    """In books outside the US: 13 % HST as tax code 5."""
    books.customer("10")
    codes = []
    for item, name in [("20", "Framing"), ("21", "Profit")]:
        books.item(item)
        codes.append(books.cost_code(name, item))
    books.store("CompanyInfo", document("1", CompanyName="Ridge", Country="CA"))
    books.store("Preferences", document("1", TaxPrefs={"UsingSalesTax": True}))
    books.store("TaxRate", document("8", Name="HST ON", RateValue=13))
    books.store("TaxCode", tax_code())
    books.connection.refresh_from_db()
    project = books.project("House", "10")
    changes = {"push_invoices": True, "default_invoice_code": codes[0], "profit_code": codes[1]}
    set_switches(project=project, changes=changes, actor=boss.user, now=NOW)
    return project


def test_markup_discount_and_tax_make_the_total_quickbooks_computes(
    books: Books, house: Project, boss: TeamMember
) -> None:
    values = invoice_of(
        price("100.01", quantity=D(3), unit_price=D("33.335"), tax_code_ref="5"),
        price("50.00", markup=D("7.77")),
        markup_percent=D("10"),
        discount_amount=D("10.00"),
    )
    invoice = create_invoice(project=house, values=values, member=boss, now=NOW)
    lines = [(each.quantity, each.unit_price, each.amount, each.gross) for each in wire_lines(invoice)]
    # 100.01 and its profit of 10.00: the price is the roundest that gives 110.01.
    assert lines == [(D(3), D("36.67"), D("110.01"), None), (None, None, D("57.77"), None)]
    assert {each.cost_code.name for each in wire_lines(invoice) if each.cost_code} == {"Framing"}
    # The discount of 10.00 lowers what is taxed by its share: 110.01 - 10 x 110.01 / 167.78 = 103.45.
    assert (invoice.subtotal, invoice.discount, invoice.tax, invoice.total) == (
        D("167.78"),
        D("10.00"),
        D("13.45"),
        D("171.23"),
    )
    assert invoice.tax_lines == [["HST ON", "13", "103.45", "13.45"]]

    # The same with profit in lines of its own: never a cent more or less.
    apart = replace(input_of(invoice), profit_shown="apart")
    invoice = change_invoice(invoice=invoice, values=apart, member=boss, now=NOW)
    assert [
        (each.is_profit, each.description, str(each.cost_code), each.amount, each.tax_code_ref)
        for each in wire_lines(invoice)
    ] == [
        (False, "Draw", "Framing", D("100.01"), "5"),
        (True, "Builder profit", "Profit", D("10.00"), "5"),
        (False, "Draw", "Framing", D("50.00"), ""),
        (True, "Builder profit", "Profit", D("7.77"), ""),
    ]
    assert (invoice.subtotal, invoice.total) == (D("167.78"), D("171.23"))

    # Prices that include tax: the wire is net, with the gross beside it.
    gross = replace(apart, tax_mode="inclusive", discount_amount=None)
    invoice = change_invoice(invoice=invoice, values=gross, member=boss, now=NOW)
    first = wire_lines(invoice)[0]
    assert (first.amount, first.gross, invoice.total) == (D("88.50"), D("100.01"), D("167.78"))
    assert count_invoices_by_tax_code(books.connection) == {"5": 1}

    # An inactive code stays where it is, and is not given to a new invoice.
    books.store("TaxCode", tax_code(Active=False))
    invoice = change_invoice(invoice=invoice, values=replace(gross, memo="Draw 2"), member=boss, now=NOW)
    assert invoice.total == D("167.78")
    with pytest.raises(InvoiceRefused, match="QuickBooks has no such tax code"):
        create_invoice(project=house, values=gross, member=boss, now=NOW)

    # A code that QuickBooks no longer has makes no total, and says so.
    books.delete("TaxCode", "5")
    with pytest.raises(InvoiceRefused, match="Line 1: QuickBooks does not have this tax code any more"):
        refresh_figures(invoice)


def test_invoices_are_found_sorted_and_added_up(cast: Cast) -> None:
    today = date(2026, 4, 2)
    with scope(company=cast.ridge):

        def put(project: Project, number: str, total: str, **values: object) -> None:
            given = invoice_of(price(total), number=number)
            made = create_invoice(project=project, values=given, member=cast.alice, now=NOW)
            Invoice.objects.filter(pk=made.pk).update(**values)

        put(cast.ridge_house, "1", "100.00")
        put(cast.ridge_house, "2", "200.00", state="released", due_on=today)
        put(
            cast.ridge_house,
            "3",
            "300.00",
            state="partly_paid",
            paid=D("50.00"),
            quickbooks_total=D("310.00"),
        )
        put(cast.ridge_barn, "4", "400.00", state="paid", paid=D("400.00"))
        put(cast.ridge_barn, "5", "500.00", state="void")

        def numbers(
            group: str = "", text: str = "", order: str = "number", who: TeamMember = cast.alice
        ) -> str:
            page = find_invoices(who, InvoiceFilter(group=group, text=text), today=today, order=order)
            assert page.count == len(page.invoices)
            return "".join(invoice.number for invoice in page.invoices)

        assert {group.value: numbers(group) for group in Group} == {
            "draft": "1",
            "open": "23",
            "overdue": "3",
            "paid": "4",
            "void": "5",
        }
        assert [numbers(text=text) for text in ("barn", "310", "2 Mar 2026", "quill", "nowhere")] == [
            "45",
            "3",
            "12345",
            "12345",
            "",
        ]
        assert [numbers(order=order) for order in ("-outstanding", "-total", "state")] == [
            "32541",
            "54321",
            "12345",
        ]
        assert all(len(numbers(order=f"{sign}{order}")) == 5 for order in ORDERS for sign in ("", "-"))
        assert (numbers(who=cast.bob), numbers(who=cast.fred)) == ("123", "")
        assert summary_of(invoices_for(cast.alice), today=today) == Summary(
            invoiced=D("910.00"), collected=D("450.00"), drafts=D("100.00"), overdue=D("260.00")
        )
        assert summary_of(invoices_for(cast.bob, cast.ridge_barn), today=today) == Summary()
        assert [standing_of(each, today=today).words for each in Invoice.objects.order_by("number")] == [
            "Draft",
            "Released",
            "Overdue",
            "Paid",
            "Void",
        ]
        late = Invoice.objects.get(number="3")
        assert standing_of(late, today=today - timedelta(days=1)).words == InvoiceState.PARTLY_PAID.label
