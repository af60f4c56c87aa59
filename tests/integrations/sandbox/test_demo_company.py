"""The demo company: believable, the same every time, and right to the cent."""

from __future__ import annotations

import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.sandbox.books import Books
from integrations.sandbox.clock import Clock
from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.companies.demo import DemoBooks, demo_cases, demo_documents, fill_demo_books
from integrations.sandbox.companies.demo_items import FRAMING_ROUGH, ROUGH_FRAMING
from integrations.sandbox.switches import Switches
from integrations.sandbox.wire import Document
from tests.integrations.sandbox.demo_rows import detail_of, named, rows

TODAY = date(2026, 11, 21)
SUMMER = date(2025, 7, 4)
COSTS = ("Bill", "Purchase", "VendorCredit")
RESAVED = ("Bill", "Purchase", "VendorCredit", "TimeActivity", "Invoice", "CreditMemo", "JournalEntry")
LISTS = ("Customer", "Vendor", "Employee", "Item", "Account", "Term")


@pytest.fixture(scope="module")
def demo() -> DemoBooks:
    return DemoBooks(TODAY)


@pytest.fixture(scope="module")
def filled() -> Books:
    books = Books("9341450000000077", Clock(), Switches())
    fill_demo_books(books, books.today())
    return books


# The same every time


def test_two_runs_are_alike() -> None:
    assert list(demo_documents(TODAY)) == list(demo_documents(TODAY))


def test_only_dates_move_with_the_day(demo: DemoBooks) -> None:
    other = DemoBooks(SUMMER)

    totals = [(key, row.get("TotalAmt"), row.get("Balance")) for key, row in demo.documents.items()]
    assert totals == [(key, row.get("TotalAmt"), row.get("Balance")) for key, row in other.documents.items()]
    assert demo_cases(SUMMER) == demo.cases


@pytest.mark.parametrize("today", [TODAY, SUMMER, date(2026, 3, 9), date(2024, 2, 29)])
def test_nothing_lies_in_the_future_or_on_a_weekend(today: date) -> None:
    demo = DemoBooks(today)
    days = [row["TxnDate"] for row in demo.documents.values() if "TxnDate" in row]
    times = [row["MetaData"] for row in demo.documents.values()]

    assert max(days) <= (today - timedelta(days=2)).isoformat()
    assert {date.fromisoformat(day).weekday() for day in days} == {0, 1, 2, 3, 4}
    end = datetime.fromisoformat(f"{(today - timedelta(days=1)).isoformat()}T00:00:00+00:00")
    assert all(datetime.fromisoformat(time["LastUpdatedTime"]) < end for time in times)


def test_times_are_pacific_and_spread_over_the_year(demo: DemoBooks) -> None:
    moments = [
        datetime.fromisoformat(row["MetaData"]["CreateTime"])
        for (entity, _), row in demo.documents.items()
        if entity in COSTS
    ]

    assert {moment.utcoffset() for moment in moments} == {timedelta(hours=-7), timedelta(hours=-8)}
    assert len({moment.strftime("%Y-%m") for moment in moments}) >= 12
    for row in demo.documents.values():
        assert _instant(row, "CreateTime") <= _instant(row, "LastUpdatedTime")


def _instant(row: Document, name: str) -> datetime:
    return datetime.fromisoformat(row["MetaData"][name])


def test_a_believable_size(demo: DemoBooks) -> None:
    counts = Counter(entity for entity, _ in demo.documents)

    assert 55 <= sum(row["Type"] not in ("Category", "Group") for row in rows(demo, "Item")) <= 65
    assert 44 <= counts["Account"] <= 50
    assert sum("ParentRef" not in row for row in rows(demo, "Customer")) == 14
    assert 25 <= counts["Vendor"] <= 32
    assert counts["Employee"] == 8
    assert 400 <= sum(counts[name] for name in (*COSTS, "BillPayment", "TimeActivity", "Invoice")) <= 900
    for entity in ("BillPayment", "Payment", "Invoice", "TimeActivity", "Attachable"):
        assert counts[entity] >= 20


