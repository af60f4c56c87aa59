"""Totals and lists of a project: every line accounted for, under links and switches (V14, N1)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from budgets.amounts import Tally
from budgets.counting import count_connection, count_project
from budgets.lines import LineFilter, Order, Verdict, lines_of
from budgets.models import CostLine, Kind
from budgets.reasons import Reason
from integrations.models import CostCodeLink, ProjectLink
from ressio.models import CostStructure, Project
from tests.budgets.books import Books
from tests.budgets.documents import (
    bill,
    category_line,
    item_line,
    purchase,
    ref,
    time_entry,
    vendor_credit,
)

ON = {"time_tracking": True, "include_non_billable_time": True, "include_billed_time": True}
CREATED_AT = datetime(2026, 3, 12, 15, tzinfo=UTC)


@pytest.fixture
def house(books: Books) -> Project:
    """Customer 10, its items 20 and 21 on cost codes, Emily (70) on payroll."""
    books.customer("10")
    for item, name in [("20", "Framing"), ("21", "Roofing")]:
        books.item(item)
        books.cost_code(name, item)
    books.item("22", is_purchased=False)
    books.employee("70")
    books.member("Emily", "70")
    return books.project("House", "10")


def figures(project: Project) -> dict[str, str]:
    """Total, counted, and what is left out by reason."""
    costs = count_project(project)
    assert costs.difference == 0
    reasons = {reason.code: str(tally.amount) for reason, tally in costs.excluded_by_reason.items()}
    return {"total": str(costs.total.amount), "counted": str(costs.counted.amount), **reasons}


def test_v14_every_line_counts_or_has_one_reason(books: Books, house: Project) -> None:
    books.store(
        "Bill",
        bill("1", item_line("100", customer="10"), category_line("7", customer="10"), item_line("900")),
        bill("2", item_line("50", "21", customer="10"), item_line("3", "22", customer="10")),
    )
    books.store("Purchase", purchase("3", item_line("20", customer="10"), payment="CreditCard", Credit=True))
    books.store("VendorCredit", vendor_credit("4", item_line("30", customer="10")))

    assert figures(house) == {
        "total": "110.00",
        "counted": "130.00",
        "category_line": "7.00",
        "item_not_purchased": "3.00",
        "credits_off": "-30.00",
    }


def test_by_cost_code_and_by_kind(books: Books, house: Project) -> None:
    framing, roofing = CostCodeLink.objects.order_by("item_ref").values_list("cost_code_id", flat=True)
    books.switch(house, vendor_credits=True)
    books.store("Bill", bill("1", item_line("100", customer="10"), item_line("50", "21", customer="10")))
    books.store("VendorCredit", vendor_credit("4", item_line("30", customer="10")))
    books.store("Purchase", purchase("5", category_line("2", customer="10")))
    costs = count_project(house)

    assert costs.by_cost_code == {
        framing: Tally(lines=2, amount=Decimal("70.00")),
        roofing: Tally(lines=1, amount=Decimal("50.00")),
    }
    assert {kind: tally.amount for kind, tally in costs.by_cost_code_and_kind[framing].items()} == {
        Kind.BILL: Decimal("100.00"),
        Kind.VENDOR_CREDIT: Decimal("-30.00"),  # M98: visible as its own type
    }
    assert {kind: (split.counted.amount, split.excluded.amount) for kind, split in costs.by_kind.items()} == {
        Kind.BILL: (Decimal("150.00"), Decimal("0.00")),
        Kind.VENDOR_CREDIT: (Decimal("-30.00"), Decimal("0.00")),
        Kind.EXPENSE: (Decimal("0.00"), Decimal("2.00")),
    }


def test_an_unlinked_project_costs_nothing(books: Books) -> None:
    project = Project.objects.create(company=books.company, name="Unlinked")
    costs = count_project(project)

    assert (costs.is_linked, costs.total, costs.by_cost_code) == (False, Tally(), {})
    assert lines_of(project).lines == []


def test_u10_links_of_an_earlier_connection_do_not_count(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", item_line("100", customer="10")))
    books.connection.is_current = False
    books.connection.save()

    assert figures(house) == {"total": "0.00", "counted": "0.00"}


def test_m30_only_the_linked_customer(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", item_line("1", customer="10"), item_line("2", customer="11")))

    assert figures(house)["total"] == "1.00"
    books.link(Project.objects.create(company=books.company, name="Other"), "11")
    assert figures(Project.objects.get(name="Other"))["total"] == "2.00"


def test_u8_including_sub_customers_takes_their_lines_at_once_and_back(books: Books, house: Project) -> None:
    books.customer("11", parent="10")
    books.store("Bill", bill("1", item_line("1", customer="10"), item_line("2", customer="11")))
    before = figures(house)

    ProjectLink.objects.update(include_sub_customers=True)
    assert figures(house)["total"] == "3.00"
    ProjectLink.objects.update(include_sub_customers=False)
    assert figures(house) == before


@pytest.mark.parametrize(
    ("switch", "flipped"),
    [
        (
            "exclude_non_billable",
            {"total": "75.00", "counted": "20.00", "non_billable": "80.00", "credits_off": "-25.00"},
        ),
        ("vendor_credits", {"total": "75.00", "counted": "75.00"}),
        ("tax_is_cost", {"total": "80.00", "counted": "108.00", "credits_off": "-28.00"}),
    ],
)
def test_u9_flipping_a_switch_acts_at_once_both_ways_and_rebuilds_nothing(
    books: Books, house: Project, switch: str, flipped: dict[str, str]
) -> None:
    books.store(
        "Bill",
        bill(
            "1",
            item_line("80", customer="10"),
            item_line("20", customer="10", billable="Billable"),
            TxnTaxDetail={"TotalTax": 8},
        ),
    )
    books.store(
        "VendorCredit", vendor_credit("4", item_line("25", customer="10"), TxnTaxDetail={"TotalTax": 3})
    )
    before = figures(house)
    lines = list(CostLine.objects.order_by("pk").values())

    books.switch(house, **{switch: True})
    assert figures(house) == flipped
    books.switch(house, **{switch: False})
    assert figures(house) == before
    assert list(CostLine.objects.order_by("pk").values()) == lines


# Time -----------------------------------------------------------------------------------------------------------------


def test_time_counts_at_the_labor_basis(books: Books, house: Project) -> None:
    books.switch(house, **ON)
    books.store("TimeActivity", time_entry("1", hours=2, CostRate=30, HourlyRate=75))

    assert figures(house)["counted"] == "60.00"
    books.switch(house, labor_basis="billable")
    assert figures(house)["counted"] == "150.00"
    books.switch(house, labor_basis="")
    Project.objects.update(cost_structure=CostStructure.COST_PLUS)
    assert figures(house)["counted"] == "150.00"
    books.switch(house, labor_basis="cost")
    assert figures(house)["counted"] == "60.00"


def test_u5_hours_without_a_rate_are_left_out_with_their_hours(books: Books, house: Project) -> None:
    books.switch(house, **ON)
    books.store("TimeActivity", time_entry("1", hours=2, CostRate=30), time_entry("2", hours=5))
    costs = count_project(house)

    assert costs.counted == Tally(lines=1, amount=Decimal("60.00"), seconds=7200)
    assert costs.excluded_by_reason == {
        Reason.NO_RATE: Tally(lines=1, amount=Decimal("0.00"), seconds=18000, unpriced_seconds=18000)
    }
    assert costs.excluded.unpriced_hours == 5


def test_hours_without_a_rate_show_as_such_whatever_else_leaves_them_out(
    books: Books, house: Project
) -> None:
    books.store("TimeActivity", time_entry("1", hours=5))

    assert count_project(house).excluded_by_reason == {
        Reason.TIME_OFF: Tally(lines=1, seconds=18000, unpriced_seconds=18000)
    }


def test_m61_only_time_made_after_the_switch(books: Books, house: Project) -> None:
    books.switch(house, **ON, time_tracking_since=CREATED_AT)
    early = {"CreateTime": "2026-03-12T07:59:59-07:00"}
    books.store("TimeActivity", time_entry("1", hours=1, CostRate=10))
    books.store("TimeActivity", time_entry("2", hours=2, CostRate=10, MetaData=early))
    books.store("Bill", bill("3", item_line("5", customer="10"), MetaData=early))  # bills know no such moment

    assert figures(house) == {"total": "35.00", "counted": "15.00", "before_time_tracking": "20.00"}


def test_m59_payroll_is_confirmed_on_the_linked_team_member(books: Books, house: Project) -> None:
    books.switch(house, **ON)
    books.employee("71")
    books.member("Noor", "71", on_payroll=False)
    books.employee("72")
    entries = [time_entry(str(worker), EmployeeRef=ref(str(worker)), CostRate=1) for worker in (70, 71, 72)]
    books.store("TimeActivity", *entries)

    assert figures(house) == {"total": "24.00", "counted": "8.00", "not_on_payroll": "16.00"}


@pytest.mark.parametrize(("says", "is_on_payroll"), [("UseTimeEntry", True), ("DoNotUseTimeEntry", False)])
def test_an_explicit_field_of_quickbooks_decides_payroll(
    books: Books, house: Project, says: str, is_on_payroll: bool
) -> None:
    books.switch(house, **ON)
    books.employee("70", UseTimeEntry=says)
    books.employee("71", UseTimeEntry=says)
    entries = [time_entry(str(worker), EmployeeRef=ref(str(worker)), CostRate=1) for worker in (70, 71)]
    books.store("TimeActivity", *entries)

    assert count_project(house).counted.lines == (2 if is_on_payroll else 0)


def test_time_of_a_vendor_never_counts(books: Books, house: Project) -> None:
    books.switch(house, **ON)
    entry = time_entry("1", NameOf="Vendor", EmployeeRef=None, VendorRef=ref("55"), CostRate=10)
    books.store("TimeActivity", entry)

    assert figures(house) == {"total": "80.00", "counted": "0.00", "vendor_time": "80.00"}


# Links ----------------------------------------------------------------------------------------------------------------


def test_relinking_moves_verdicts_at_once(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", item_line("10", customer="10")))
    link = CostCodeLink.objects.get(item_ref="20")
    link.delete()
    assert figures(house) == {"total": "10.00", "counted": "0.00", "item_not_linked": "10.00"}

    books.item("20", is_sold=False)
    assert figures(house)["item_not_sold"] == "10.00"
    books.item("20")
    link.save()
    assert figures(house) == {"total": "10.00", "counted": "10.00"}


# Lists ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(books: Books, house: Project) -> Project:
    """A project with a line of nearly every kind and verdict."""
    books.switch(house, **ON, exclude_non_billable=True)
    billable = {"customer": "10", "billable": "Billable"}
    books.store(
        "Bill",
        bill("1", item_line("10", **billable), item_line("20", "21", **billable), DocNumber="INV-1"),
        bill("2", category_line("30", **billable), item_line("40", customer="10"), TxnDate="2026-01-05"),
        bill(
            "3", item_line("50", "22", **billable), VendorRef=ref("56", "Ada's Roofs"), TxnDate="2026-02-01"
        ),
    )
    books.store("Purchase", purchase("4", item_line("60", **billable, Description="Nails"), payment="Check"))
    books.store("VendorCredit", vendor_credit("5", item_line("70", customer="10")))
    books.store(
        "TimeActivity",
        time_entry("6", hours=1, HourlyRate=80),
        time_entry("7", hours=1),
        time_entry("8", hours=1, CostRate=20, ItemRef=None),
    )
    return house


def amounts_of(project: Project, **wanted: Any) -> list[str]:
    page = lines_of(project, LineFilter(**wanted), order="amount")
    assert page.total_lines == len(page.lines)
    assert page.total_amount == sum(line.amount for line in page.lines)
    return [str(line.amount) for line in page.lines]


@pytest.mark.parametrize("flag", [*Reason, Verdict.COUNTED, Verdict.EXCLUDED, None])
def test_lists_agree_with_totals(busy: Project, flag: Any) -> None:
    costs = count_project(busy)
    tally, wanted = {
        Verdict.COUNTED: (costs.counted, LineFilter(verdict=Verdict.COUNTED)),
        Verdict.EXCLUDED: (costs.excluded, LineFilter(verdict=Verdict.EXCLUDED)),
        None: (costs.total, LineFilter()),
    }.get(flag) or (costs.excluded_by_reason.get(flag, Tally()), LineFilter(reason=flag))
    page = lines_of(busy, wanted)

    assert (page.total_lines, page.total_amount) == (tally.lines, tally.amount)
    assert (len(page.lines), sum(line.amount for line in page.lines)) == (tally.lines, tally.amount)
    if isinstance(flag, Reason):
        assert {line.reason for line in page.lines} <= {flag}


def test_lists_can_be_narrowed(busy: Project) -> None:
    roofing = CostCodeLink.objects.get(item_ref="21").cost_code_id

    assert amounts_of(busy, cost_code_id=roofing) == ["20.00"]
    assert amounts_of(busy, cost_code_id=-1) == []
    assert amounts_of(busy, kind=Kind.CHECK) == ["60.00"]
    assert amounts_of(busy, kind=Kind.TIME) == ["0.00", "20.00", "80.00"]
    assert amounts_of(busy, date_from=date(2026, 2, 1), date_to=date(2026, 2, 28)) == ["50.00"]
    assert amounts_of(busy, amount_from=Decimal("30"), amount_to=Decimal("50")) == ["30.00", "40.00", "50.00"]
    assert amounts_of(busy, reason=Reason.NON_BILLABLE, verdict=Verdict.COUNTED) == []


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("norwood", ["-70.00", "10.00", "20.00", "30.00", "40.00"]),
        ("ada's", ["50.00"]),
        ("inv-1", ["10.00", "20.00"]),
        ("nails", ["60.00"]),
        ("item 21", ["20.00"]),
        ("check", ["60.00"]),
        ("credit", ["-70.00"]),
        ("2026-01-05", ["30.00", "40.00"]),
        ("70", ["-70.00"]),
        ("$60.00", ["60.00"]),
        ("1e2", []),
        ("nothing like it", []),
        ("  ", ["-70.00", "0.00", "10.00", "20.00", "20.00", "30.00", "40.00", "50.00", "60.00", "80.00"]),
    ],
)
def test_m50_lines_are_found_by_what_a_person_remembers(busy: Project, text: str, amounts: list[str]) -> None:
    assert amounts_of(busy, text=text) == amounts


def test_a_line_carries_names_and_marks(busy: Project) -> None:
    (check,) = lines_of(busy, LineFilter(kind=Kind.CHECK)).lines
    assert (check.item_name, check.customer_name, check.kind_label) == ("Item 20", "Customer 10", "Check")
    assert (check.is_counted, check.has_price, check.rate_mark, check.hours) == (True, True, "", None)
    assert check.cost_code_id == CostCodeLink.objects.get(item_ref="20").cost_code_id

    unpriced, without_item, at_billable = lines_of(busy, LineFilter(kind=Kind.TIME), order="amount").lines
    assert (unpriced.has_price, unpriced.reason, unpriced.hours) == (False, Reason.NO_RATE, Decimal(1))
    assert (without_item.has_price, without_item.reason) == (True, Reason.ITEM_NOT_LINKED)
    assert (at_billable.rate_mark, at_billable.reason) == ("at billable rate", None)


@pytest.mark.parametrize("order", [sign + order for order in Order for sign in ("", "-")])
def test_pages_hold_every_line_once(busy: Project, order: str) -> None:
    pages = [lines_of(busy, order=order, page=number, page_size=4) for number in (1, 2, 3)]
    found = [line.line.pk for page in pages for line in page.lines]

    assert sorted(found) == sorted(CostLine.objects.values_list("pk", flat=True))
    assert {page.page_count for page in pages} == {3}


def test_an_order_runs_both_ways_and_a_page_too_far_is_the_last(busy: Project) -> None:
    rising = [line.amount for line in lines_of(busy, order="amount").lines]
    falling = [line.amount for line in lines_of(busy, order="-amount").lines]

    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert lines_of(busy, page=99, page_size=4).page == 3
    with pytest.raises(ValueError, match="shoe size"):
        lines_of(busy, order="shoe size")


# All projects at once -------------------------------------------------------------------------------------------------


def test_the_whole_connection_agrees_with_its_projects(books: Books, busy: Project) -> None:
    books.customer("11", parent="10")
    ProjectLink.objects.update(include_sub_customers=True)
    barn = books.project("Barn", "12", **ON, time_tracking_since=CREATED_AT, labor_basis="billable")
    books.store("Bill", bill("21", item_line("5", customer="12"), item_line("6", customer="11")))
    early = {"CreateTime": "2026-03-11T08:00:00-07:00"}
    books.store(
        "TimeActivity",
        time_entry("22", CustomerRef=ref("12"), HourlyRate=10),
        time_entry("23", CustomerRef=ref("12"), HourlyRate=10, MetaData=early),
        time_entry("24", MetaData=early),
    )

    found: dict[tuple[int, Reason | None], Tally] = {}
    for group in count_connection(books.connection):
        key = (group.project.pk, group.group.reason)
        found[key] = found.get(key, Tally()) + group.group.tally

    expected: dict[tuple[int, Reason | None], Tally] = {}
    for project in (busy, barn):
        costs = count_project(project)
        expected[project.pk, None] = costs.counted
        expected |= {(project.pk, reason): tally for reason, tally in costs.excluded_by_reason.items()}
    assert found == expected


# What it costs to ask -------------------------------------------------------------------------------------------------


def count_queries(*calls: Any) -> list[int]:
    found = []
    for call in calls:
        with CaptureQueriesContext(database) as queries:
            call()
        found.append(len(queries))
    return found


def test_questions_do_not_grow_with_lines_projects_or_items(books: Books, busy: Project) -> None:
    ProjectLink.objects.update(include_sub_customers=True)
    wanted = LineFilter(verdict=Verdict.EXCLUDED, text="o")
    asked = (
        lambda: count_project(busy),
        lambda: lines_of(busy, wanted),
        lambda: list(count_connection(books.connection)),
    )
    before = count_queries(*asked)
    for number in range(30, 40):
        books.item(str(number))
        books.customer(f"1{number}", parent="10")
        books.project(f"Project {number}", f"2{number}")
        books.store(
            "Bill", bill(f"{number}", *(item_line("1", str(number), customer="10") for _ in range(20)))
        )

    assert count_queries(*asked) == before == [8, 13, 7]


def test_counting_goes_by_the_index(books: Books, house: Project) -> None:
    for number in range(20):
        lines = (item_line("1", customer=str(customer)) for customer in range(10, 210))
        books.store("Bill", bill(str(number), *lines))
    with database.cursor() as cursor:
        cursor.execute("ANALYZE budgets_costline")
    with CaptureQueriesContext(database) as queries:
        count_project(house)
    explain = "EXPLAIN QUERY PLAN" if database.vendor == "sqlite" else "EXPLAIN"
    plans = []
    for query in queries.captured_queries[-2:]:
        with database.cursor() as cursor:
            cursor.execute(f"{explain} {query['sql']}")
            plans.append(" ".join(str(row) for row in cursor.fetchall()))

    assert "cost_line_by_customer" in plans[0]
    assert "own_cost_line_by_project" in plans[1]
