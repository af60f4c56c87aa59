"""API: the budget of a project, its lines, and the tie-out."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from budgets.counting import count_project
from budgets.models import BudgetLine
from integrations.models import Feed
from ressio.models import Activity, CostCode, Role
from ressio.scoping import scope
from tests.budgets.api_books import House, build_house
from tests.budgets.books import NOW, Books, open_books
from tests.support.api import Answer, Program
from tests.support.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def house(books: Books) -> House:
    return build_house(books)


def stored() -> list[Any]:
    return list(BudgetLine.objects.order_by("pk").values_list())


# Reading ------------------------------------------------------------------------------------------------------------


def test_the_budget_has_rows_totals_and_as_of(house: House) -> None:
    Feed.objects.create(
        company=house.books.company, connection=house.books.connection, entity="Bill", last_success_at=NOW
    )

    body = house.tom.get(f"{house.address}/budget").body

    framing = {
        "original": "800.00",
        "approved_changes": "0.00",
        "revised": "800.00",
        "actuals": "1162.10",
        "actual_lines": 4,
        "actual_hours": "7.0000",
        "left_out": "312.00",
        "left_out_lines": 2,
        "variance": "-362.10",
        "cost_to_complete": "0.00",
        "percent_spent": "145.3",
        "is_over": True,
    }
    paint = {
        "original": "0.00",
        "approved_changes": "0.00",
        "revised": "0.00",
        "actuals": "50.50",
        "actual_lines": 1,
        "actual_hours": "0.0000",
        "left_out": "0.00",
        "left_out_lines": 0,
        "variance": "-50.50",
        "cost_to_complete": "0.00",
        "percent_spent": None,
        "is_over": True,
    }
    assert body.pop("totals") == framing | {
        "actuals": "1212.60",
        "actual_lines": 5,
        "variance": "-412.60",
        "percent_spent": "151.6",
    }
    assert body == {
        "project_id": house.project.pk,
        "currency": "USD",
        "is_linked": True,
        "as_of": "2026-04-01T12:00:00Z",
        "categories": [{"name": "Structure", "figures": framing}, {"name": "Other", "figures": paint}],
        "rows": [
            {
                "cost_code_id": house.framing.pk,
                "cost_code_name": "06-100 Framing",
                "category": "Structure",
                "line_id": house.framing_line.pk,
                "notes": "As quoted",
                "figures": framing,
            },
            {
                "cost_code_id": house.paint.pk,
                "cost_code_name": "09-200 Painting",
                "category": "",
                "line_id": None,
                "notes": None,
                "figures": paint,
            },
        ],
    }


def test_the_tie_out_is_what_counting_says(house: House) -> None:
    body = house.tom.get(f"{house.address}/tie-out").body

    costs = count_project(house.project)
    told = {
        "total": body["quickbooks_total"],
        "counted": body["counted"],
        "excluded": body["excluded"],
        **{row["reason"]["code"]: row["tally"] for row in body["excluded_by_reason"]},
    }
    expected = {
        "total": costs.total,
        "counted": costs.counted,
        "excluded": costs.excluded,
        **{reason.code: tally for reason, tally in costs.excluded_by_reason.items()},
    }
    assert told == {
        name: {
            "lines": tally.lines,
            "amount": f"{tally.amount:.2f}",
            "tax": f"{tally.tax:.2f}",
            "hours": f"{tally.hours:.4f}",
            "hours_without_rate": f"{tally.unpriced_hours:.4f}",
        }
        for name, tally in expected.items()
    }
    assert (body["difference"], body["currency"], body["is_linked"], body["as_of"]) == (
        "0.00",
        "USD",
        True,
        None,
    )
    parts = [row["tally"]["amount"] for row in body["excluded_by_reason"]]
    assert sum(map(Decimal, parts)) == Decimal(body["excluded"]["amount"]) == Decimal("412.25")
    assert {
        row["kind"]: (row["counted"]["amount"], row["excluded"]["amount"]) for row in body["by_kind"]
    } == {
        "bill": ("950.50", "100.25"),
        "check": ("12.10", "0.00"),
        "card_credit": ("-30.00", "0.00"),
        "vendor_credit": ("0.00", "-8.00"),
        "time": ("280.00", "320.00"),
    }
    unlinked = next(row for row in body["excluded_by_reason"] if row["reason"]["code"] == "item_not_linked")
    assert unlinked["reason"] == {
        "code": "item_not_linked",
        "level": "problem",
        "title": "No cost code linked",
        "sentence": "The product or service of the line is not linked to a cost code, or time was entered "
        "without one.",
        "way_out": "Link the product or service to a cost code. Time without one needs a service chosen in "
        "QuickBooks.",
    }


def test_a_project_that_is_not_linked_has_nothing_to_count(house: House) -> None:
    house.dana.delete(f"quickbooks/links/projects/{house.project.pk}")

    budget, tie_out = (house.dana.get(f"{house.address}/{name}").body for name in ("budget", "tie-out"))

    assert (budget["is_linked"], budget["totals"]["actuals"], budget["totals"]["revised"]) == (
        False,
        "0.00",
        "800.00",
    )
    assert (tie_out["is_linked"], tie_out["quickbooks_total"]["lines"], tie_out["difference"]) == (
        False,
        0,
        "0.00",
    )


def test_a_switch_changes_the_figures_at_once(house: House) -> None:
    house.dana.patch(f"{house.address}/switches", vendor_credits=True)

    assert house.tom.get(f"{house.address}/budget").body["totals"]["actuals"] == "1204.60"


def test_the_number_of_queries_does_not_grow_with_the_budget(
    house: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        code = house.books.cost_code(f"Code {number}", f"x{number}")
        BudgetLine.objects.create(company=house.books.company, project=house.project, cost_code=code)
    house.tom.get(f"{house.address}/budget")

    with django_assert_max_num_queries(15):
        body = house.tom.get(f"{house.address}/budget").body

    assert len(body["rows"]) == 32


# Lines --------------------------------------------------------------------------------------------------------------


def add_line(house: House, **values: Any) -> Answer:
    fields = {"cost_code_id": house.spare.pk, "original_amount": "1250.00"} | values
    return house.tom.post(f"{house.address}/budget/lines", **fields)


def test_a_line_is_planned_changed_and_taken_away(house: House) -> None:
    added = add_line(house, approved_changes="-20.5", notes="Change order 1")
    line = f"{house.address}/budget/lines/{added.body['id']}"
    changed = house.tom.patch(line, original_amount=1300)

    assert (added.status, changed.status) == (201, 200)
    assert added.body == {
        "id": added.body["id"],
        "cost_code_id": house.spare.pk,
        "cost_code_name": "99-900 Spare",
        "original_amount": "1250.00",
        "approved_changes": "-20.50",
        "notes": "Change order 1",
    }
    assert changed.body == added.body | {"original_amount": "1300.00"}
    assert house.tom.get(f"{house.address}/budget").body["totals"]["revised"] == "2079.50"
    assert [house.tom.delete(line).status, house.tom.delete(line).status] == [204, 404]
    assert house.tom.get(f"{house.address}/budget").body["totals"]["revised"] == "800.00"


def test_the_same_change_again_changes_nothing(house: House) -> None:
    line = f"{house.address}/budget/lines/{house.framing_line.pk}"
    first = house.tom.patch(line, original_amount="900.00")
    state, activities = stored(), Activity.objects.count()

    second = house.tom.patch(line, original_amount="900.00")

    assert (second.body, stored(), Activity.objects.count()) == (first.body, state, activities)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (
            {"original_amount": "12.345"},
            {"original_amount": ["Ensure that there are no more than 2 decimal places."]},
        ),
        ({"original_amount": "much"}, {"original_amount": ["A valid number is required."]}),
        ({"original_amount": "NaN"}, {"original_amount": ["A valid number is required."]}),
        (
            {"original_amount": "12345678901.00"},
            {"original_amount": ["Ensure that there are no more than 12 digits in total."]},
        ),
        ({"original_amount": None}, {"original_amount": ["This field may not be null."]}),
        ({"notes": "x" * 501}, {"notes": ["Ensure this field has no more than 500 characters."]}),
        ({"cost_code_id": "framing"}, {"cost_code_id": ["A valid integer is required."]}),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(house: House, values: Any, errors: Any) -> None:
    state = stored()

    answer = add_line(house, **values)

    assert (answer.status, answer.body["errors"], stored()) == (400, errors, state)


@pytest.mark.parametrize("which", ["has a line", "inactive", "another company's", "nobody's"])
def test_a_cost_code_that_cannot_be_planned_is_refused(house: House, which: str) -> None:
    summit = open_books("summit")
    with scope(company=summit.company):
        foreign = CostCode.objects.create(company=summit.company, name="Roofing")
    CostCode.objects.filter(pk=house.spare.pk).update(is_active=False)
    ids = {
        "has a line": house.framing.pk,
        "inactive": house.spare.pk,
        "another company's": foreign.pk,
        "nobody's": 10**30,
    }
    state = stored()

    answer = add_line(house, cost_code_id=ids[which])

    words = "This is no active cost code without a budget line in this project."
    assert (answer.status, answer.body["errors"]) == (400, {"cost_code_id": [words]})
    assert stored() == state


# Import -------------------------------------------------------------------------------------------------------------

GOOD = 'Cost code,Original budget,Approved changes,Notes\n06-100 Framing,"1,000.00",(50),\n99-900 Spare,200,,New\n'


def test_a_table_is_imported_and_may_be_imported_again(house: House) -> None:
    answers = [
        house.tom.post(f"{house.address}/budget/import", csv=GOOD),
        house.tom.send_csv(f"{house.address}/budget/import", b"\xef\xbb\xbf" + GOOD.encode()),
    ]

    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    assert [
        (line["cost_code_name"], line["original_amount"], line["approved_changes"], line["notes"])
        for line in answers[0].body["lines"]
    ] == [("06-100 Framing", "1000.00", "-50.00", ""), ("99-900 Spare", "200.00", "0.00", "New")]
    assert house.tom.get(f"{house.address}/budget").body["totals"]["revised"] == "1150.00"


def test_one_bad_row_and_nothing_is_imported(house: House) -> None:
    state = stored()

    answer = house.tom.post(
        f"{house.address}/budget/import", csv="06-100 Framing,1000\nNo such code,5\n99-900 Spare,lots\n"
    )

    assert (answer.status, stored()) == (400, state)
    assert answer.body == {
        "detail": "Nothing was imported. 2 of the rows cannot be imported.",
        "errors": {
            "csv": ["Line 2: There is no cost code “No such code”.", "Line 3: “lots” is not an amount."]
        },
        "refused_rows": [
            {"row": 2, "text": "No such code, 5", "reason": "There is no cost code “No such code”."},
            {"row": 3, "text": "99-900 Spare, lots", "reason": "“lots” is not an amount."},
        ],
    }


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"06-100 Framing,\xff", "Nothing was imported. 1 of the rows cannot be imported."),
        (b"x" * (1024 * 1024 + 1), "The file is larger than 1 MB."),
        (b"", "The input was refused."),
        (b"06-100 Framing,\x00", "This is not a CSV file. Save the sheet as CSV and try again."),
        (b"Cost code\n", "Nothing was imported. 1 of the rows cannot be imported."),
        (b"06-100 Framing,1,1," + b"x" * 200_000, "Nothing was imported. 1 of the rows cannot be imported."),
    ],
)
def test_a_file_that_cannot_be_read(house: House, raw: bytes, detail: str) -> None:
    state = stored()

    answer = house.tom.send_csv(f"{house.address}/budget/import", raw)

    assert (answer.status, answer.body["detail"], stored()) == (400, detail, state)


# Who ----------------------------------------------------------------------------------------------------------------


def test_who_may_see_and_plan(house: House) -> None:
    summit = open_books("summit")
    with scope(company=summit.company):
        charlie = Program(make_member(summit.company, "Charlie", Role.ADMIN))
    charlie.base = house.dana.base
    line = f"budget/lines/{house.framing_line.pk}"
    routes = [("GET", "budget"), ("GET", "tie-out"), ("GET", "cost-lines"), ("PATCH", line)]
    routes += [("POST", "budget/lines"), ("POST", "budget/import"), ("DELETE", line)]
    state = stored()

    found = {
        name: {who.ask(method, f"{house.address}/{path}", {}).status for method, path in routes}
        for name, who in {"olga": house.other, "fred": house.fred, "charlie": charlie}.items()
    }

    assert found == {"olga": {404}, "fred": {403}, "charlie": {404}}
    assert stored() == state
