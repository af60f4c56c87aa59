"""Billing actual costs: what is offered, that nothing is billed twice, and what is said when it changes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.counting import count_project
from budgets.models import Kind
from invoicing.invoices.actuals import changed_since_billed, lines_from_actuals, unbill, uninvoiced_costs
from invoicing.invoices.drafting import LineInput, change_invoice, create_invoice, input_of, remove_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.unbilling import bill_again, free_costs
from invoicing.models import BilledCost, Invoice, InvoiceLine
from ressio.models import CostCode, Project, Role, TeamMember
from ressio.money import ZERO
from tests.budgets.books import Books
from tests.budgets.documents import bill, item_line, purchase, time_entry, vendor_credit
from tests.invoicing.office import InvoiceOffice, invoice_of
from tests.support.cast import make_member
from tests.timeclock.crew import open_crew
from timeclock.relinking import relink

NOW = timezone.now()


@pytest.fixture
def boss(books: Books) -> TeamMember:
    return make_member(books.company, "Boss", Role.ADMIN)


@pytest.fixture
def house(books: Books) -> Project:
    """Cost plus, so labor is priced at the billable rate; two bills, a credit, time and a line that does not count."""
    books.customer("10")
    for item, name in [("20", "Framing"), ("21", "Roofing")]:
        books.item(item)
        books.cost_code(name, item)
    books.item("22", is_purchased=False)
    books.employee("70")
    books.rate(
        books.member("Emily", "70"), "2020-01-01", cost_rate=Decimal("40"), billable_rate=Decimal("65")
    )
    project = books.project("House", "10", time_tracking=True, vendor_credits=True, labor_basis="billable")
    books.store(
        "Bill",
        bill(
            "1",
            item_line("100", customer="10", Qty=4, UnitPrice=25, Description="Studs"),
            item_line("7", "22", customer="10"),
            item_line("50.55", "21", customer="10", billable="HasBeenBilled"),
            DocNumber="N-1",
        ),
    )
    books.store("Purchase", purchase("2", item_line("20", customer="10"), TxnDate="2026-04-02"))
    books.store("VendorCredit", vendor_credit("3", item_line("30", customer="10")))
    books.store("TimeActivity", time_entry("4", hours=6, Minutes=30))
    return project


def draft(project: Project, member: TeamMember, *lines: LineInput) -> Invoice:
    return create_invoice(project=project, values=invoice_of(*lines), member=member, now=NOW)


def test_what_counts_is_offered_at_what_it_counts_for(books: Books, house: Project, boss: TeamMember) -> None:
    framing = CostCode.objects.get(name="Framing")
    costs = {cost.key: cost for cost in uninvoiced_costs(house)}
    assert {key: (cost.amount, cost.kind, cost.is_billed_there) for key, cost in costs.items()} == {
        "Bill:1:1": (Decimal("100.00"), Kind.BILL, False),
        "Bill:1:3": (Decimal("50.55"), Kind.BILL, True),
        "Purchase:2:1": (Decimal("20.00"), Kind.EXPENSE, False),
        "VendorCredit:3:1": (Decimal("-30.00"), Kind.VENDOR_CREDIT, False),
        "TimeActivity:4:#1": (Decimal("422.50"), Kind.TIME, False),
    }
    assert sum((cost.amount for cost in costs.values()), ZERO) == count_project(house).counted.amount
    studs, hours = costs["Bill:1:1"], costs["TimeActivity:4:#1"]
    assert (studs.said, studs.quantity, studs.unit_price) == (
        "Norwood Lumber N-1, 12 Mar 2026",
        Decimal(4),
        Decimal(25),
    )
    assert (hours.quantity, hours.unit_price, hours.vendor) == (Decimal("6.5"), Decimal("65"), "Emily Platt")
    bob = make_member(house.company, "Bob", Role.TEAM_MEMBER)
    shown = {cost.key: (cost.unit_price, cost.amount) for cost in uninvoiced_costs(house, member=bob)}
    assert (shown["TimeActivity:4:#1"], shown["Bill:1:1"]) == (
        (None, hours.amount),
        (Decimal(25), studs.amount),
    )
    assert {cost.key for cost in uninvoiced_costs(house, until=date(2026, 4, 1), cost_code=framing)} == {
        "Bill:1:1",
        "VendorCredit:3:1",
        "TimeActivity:4:#1",
    }

    by_code = lines_from_actuals(costs.values())
    assert [(line.description, line.cost, len(line.bills)) for line in by_code] == [
        ("Framing", Decimal("512.50"), 4),
        ("Roofing", Decimal("50.55"), 1),
    ]
    by_line = lines_from_actuals([studs, hours], by="line")
    assert [(line.description, line.quantity, line.unit_price, line.cost) for line in by_line] == [
        ("Norwood Lumber N-1, 12 Mar 2026: Studs", 4, 25, Decimal("100.00")),
        ("Emily Platt, 12 Mar 2026", Decimal("6.5"), Decimal("65"), Decimal("422.50")),
    ]
    invoice = draft(house, boss, *by_line, *lines_from_actuals([costs["Bill:1:3"]]))
    assert invoice.total == Decimal("573.05")
    assert {cost.key for cost in uninvoiced_costs(house)} == {"Purchase:2:1", "VendorCredit:3:1"}


def test_a_cost_stands_on_one_invoice_and_is_free_again_when_it_leaves(
    books: Books, house: Project, boss: TeamMember
) -> None:
    first = draft(house, boss, LineInput(bills=("Bill:1:1", "Purchase:2:1")))
    assert first.total == Decimal("120.00")
    for keys, field, sentence in [
        (("Bill:1:1",), "bills", "“Norwood Lumber N-1, 12 Mar 2026” stands on another invoice already."),
        (("Bill:1:2",), "bills", "One of these costs does not count any more. Open the costs again."),
        (("nonsense",), "bills", "One of these costs does not count any more. Open the costs again."),
        (("Bill:1:3", "Bill:1:3"), "bills", "The same cost stands on this invoice twice."),
    ]:
        with pytest.raises(InvoiceRefused) as refused:
            draft(house, boss, LineInput(bills=keys))
        assert (refused.value.field, str(refused.value)) == (field, sentence)

    kept = input_of(first)
    assert kept.lines[0].bills == ("Bill:1:1", "Purchase:2:1")
    change_invoice(invoice=first, values=kept, member=boss, now=NOW)
    change_invoice(invoice=first, values=invoice_of(LineInput(bills=("Purchase:2:1",))), member=boss, now=NOW)
    second = draft(house, boss, LineInput(bills=("Bill:1:1",)))
    assert unbill(second) == 1
    assert InvoiceLine.objects.get(invoice=second).amount == Decimal("100.00")
    remove_invoice(invoice=first, member=boss)
    assert {cost.key for cost in uninvoiced_costs(house)} >= {"Bill:1:1", "Purchase:2:1"}
    CostCode.objects.update(is_active=False)
    costs = lines_from_actuals(uninvoiced_costs(house))
    assert draft(house, boss, *costs).total == sum((line.cost or ZERO for line in costs), ZERO)


def test_two_at_the_same_moment_are_told_apart(
    books: Books, house: Project, boss: TeamMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other invoice is written between the look and the writing, as by another worker."""
    from invoicing.invoices import drafting

    look = drafting.costs_to_bill
    is_first = iter([True])

    def look_and_be_late(*args: object) -> object:
        basket = look(*args)  # type: ignore[arg-type]
        if next(is_first, False):
            draft(house, boss, LineInput(bills=("Bill:1:1",)))
        return basket

    monkeypatch.setattr(drafting, "costs_to_bill", look_and_be_late)
    with pytest.raises(InvoiceRefused) as refused:
        draft(house, boss, LineInput(bills=("Bill:1:1",)))
    assert refused.value.code == "already_billed"
    assert (Invoice.objects.count(), BilledCost.objects.count()) == (0, 0)


