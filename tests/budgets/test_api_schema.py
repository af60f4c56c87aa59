"""The description of the API at /api/schema/: programs are made from it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.budgets.api_books import build_house
from tests.budgets.books import Books
from tests.support.api_schema import check_answer, read_schema

COST_LINES = "/api/v1/companies/ridge/projects/1/cost-lines"
EMPTY: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": [], "total_amount": "0.00"}
METHODS = ("get", "post", "put", "patch", "delete")


def test_the_schema_is_valid_and_nothing_in_it_is_guessed(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_choices_have_names_of_their_own() -> None:
    names = {name for name, schema in read_schema()["components"]["schemas"].items() if "enum" in schema}

    assert names == {
        "AutomaticSync",
        "BillState",
        "BillableStatus",
        "BlankEnum",
        "ConflictChoice",
        "ConnectionState",
        "CostKind",
        "CostStructure",
        "CustomerKind",
        "ExclusionReason",
        "FileOrigin",
        "InvoiceState",
        "IssueLevel",
        "ItemState",
        "LaborBasis",
        "Origin",
        "PaymentKind",
        "ProfitShown",
        "PushOperation",
        "PushState",
        "Role",
        "RunKind",
        "RunStatus",
        "RunTrigger",
        "SectionKind",
        "ShiftState",
        "TaxMode",
        "TaxSide",
        "Verdict",
        "WhichOfTwo",
    }


def test_every_route_of_quickbooks_and_budget_says_what_it_does() -> None:
    mute = [
        f"{method} {path}"
        for path, methods in read_schema()["paths"].items()
        for method in METHODS
        if method in methods
        and methods[method]["tags"][0]
        in {"Budget", "Projects in QuickBooks", "QuickBooks", "QuickBooks syncs"}
        and not methods[method].get("description")
    ]

    assert mute == []


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (200, EMPTY | {"more": 1}, "'more' was unexpected"),
        (200, {key: EMPTY[key] for key in ("count", "results")}, "'total_amount' is a required property"),
        (200, EMPTY | {"results": [{"amount": 1.5}]}, "1.5 is not of type 'string'"),
        (409, {"detail": "No."}, "answers 409, which its schema does not name"),
    ],
)
def test_an_answer_the_schema_does_not_promise_is_noticed(status: int, body: Any, complaint: str) -> None:
    check_answer(method="GET", path=COST_LINES, status=200, body=EMPTY)

    with pytest.raises(AssertionError, match=complaint):
        check_answer(method="GET", path=COST_LINES, status=status, body=body)


@pytest.mark.django_db
def test_options_are_not_answered(books: Books) -> None:
    """The schema says it all. Some tools ask nevertheless, and must not be the cause of an error."""
    house = build_house(books)
    numbers = {
        "company": books.company.slug,
        "project_id": house.project.pk,
        "cost_code_id": house.framing.pk,
        "line_id": house.framing_line.pk,
        "vendor_id": 1,
        "bill_id": 1,
        "bill_file_id": 1,
        "invoice_id": 1,
        "received_payment_id": 1,
        "file_id": 1,
        "member_id": 1,
        "run_id": 1,
        "push_id": 1,
        "shift_id": 1,
    }
    paths = [path.format(**numbers) for path in read_schema()["paths"] if "{company}" in path]

    found = {path: house.dana.client.options(path).status_code for path in paths}

    assert len(found) > 30
    assert set(found.values()) == {405}


def test_anybody_may_read_the_schema(client: Client) -> None:
    answer = client.get("/api/schema/")

    assert answer.status_code == 200
    assert b"/api/v1/companies/{company}/projects/{project_id}/cost-lines" in answer.content