# Lists


def test_customers_have_three_levels_and_projects(demo: DemoBooks) -> None:
    lot = named(demo, "Customer", customers.LOT_14)
    section = named(demo, "Customer", customers.CEDAR_CROSSING)
    top = named(demo, "Customer", customers.SPEC_HOMES)

    assert (lot["Level"], lot["ParentRef"]["value"], lot["IsProject"]) == (2, section["Id"], True)
    assert (section["Level"], section["ParentRef"]["value"], section["IsProject"]) == (1, top["Id"], False)
    assert (top["Job"], "Level" in top, "ParentRef" in top) == (False, False, False)
    assert sum(row["IsProject"] for row in rows(demo, "Customer")) == len(customers.PROJECTS)


def test_names_a_parser_could_stumble_over(demo: DemoBooks) -> None:
    names = {row["DisplayName"] for row in rows(demo, "Customer")}

    assert {"Siobhán O'Brien", "Łukasz Żeleński", "José Núñez", "陳美玲"} <= names


def test_employees_with_and_without_rates(demo: DemoBooks) -> None:
    rates = {
        row["PrintOnCheckName"]: ("CostRate" in row, "BillRate" in row) for row in rows(demo, "Employee")
    }

    assert rates[vendors.CARVER] == (True, True)
    assert rates[vendors.KOEHLER] == (True, False)
    assert rates[vendors.OROURKE] == (False, True)
    assert rates[vendors.RAMAN] == (False, False)
    assert [row["DisplayName"] for row in rows(demo, "Employee") if not row["Active"]] == [
        "Hank Tillman (deleted)"
    ]


def test_items_that_are_not_sold_or_not_purchased(demo: DemoBooks) -> None:
    items = [row for row in rows(demo, "Item") if row["Type"] in ("Service", "NonInventory")]

    assert sorted(row["Name"] for row in items if "ExpenseAccountRef" not in row) == [
        "00-100 Design Consultation",
        "00-200 Builder's Fee",
        "00-300 Change Order",
    ]
    assert [row["Name"] for row in items if "IncomeAccountRef" not in row] == [
        "01-800 Small Tools & Consumables"
    ]
    assert [row["Name"] for row in items if not row["Active"]] == ["09-330 Vinyl Sheet Flooring (deleted)"]
    assert Counter(row["Type"] for row in rows(demo, "Item"))["Group"] == 1
    assert {ROUGH_FRAMING, FRAMING_ROUGH} <= {row["Name"] for row in items}


def test_references_exist_and_bear_the_name_of_what_they_mean(demo: DemoBooks) -> None:
    targets = {
        "VendorRef": "Vendor",
        "CustomerRef": "Customer",
        "EmployeeRef": "Employee",
        "ItemRef": "Item",
        "AccountRef": "Account",
        "APAccountRef": "Account",
        "ExpenseAccountRef": "Account",
        "IncomeAccountRef": "Account",
        "DepositToAccountRef": "Account",
        "BankAccountRef": "Account",
        "CCAccountRef": "Account",
        "SalesTermRef": "Term",
    }
    checked = 0
    for name, ref in references(list(demo.documents.values())):
        if name in targets:
            target = demo.documents[targets[name], ref["value"]]
            label = target.get("FullyQualifiedName") or target.get("DisplayName") or target.get("Name")
            assert ref.get("name", label) == label
            checked += 1
    assert checked > 2000


def references(node: Any) -> Iterator[tuple[str, Document]]:
    if isinstance(node, list):
        for child in node:
            yield from references(child)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name.endswith("Ref") and isinstance(value, dict) and "value" in value:
                yield name, value
            else:
                yield from references(value)


# Right to the cent


def test_totals_are_the_sums_of_lines(demo: DemoBooks) -> None:
    for entity in (*COSTS, "Invoice", "CreditMemo"):
        for row in rows(demo, entity):
            lines = [line for line in row["Line"] if line["DetailType"] != "SubTotalLineDetail"]
            tax = row.get("TxnTaxDetail", {}).get("TotalTax", 0)
            assert row["TotalAmt"] == sum(line["Amount"] for line in lines) + tax