def test_what_changed_since_is_told(books: Books, house: Project, boss: TeamMember) -> None:
    invoice = draft(
        house, boss, LineInput(bills=("Bill:1:1", "VendorCredit:3:1")), LineInput(bills=("Purchase:2:1",))
    )
    assert changed_since_billed(invoice) == []
    books.store("Bill", bill("1", item_line("130", customer="10"), DocNumber="N-1"))
    books.delete("Purchase", "2")
    books.switch(house, vendor_credits=False)
    assert [
        (each.key, each.line.position, each.then, each.now) for each in changed_since_billed(invoice)
    ] == [
        ("Bill:1:1", 1, Decimal("100.00"), Decimal("130.00")),
        ("VendorCredit:3:1", 1, Decimal("-30.00"), None),
        ("Purchase:2:1", 2, Decimal("20.00"), None),
    ]
    # Saved again as it is, nothing is forgotten; asked for the costs as they are now, the line takes them.
    change_invoice(invoice=invoice, values=input_of(invoice), member=boss, now=NOW)
    assert len(changed_since_billed(invoice)) == 3
    change_invoice(invoice=invoice, values=invoice_of(LineInput(bills=("Bill:1:1",))), member=boss, now=NOW)
    assert (changed_since_billed(invoice), Invoice.objects.get().total) == ([], Decimal("130.00"))


