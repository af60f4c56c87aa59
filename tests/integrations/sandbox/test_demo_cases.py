"""Each awkward case of the demo company really is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies.demo import DemoBooks
from integrations.sandbox.companies.demo_awkward import CAD_RATE, LONG_NUMBER
from integrations.sandbox.companies.demo_items import FRAMING_ROUGH
from integrations.sandbox.wire import Document
from tests.integrations.sandbox.demo_rows import detail_of, named, rows, shown


@pytest.fixture(scope="module")
def demo() -> DemoBooks:
    return DemoBooks(date(2026, 11, 21))


def line_facts(row: Document) -> list[tuple[str, bool, Decimal]]:
    return [
        (line["DetailType"][:4], "CustomerRef" in detail_of(line), line["Amount"]) for line in row["Line"]
    ]


CHECKS: dict[str, Callable[[DemoBooks, list[Document]], bool]] = {
    "category_line_with_customer": lambda demo, found: (
        line_facts(found[0]) == [("Acco", True, Decimal("386.40"))]
    ),
    "two_projects_on_one_bill": lambda demo, found: (
        len({detail_of(line)["CustomerRef"]["value"] for line in found[0]["Line"]}) == 2
    ),
    "lines_without_customer": lambda demo, found: (
        [facts[:2] for facts in line_facts(found[0])] == [("Item", False), ("Acco", False)]
    ),
    "mixed_category_and_item": lambda demo, found: (
        [facts[:2] for facts in line_facts(found[0])] == [("Acco", True), ("Item", True), ("Acco", False)]
    ),
    "negative_line": lambda demo, found: [line["Amount"] for line in found[0]["Line"]] == [4380, -219],
    "billable_and_non_billable": lambda demo, found: (
        [detail_of(line)["BillableStatus"] for line in found[0]["Line"]] == ["Billable", "NotBillable"]
    ),
    "item_not_purchased": lambda demo, found: (
        "ExpenseAccountRef" not in item_of(demo, found[0]) and found[0]["TotalAmt"] == 525
    ),
    "item_not_sold": lambda demo, found: "IncomeAccountRef" not in item_of(demo, found[0]),
    "inactive_item": lambda demo, found: item_of(demo, found[0])["Active"] is False,
    "near_equal_item": lambda demo, found: item_of(demo, found[0])["Name"] == FRAMING_ROUGH,
    "project_ref_beside_parent": lambda demo, found: (
        project_facts(demo, found[0]) == ("435514740", customers.OBRIEN)
        and ("Customer", "435514740") not in demo.documents
    ),
    "project_ref_is_customer_row": lambda demo, found: (
        project_facts(demo, found[0])
        == (named(demo, "Customer", customers.HARBOR_VIEW)["Id"], customers.HARGROVE)
    ),
    "parents_carry_costs": lambda demo, found: (
        [detail_of(line)["CustomerRef"]["name"] for line in found[0]["Line"]]
        == [customers.OBRIEN, customers.CEDAR_CROSSING, customers.SPEC_HOMES]
    ),
    "inactive_vendor": lambda demo, found: (
        demo.documents["Vendor", found[0]["VendorRef"]["value"]]["Active"] is False
    ),
    "voided_bill": lambda demo, found: voided(found[0]) and found[0]["Balance"] == 0,
    "voided_check": lambda demo, found: voided(found[0]) and found[0]["PaymentType"] == "Check",
    "full_length_number": lambda demo, found: found[0]["DocNumber"] == LONG_NUMBER and len(LONG_NUMBER) == 21,
    "zero_line": lambda demo, found: [line["Amount"] for line in found[0]["Line"]] == [2145, 0],
    "foreign_currency": lambda demo, found: (
        [foreign_facts(row) for row in found]
        == [("CAD", CAD_RATE, 0, 0), ("CAD", CAD_RATE, Decimal("2040.00"), Decimal("1475.74"))]
    ),
    "many_decimals_in_price": lambda demo, found: (
        (detail_of(found[0]["Line"][0])["UnitPrice"], found[0]["TotalAmt"])
        == (Decimal("92.5633333"), Decimal("277.69"))
    ),
    "not_a_cost_account": lambda demo, found: (
        {account_of(demo, line)["Classification"] for line in found[0]["Line"]} == {"Asset"}
    ),
    "customer_as_payee": lambda demo, found: (
        found[0]["EntityRef"]["type"] == "Customer" and line_facts(found[0])[0][1] is False
    ),
    "employee_as_payee": lambda demo, found: found[0]["EntityRef"]["type"] == "Employee",
    "card_credits": lambda demo, found: all(row["Credit"] is True and row["TotalAmt"] > 0 for row in found),
    "vendor_credits": lambda demo, found: [bool(row["Balance"]) for row in found] == [False, True, True],
    "contractor_time": lambda demo, found: (
        found[0]["NameOf"] == "Vendor"
        and demo.documents["Vendor", found[0]["VendorRef"]["value"]]["Vendor1099"]
        and "EmployeeRef" not in found[0]
    ),
    "time_past_midnight": lambda demo, found: (
        [(row["EndTime"] > row["StartTime"], "Hours" in row, row["BreakMinutes"]) for row in found]
        == [(True, False, 30), (False, False, 0)]
    ),
    "time_without_rate": lambda demo, found: (
        (found[0]["HourlyRate"], found[0]["CostRate"]) == (0, 0)
        and "CostRate" not in demo.documents["Employee", found[0]["EmployeeRef"]["value"]]
    ),
    "time_at_billable_rate_only": lambda demo, found: (
        (found[0]["BillableStatus"], found[0]["HourlyRate"], found[0]["CostRate"]) == ("Billable", 65, 0)
    ),
    "time_without_item": lambda demo, found: "ItemRef" not in found[0] and "CustomerRef" in found[0],
    "time_without_customer": lambda demo, found: all("CustomerRef" not in row for row in found),
    "time_of_minutes": lambda demo, found: (found[0]["Hours"], found[0]["Minutes"]) == (0, 20),
    "journal_entry": lambda demo, found: (
        sorted((detail_of(line)["PostingType"], line["Amount"]) for line in found[0]["Line"])
        == [("Credit", 1850), ("Debit", 1850)]
    ),
    "deleted_bill": lambda demo, found: found[0]["DocNumber"] == "WA-DUP-1",
    "expenses_already_billed": lambda demo, found: (
        len(found) == 6
        and all(detail_of(line)["BillableStatus"] == "HasBeenBilled" for row in found for line in row["Line"])
    ),
}


def item_of(demo: DemoBooks, row: Document) -> Document:
    item: Document = demo.documents["Item", detail_of(row["Line"][0])["ItemRef"]["value"]]
    return item


def account_of(demo: DemoBooks, line: Document) -> Document:
    account: Document = demo.documents["Account", detail_of(line)["AccountRef"]["value"]]
    return account


def project_facts(demo: DemoBooks, row: Document) -> tuple[str, str]:
    line = row["Line"][0]
    return line["ProjectRef"]["value"], detail_of(line)["CustomerRef"]["name"]


def voided(row: Document) -> bool:
    amounts = {line["Amount"] for line in row["Line"]} | {row["TotalAmt"]}
    prices = [line for line in row["Line"] if "UnitPrice" in detail_of(line)]
    return (
        amounts == {0} and not prices and row["PrivateNote"].startswith("Voided") and row["SyncToken"] == "1"
    )


def foreign_facts(row: Document) -> tuple[str, Decimal, Decimal, Decimal]:
    return row["CurrencyRef"]["value"], row["ExchangeRate"], row["Balance"], row["HomeBalance"]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_awkward_case(demo: DemoBooks, name: str) -> None:
    assert CHECKS[name](demo, shown(demo, name))


def test_every_awkward_case_is_checked(demo: DemoBooks) -> None:
    assert set(demo.cases) == set(CHECKS)


def test_bank_feed_expenses_have_no_payee(demo: DemoBooks) -> None:
    feed = [row for row in rows(demo, "Purchase") if "EntityRef" not in row]

    assert len(feed) >= 25
    for row in feed:
        (line,) = row["Line"]
        assert row["PrivateNote"] == line["Description"]
        assert line["DetailType"] == "AccountBasedExpenseLineDetail"
        assert detail_of(line) == {
            "AccountRef": detail_of(line)["AccountRef"],
            "BillableStatus": "NotBillable",
            "TaxCodeRef": {"value": "NON"},
        }


def test_both_time_styles_occur_and_never_together(demo: DemoBooks) -> None:
    styles = Counter(("Hours" in row, "StartTime" in row) for row in rows(demo, "TimeActivity"))

    assert set(styles) == {(True, False), (False, True)}
    assert min(styles.values()) > 20
