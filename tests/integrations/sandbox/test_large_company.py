"""The large company: its size and shape, right totals, and quick to make."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from itertools import islice

import pytest

from integrations.sandbox.books import Books
from integrations.sandbox.clock import Clock
from integrations.sandbox.companies.large import BUSY_PROJECT, SHARES, fill_large_books, large_documents
from integrations.sandbox.switches import Switches
from integrations.sandbox.wire import Document, dumps
from tests.integrations.sandbox.shared import REFERENCE, need
from tests.integrations.sandbox.test_schema import departures

TODAY = date(2026, 11, 21)
LISTS = {"Customer": 40, "Item": 120, "Vendor": 200, "Employee": 60}
Rows = list[tuple[str, Document]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return list(large_documents(2_000, today=TODAY))


def transactions(rows: Rows) -> Rows:
    return [(entity, row) for entity, row in rows if entity in SHARES]


def test_size_and_mix(rows: Rows) -> None:
    assert Counter(entity for entity, _ in rows) == {
        **LISTS,
        "Bill": 900,
        "Purchase": 800,
        "VendorCredit": 60,
        "TimeActivity": 240,
    }
    projects = [row for entity, row in rows if entity == "Customer" and row.get("IsProject")]
    assert len(projects) == 30


def test_two_runs_are_alike(rows: Rows) -> None:
    assert list(large_documents(2_000, today=TODAY)) == rows


def test_documents_have_a_realistic_size_and_one_to_three_lines(rows: Rows) -> None:
    sizes = [len(dumps(row)) for _, row in transactions(rows)]
    lines = Counter(len(row["Line"]) for _, row in transactions(rows) if "Line" in row)

    assert 900 <= sum(sizes) / len(sizes) <= 1500
    assert set(lines) == {1, 2, 3}


def test_totals_balances_and_references_are_right(rows: Rows) -> None:
    names = {(entity, row["Id"]): row for entity, row in rows if entity in LISTS}
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for entity, row in transactions(rows):
        if entity in ("Bill", "VendorCredit"):
            owed[row["VendorRef"]["value"]] += row["Balance"] if entity == "Bill" else -row["Balance"]
            assert row["Balance"] == row["TotalAmt"]
        for line in row.get("Line", []):
            customer = line[line["DetailType"]].get("CustomerRef")
            assert customer is None or ("Customer", customer["value"]) in names
        assert sum((line["Amount"] for line in row.get("Line", [])), Decimal(0)) == row.get("TotalAmt", 0)

    assert {key[1]: row["Balance"] for key, row in names.items() if key[0] == "Vendor"} == {
        row["Id"]: owed[row["Id"]] for entity, row in rows if entity == "Vendor"
    }


def test_it_keeps_to_the_schema(rows: Rows) -> None:
    schema = json.loads(need(REFERENCE / "schema.json").read_text())
    sent = [(entity, json.loads(dumps(row))) for entity, row in rows[:1000] + rows[-200:]]

    assert [problem for entity, row in sent for problem in departures(schema, entity, row, entity)] == []


def test_ids_and_dates_grow_together(rows: Rows) -> None:
    found = [(row["TxnDate"], int(row["Id"])) for _, row in transactions(rows)]

    assert found == sorted(found)
    assert found[0][0] >= "2024-11-01"
    assert found[-1][0] <= "2026-11-19"


def test_the_busy_project_has_a_sixteenth_of_the_lines_at_least(rows: Rows) -> None:
    lines = [line for _, row in transactions(rows) for line in row.get("Line", [])]
    busy = [
        line for line in lines if line[line["DetailType"]].get("CustomerRef", {}).get("value") == BUSY_PROJECT
    ]

    assert len(busy) >= len(lines) / 16


def test_the_books_take_it_and_their_rules_accept_it() -> None:
    books = Books("9341450000000099", Clock(), Switches())
    fill_large_books(books, count=300)

    assert sum(len(books.shelf(entity).rows) for entity in SHARES) == 300
    for entity in SHARES:
        for row in books.all(entity)[:20]:
            identity = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
            needed: Document = {name: row[name] for name in ("VendorRef", "PaymentType") if name in row}
            assert books.update(entity, {**needed, **identity}).get("TotalAmt") == row.get("TotalAmt")


def test_fifty_thousand_in_four_seconds_without_keeping_them() -> None:
    started = time.process_time()
    documents = large_documents(today=TODAY)
    count = sum(1 for _ in documents)

    assert count == 50_000 + sum(LISTS.values())
    assert time.process_time() - started < 4


def test_the_first_ones_come_at_once() -> None:
    """It is lazy: nobody waits for the last one to see the first."""
    started = time.process_time()

    assert len(list(islice(large_documents(today=TODAY), 500))) == 500
    assert time.process_time() - started < 1