def test_questions_do_not_grow_with_costs(books: Books, house: Project, boss: TeamMember) -> None:
    def ask() -> int:
        with CaptureQueriesContext(database) as asked:
            costs = uninvoiced_costs(house)
            invoice = draft(house, boss, *lines_from_actuals(costs, by="line"))
            changed_since_billed(invoice)
        remove_invoice(invoice=invoice, member=boss)
        # Rows are written some hundred at a time.
        return len([each for each in asked if each["sql"].startswith("SELECT")])

    few = ask()
    books.store("Bill", *[bill(str(n), *[item_line("5", customer="10")] * 10) for n in range(100, 120)])
    assert ask() == few


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.sets(st.integers(0, 4))), min_size=1, max_size=6))
def test_no_sequence_bills_a_cost_twice(
    books: Books, house: Project, boss: TeamMember, moves: list[tuple[int, set[int]]]
) -> None:
    """Three invoices take, change and drop costs in any order; what one has, no other gets, and all come back."""
    every = {cost.key: cost.amount for cost in uninvoiced_costs(house)}
    keys = sorted(every)
    invoices = [draft(house, boss) for _ in range(3)]
    holds: list[set[str]] = [set(), set(), set()]
    try:
        for who, places in moves:
            wanted = {keys[place] for place in places}
            taken = set().union(*(held for other, held in enumerate(holds) if other != who))
            total = sum((every[key] for key in wanted), ZERO)
            line = [LineInput(bills=tuple(sorted(wanted)))] if wanted else []
            is_allowed = not wanted & taken and total >= 0
            try:
                change_invoice(invoice=invoices[who], values=invoice_of(*line), member=boss, now=NOW)
                assert is_allowed
                holds[who] = wanted
                assert Invoice.objects.get(pk=invoices[who].pk).total == total
            except InvoiceRefused:
                assert not is_allowed
            held = set().union(*holds)
            assert {cost.key: cost.amount for cost in uninvoiced_costs(house)} == {
                key: amount for key, amount in every.items() if key not in held
            }
    finally:
        for invoice in invoices:
            remove_invoice(invoice=invoice, member=boss)
    assert {cost.key: cost.amount for cost in uninvoiced_costs(house)} == every


def test_a_bill_made_here_is_one_cost_before_and_after_it_is_in_quickbooks(
    invoice_office: InvoiceOffice,
) -> None:
    office = invoice_office
    entered = office.approve(office.enter("INV-9", office.line("80.00"), office.line("20.00", 1)))
    here = {cost.key: cost.amount for cost in uninvoiced_costs(office.project)}
    first, _ = sorted(here)
    assert set(here.values()) == {Decimal("80.00"), Decimal("20.00")}
    invoice = office.draft(LineInput(bills=(first,)))

    sent = office.send(entered)
    assert sent.is_sent
    there = {cost.key: cost.amount for cost in uninvoiced_costs(office.project)}
    assert there == {key: amount for key, amount in here.items() if key != first}
    assert changed_since_billed(invoice) == []
    with pytest.raises(InvoiceRefused, match="stands on another invoice already"):
        office.draft(LineInput(bills=(f"Bill:{sent.quickbooks_id}:1",)))
    unbill(invoice)
    assert {cost.key: cost.amount for cost in uninvoiced_costs(office.project)} == here
    # Named as QuickBooks' line, it is billed as the same cost.
    again = office.draft(LineInput(bills=(f"Bill:{sent.quickbooks_id}:1",)))
    assert input_of(again).lines[0].bills == (first,)


def test_a_shift_is_one_cost_before_and_after_it_is_in_quickbooks(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    crew = open_crew(office)
    roof, wall = (crew.approve(crew.record(hours, description=hours)) for hours in ("8", "6"))
    roof_key, wall_key = (f"shift:{shift.pk}" for shift in (roof, wall))
    here = {cost.key: cost.amount for cost in uninvoiced_costs(office.project)}
    assert here == {roof_key: Decimal("400.00"), wall_key: Decimal("300.00")}
    invoice = office.draft(LineInput(bills=(roof_key,)))
    with pytest.raises(InvoiceRefused, match="stands on another invoice already"):
        office.draft(LineInput(bills=(f"OwnShift:{roof.pk}:#1",)))

    sent = crew.send(roof)
    entry_key = f"TimeActivity:{sent.quickbooks_id}:#1"
    assert [cost.key for cost in uninvoiced_costs(office.project)] == [wall_key]
    assert (changed_since_billed(invoice), input_of(invoice).lines[0].bills) == ([], (roof_key,))
    with pytest.raises(InvoiceRefused, match="stands on another invoice already"):
        office.draft(LineInput(bills=(entry_key,)))
    # Voided, then back in QuickBooks.
    free_costs(invoice)
    assert {cost.key: cost.amount for cost in uninvoiced_costs(office.project)} == here
    assert (bill_again(invoice), input_of(invoice).lines[0].bills) == (0, (roof_key,))
    # Named as QuickBooks' line, it is billed as the same cost.
    unbill(invoice)
    again = office.draft(LineInput(bills=(entry_key,)))
    assert input_of(again).lines[0].bills == (roof_key,)
    # The entry turns out to be another shift: what was billed is the entry, and the one unlinked is a cost again.
    with transaction.atomic():
        relink(wall, office.connection, sent.quickbooks_id, now=NOW)
    assert [cost.key for cost in uninvoiced_costs(office.project)] == [roof_key]
    assert input_of(again).lines[0].bills == (entry_key,)
    office.draft(LineInput(bills=(roof_key,)))
    assert (uninvoiced_costs(office.project), BilledCost.objects.count()) == ([], 2)