def test_amounts_are_quantity_times_price(demo: DemoBooks) -> None:
    for entity in (*COSTS, "Invoice", "CreditMemo"):
        for line in (line for row in rows(demo, entity) for line in row["Line"]):
            detail = detail_of(line)
            if "UnitPrice" in detail:
                product = detail["Qty"] * detail["UnitPrice"]
                assert abs(product - line["Amount"]) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("payer", "target"),
    [
        ("BillPayment", "Bill"),
        ("BillPayment", "VendorCredit"),
        ("Payment", "Invoice"),
        ("Payment", "CreditMemo"),
    ],
)
def test_balances_are_what_payments_left(demo: DemoBooks, payer: str, target: str) -> None:
    applied: dict[str, Decimal] = defaultdict(Decimal)
    for payment in rows(demo, payer):
        for line in payment["Line"]:
            for link in line["LinkedTxn"]:
                if link["TxnType"] == target:
                    applied[link["TxnId"]] += line["Amount"]
                    assert payment["Id"] in [
                        linked["TxnId"] for linked in demo.documents[target, link["TxnId"]]["LinkedTxn"]
                    ]

    assert applied
    for row in rows(demo, target):
        assert row["Balance"] == row["TotalAmt"] - applied[row["Id"]]
        assert row["Balance"] >= 0


def test_payments_are_applied_in_full(demo: DemoBooks) -> None:
    credit_types = ("VendorCredit", "CreditMemo")
    for entity in ("BillPayment", "Payment"):
        for payment in rows(demo, entity):
            signed = [
                -line["Amount"] if line["LinkedTxn"][0]["TxnType"] in credit_types else line["Amount"]
                for line in payment["Line"]
            ]
            assert payment["TotalAmt"] == sum(signed)
            assert payment.get("UnappliedAmt", 0) == 0


def test_paid_partly_paid_and_open_bills_all_occur(demo: DemoBooks) -> None:
    states = Counter(
        "paid" if not row["Balance"] else "open" if row["Balance"] == row["TotalAmt"] else "part"
        for row in rows(demo, "Bill")
        if row["TotalAmt"]
    )

    assert states["paid"] > 40
    assert states["open"] > 15
    assert states["part"] >= 3


def test_balances_of_names_follow_from_their_documents(demo: DemoBooks) -> None:
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for sign, entity, party in ((1, "Bill", "VendorRef"), (-1, "VendorCredit", "VendorRef")):
        for row in rows(demo, entity):
            owed[row[party]["value"]] += sign * row["Balance"]
    due: dict[str, Decimal] = defaultdict(Decimal)
    for sign, entity in ((1, "Invoice"), (-1, "CreditMemo")):
        for row in rows(demo, entity):
            due[row["CustomerRef"]["value"]] += sign * row["Balance"]

    assert {row["Id"]: row["Balance"] for row in rows(demo, "Vendor")} == {
        row["Id"]: owed[row["Id"]] for row in rows(demo, "Vendor")
    }
    tops = [row for row in rows(demo, "Customer") if "ParentRef" not in row]
    assert sum(row["BalanceWithJobs"] for row in tops) == sum(due.values())
    receivable = named(demo, "Account", "Accounts Receivable (A/R)")
    assert receivable["CurrentBalance"] == sum(due.values())


def test_nobody_inactive_is_owed_or_owes_anything(demo: DemoBooks) -> None:
    inactive = [row for name in ("Customer", "Vendor") for row in rows(demo, name) if not row["Active"]]

    assert len(inactive) == 3
    assert {row["Balance"] for row in inactive} == {0}


def test_saving_a_document_unchanged_changes_nothing(filled: Books) -> None:
    """Every document passes the server's own rules, and the server would compute the very same fields."""
    for entity in RESAVED:
        for row in filled.all(entity):
            if str(row.get("PrivateNote", "")).startswith("Voided"):
                continue
            needed: Document = {name: row[name] for name in ("VendorRef", "PaymentType") if name in row}
            identity = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
            saved = filled.update(entity, {**needed, **identity})
            assert _without_version(saved) == _without_version(row), f"{entity} {row['Id']}"


