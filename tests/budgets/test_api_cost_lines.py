"""API: cost lines with their verdicts. However they are walked through, they add up to the tie-out."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries, Settings

from tests.budgets.api_books import House, build_house
from tests.budgets.books import Books
from tests.budgets.documents import bill, item_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def house(books: Books) -> House:
    return build_house(books)


def key(line: dict[str, Any]) -> tuple[str, str, str]:
    return line["entity"], line["document_id"], line["line_id"]


def add_up(lines: Iterable[dict[str, Any]]) -> Decimal:
    return sum((Decimal(line["amount"]) for line in lines), Decimal("0.00"))


def find(house: House, **query: Any) -> list[str]:
    """Document ids, in order."""
    return [line["document_id"] for line in house.tom.list_all(f"{house.address}/cost-lines", **query)]


def test_a_counted_line(house: House, settings: Settings) -> None:
    settings.QBO_ENVIRONMENT, settings.QBO_WEB_URL = "production", "https://books.example/app"

    (line,) = house.tom.get(f"{house.address}/cost-lines", kind="check").body["results"]

    assert line == {
        "entity": "Purchase",
        "document_id": "200",
        "line_id": "1",
        "kind": "check",
        "kind_label": "Check",
        "date": "2026-03-12",
        "number": "1042",
        "payee": "",
        "description": "",
        "verdict": "counted",
        "reason": None,
        "amount": "12.10",
        "tax": "0.00",
        "cost_code_id": house.framing.pk,
        "cost_code_name": "06-100 Framing",
        "item_id": "20",
        "item_name": "Item 20",
        "account_id": "",
        "account_name": "",
        "customer_id": "10",
        "customer_name": "Customer 10",
        "billable_status": "NotBillable",
        "quantity": None,
        "unit_price": None,
        "hours": None,
        "has_price": True,
        "rate_mark": "",
        "currency": "USD",
        "foreign_amount": None,
        "quickbooks_url": "https://books.example/app/check?txnId=200",
    }


def test_a_line_that_is_left_out_says_why_and_what_to_do(house: House) -> None:
    body = house.tom.get(f"{house.address}/cost-lines", reason="category_line").body

    (line,) = body["results"]
    assert (line["verdict"], line["cost_code_id"], line["cost_code_name"]) == ("excluded", None, None)
    assert (line["amount"], body["total_amount"], body["count"]) == ("20.00", "20.00", 1)
    assert line["reason"] == {
        "code": "category_line",
        "level": "problem",
        "title": "Entered under Category",
        "sentence": "The line names an account (Category) in QuickBooks and no product or service, "
        "so it cannot reach a cost code.",
        "way_out": "In QuickBooks, move the line from Category details to Item details and choose a product "
        "or service.",
    }


def test_hours_and_credits(house: House) -> None:
    time = house.tom.get(f"{house.address}/cost-lines", kind="time", verdict="counted").body["results"]
    credit = house.tom.get(f"{house.address}/cost-lines", kind="card_credit").body["results"]

    assert [(line["hours"], line["amount"], line["has_price"], line["payee"]) for line in time] == [
        ("7.0000", "280.00", True, "Emily Platt")
    ]
    assert [line["amount"] for line in credit] == ["-30.00"]


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        ({"verdict": "excluded", "kind": "bill"}, ["100", "101", "102"]),
        ({"reason": "credits_off"}, ["300"]),
        ({"reason": "credits_off", "verdict": "counted"}, []),
        ({"date_to": "2026-02-28"}, ["102"]),
        ({"date_from": "2026-02-02", "kind": "check"}, ["200"]),
        ({"amount_from": "50.50", "amount_to": "75.25", "sort": "amount"}, ["101", "100"]),
        ({"q": "b-102"}, ["102"]),
        ({"q": "900.00"}, ["100"]),
        ({"kind": "bill", "sort": "-amount"}, ["100", "100", "101", "101", "102"]),
        ({"kind": "bill", "sort": "amount", "limit": "2"}, ["102", "101", "101", "100", "100"]),
        ({"kind": "bill", "sort": "date"}, ["102", "100", "100", "101", "101"]),
    ],
)
def test_lines_are_searched_and_ordered(house: House, query: dict[str, str], documents: list[str]) -> None:
    assert find(house, **query) == documents


def test_lines_of_a_cost_code(house: House) -> None:
    assert find(house, cost_code=house.paint.pk) == ["101"]
    assert find(house, cost_code=house.spare.pk) == []


@pytest.mark.parametrize(
    "query",
    [
        {"verdict": "perhaps"},
        {"reason": "bad_luck"},
        {"kind": "gift"},
        {"cost_code": "framing"},
        {"date_from": "yesterday"},
        {"amount_from": "much"},
        {"sort": "colour"},
        {"q": "x" * 201},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(house: House, query: dict[str, str]) -> None:
    answer = house.tom.get(f"{house.address}/cost-lines", **query)

    assert (answer.status, list(answer.body["errors"])) == (400, list(query))


def test_a_nul_is_refused(house: House) -> None:
    assert house.tom.get(f"{house.address}/cost-lines", q="a\x00b").status == 400


@pytest.mark.parametrize("query", [{"cost_code": 10**30}, {"offset": 10**6}, {"offset": 7, "limit": 1}])
def test_odd_pieces_are_harmless(house: House, query: dict[str, Any]) -> None:
    answer = house.tom.get(f"{house.address}/cost-lines", **query)

    assert (answer.status, len(answer.body["results"])) == (200, 1 if query.get("limit") else 0)


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_all_pieces_together_are_the_tie_out(house: House, limit: int) -> None:
    lines = house.tom.list_all(f"{house.address}/cost-lines", limit=limit)
    whole = house.tom.get(f"{house.address}/cost-lines", limit=1).body
    tie_out = house.tom.get(f"{house.address}/tie-out").body

    assert max(Counter(map(key, lines)).values()) == 1
    assert len(lines) == whole["count"] == tie_out["quickbooks_total"]["lines"] == 10
    total = tie_out["quickbooks_total"]["amount"]
    assert f"{add_up(lines):.2f}" == whole["total_amount"] == total == "1624.85"
    counted = [line for line in lines if line["verdict"] == "counted"]
    assert (len(counted), add_up(counted)) == (
        tie_out["counted"]["lines"],
        Decimal(tie_out["counted"]["amount"]),
    )
    for row in tie_out["excluded_by_reason"]:
        code, tally = row["reason"]["code"], row["tally"]
        found = [line for line in lines if line["reason"] and line["reason"]["code"] == code]
        assert (len(found), add_up(found)) == (tally["lines"], Decimal(tally["amount"])), code
        assert list(map(key, house.tom.list_all(f"{house.address}/cost-lines", reason=code))) == list(
            map(key, found)
        )


def test_the_rows_of_the_budget_are_their_lines(house: House) -> None:
    budget = house.tom.get(f"{house.address}/budget").body

    for row in budget["rows"]:
        for verdict, figure in (("counted", "actuals"), ("excluded", "left_out")):
            lines = house.tom.list_all(
                f"{house.address}/cost-lines", cost_code=row["cost_code_id"], verdict=verdict, limit=2
            )
            assert f"{add_up(lines):.2f}" == row["figures"][figure]


def test_a_project_without_a_link_has_no_lines(house: House) -> None:
    house.dana.delete(f"quickbooks/links/projects/{house.project.pk}")

    assert house.dana.get(f"{house.address}/cost-lines").body == {
        "count": 0,
        "next": None,
        "previous": None,
        "results": [],
        "total_amount": "0.00",
    }


def test_a_piece_takes_a_fixed_number_of_queries(
    house: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = [item_line("1.00", "20", customer="10") for _ in range(60)]
    house.books.store("Bill", bill("500", *many))
    house.tom.get(f"{house.address}/cost-lines")

    with django_assert_max_num_queries(15):
        body = house.tom.get(f"{house.address}/cost-lines").body

    assert (len(body["results"]), body["total_amount"]) == (70, "1684.85")