def test_saving_a_name_unchanged_changes_nothing(filled: Books) -> None:
    for entity in LISTS:
        for row in filled.all(entity):
            if row.get("Type") == "Group":
                continue
            identity = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
            assert _without_version(filled.update(entity, identity)) == _without_version(row), row


def _without_version(row: Document) -> Document:
    kept = {name: value for name, value in row.items() if name not in ("SyncToken", "MetaData")}
    return {name: value for name, value in kept.items() if value != []}


def test_checks_and_sales_forms_are_numbered_in_order_of_date(demo: DemoBooks) -> None:
    checks = [row for row in rows(demo, "Purchase") if row["PaymentType"] == "Check"]
    checks += [row for row in rows(demo, "BillPayment") if row["PayType"] == "Check"]
    sales = rows(demo, "Invoice") + rows(demo, "CreditMemo")

    for documents, first in ((checks, 5101), (sales, 1001)):
        by_number = sorted(documents, key=lambda row: int(row["DocNumber"]))
        numbers = [int(row["DocNumber"]) for row in by_number]
        assert numbers == list(range(first, first + len(documents)))
        assert [row["TxnDate"] for row in by_number] == sorted(row["TxnDate"] for row in documents)


def test_billable_lines_have_charges(demo: DemoBooks) -> None:
    for entity in COSTS:
        for row in rows(demo, entity):
            for line in row["Line"]:
                billable = detail_of(line)["BillableStatus"] != "NotBillable" and line["Amount"]
                charges = [link["TxnId"] for link in line.get("LinkedTxn", [])]
                assert len(charges) == (1 if billable else 0)
                for charge_id in charges:
                    charge = demo.documents["ReimburseCharge", charge_id]
                    billed = detail_of(line)["BillableStatus"] == "HasBeenBilled"
                    assert (charge["Amount"], charge["HasBeenInvoiced"]) == (line["Amount"], billed)


def test_billed_hours_are_named_by_an_invoice(demo: DemoBooks) -> None:
    billed = {row["Id"] for row in rows(demo, "TimeActivity") if row["BillableStatus"] == "HasBeenBilled"}
    linked = {
        link["TxnId"]
        for invoice in rows(demo, "Invoice")
        for link in invoice.get("LinkedTxn", [])
        if link["TxnType"] == "TimeActivity"
    }

    assert len(billed) == 24
    assert billed == linked


# In the server's books


def test_the_deleted_bill_leaves_a_stub(filled: Books) -> None:
    ((entity, document_id),) = DemoBooks(filled.today()).cases["deleted_bill"]

    assert document_id in filled.shelf(entity).tombstones
    assert document_id not in {row["Id"] for row in filled.all(entity)}


def test_attachments_are_real_files(filled: Books) -> None:
    with_files = [row for row in filled.all("Attachable") if "FileName" in row]

    assert {row["Id"] for row in with_files} == set(filled.files)
    for row in with_files:
        content = filled.files[row["Id"]]
        assert row["Size"] == len(content)
        assert row["FileAccessUri"] == f"/v3/company/{filled.realm}/download/{row['Id']}"
        check = _is_pdf if row["ContentType"] == "application/pdf" else _is_png
        assert check(content)
    assert {row["ContentType"] for row in with_files} == {"application/pdf", "image/png"}
    assert [row for row in filled.all("Attachable") if "AttachableRef" not in row]


def _is_pdf(content: bytes) -> bool:
    table = int(content.rpartition(b"startxref\n")[2].split()[0])
    return content.startswith(b"%PDF-1.4") and content[table:].startswith(b"xref") and b"%%EOF" in content


def _is_png(content: bytes) -> bool:
    length, kind = struct.unpack(">I4s", content[8:16])
    checksum = struct.unpack(">I", content[16 + length : 20 + length])[0]
    return kind == b"IHDR" and checksum == zlib.crc32(content[12 : 16 + length])
