"""API: links between things of Ressio and rows of QuickBooks' lists."""

from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from integrations.models import (
    Connection,
    ConnectionStatus,
    CostCodeLink,
    EmployeeLink,
    ProjectLink,
    VendorLink,
)
from ressio.models import Activity
from ressio.scoping import scope
from tests.integrations.api_books import Ridge, make_cost_code, make_other_books, open_ridge
from tests.support.api import Program
from tests.support.cast import Cast

MODELS = (CostCodeLink, EmployeeLink, ProjectLink, VendorLink)


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def ridge(cast: Cast) -> Ridge:
    make_other_books(cast.summit)
    return open_ridge(cast)


def links_of(cast: Cast) -> list[tuple[Any, ...]]:
    """All links with all their columns."""
    with scope(company=cast.ridge):
        return [row for model in MODELS for row in model.objects.order_by("pk").values_list()]


def count_activities(cast: Cast) -> int:
    with scope(company=cast.ridge):
        return int(Activity.objects.count())


def test_a_cost_code_is_linked_read_listed_and_unlinked(ridge: Ridge) -> None:
    code = ridge.cast.framing.pk
    address = f"quickbooks/links/cost-codes/{code}"

    put = ridge.alice.put(address, item_id="20")
    read, listed = ridge.alice.get(address), ridge.alice.get("quickbooks/links/cost-codes")
    deleted = ridge.alice.delete(address)

    link = put.body
    assert (put.status, read.status, deleted.status, deleted.body) == (200, 200, 204, None)
    assert link.pop("linked_at")
    assert link == {
        "quickbooks_name": "Framing",
        "is_active_in_quickbooks": True,
        "is_deleted_in_quickbooks": False,
        "linked_by": "Alice",
        "cost_code_id": code,
        "cost_code_name": "0500 Framing",
        "item_id": "20",
    }
    assert read.body.pop("linked_at")
    assert (read.body, listed.body["count"]) == (link, 1)
    assert ridge.alice.get(address).status == 404
    assert links_of(ridge.cast) == []


def test_the_other_kinds_are_linked_alike(ridge: Ridge) -> None:
    cast = ridge.cast
    put = [
        ridge.alice.put(f"quickbooks/links/vendors/{cast.lumber_yard.pk}", quickbooks_vendor_id="55"),
        ridge.alice.put(f"quickbooks/links/team-members/{cast.bob.pk}", employee_id="70"),
        ridge.alice.put(f"quickbooks/links/projects/{cast.ridge_house.pk}", customer_id="11"),
    ]

    told = [{key: value for key, value in answer.body.items() if key[:6] != "linked"} for answer in put]
    shared = {"is_active_in_quickbooks": True, "is_deleted_in_quickbooks": False}
    assert told == [
        shared
        | {
            "quickbooks_name": "Lumber Yard",
            "vendor_id": cast.lumber_yard.pk,
            "vendor_name": "Lumber Yard",
            "quickbooks_vendor_id": "55",
        },
        shared
        | {
            "quickbooks_name": "Emily Platt",
            "team_member_id": cast.bob.pk,
            "team_member_name": "Bob",
            "employee_id": "70",
        },
        shared
        | {
            "quickbooks_name": "House",
            "project_id": cast.ridge_house.pk,
            "project_name": "Ridge House",
            "customer_id": "11",
            "include_sub_customers": False,
        },
    ]
    lists = [
        ridge.alice.list_all(f"quickbooks/links/{kind}") for kind in ("vendors", "team-members", "projects")
    ]
    assert lists == [[answer.body] for answer in put]


@pytest.mark.parametrize("repeat", ["PUT", "DELETE"])
def test_saying_it_twice_is_saying_it_once(ridge: Ridge, repeat: str) -> None:
    address, values = f"quickbooks/links/cost-codes/{ridge.cast.framing.pk}", {"item_id": "20"}
    ridge.alice.put(address, **values)
    first = ridge.alice.ask(repeat, address, values)
    state, activities = links_of(ridge.cast), count_activities(ridge.cast)

    second = ridge.alice.ask(repeat, address, values)

    assert (second.status, second.body) == (first.status, first.body)
    assert (links_of(ridge.cast), count_activities(ridge.cast)) == (state, activities)


def test_a_cost_code_may_change_its_item(ridge: Ridge) -> None:
    address = f"quickbooks/links/cost-codes/{ridge.cast.framing.pk}"
    ridge.alice.put(address, item_id="20")

    changed = ridge.alice.put(address, item_id="22")

    assert (changed.status, changed.body["item_id"], changed.body["is_active_in_quickbooks"]) == (
        200,
        "22",
        False,
    )


def test_what_a_verb_refuses_is_told_and_changes_nothing(ridge: Ridge) -> None:
    cast, alice = ridge.cast, ridge.alice
    paint = make_cost_code(cast, "0900 Paint")
    alice.put(f"quickbooks/links/cost-codes/{cast.framing.pk}", item_id="20")
    alice.put(f"quickbooks/links/projects/{cast.ridge_house.pk}", customer_id="11")
    state, activities = links_of(cast), count_activities(cast)

    refused = {
        "item is taken": alice.put(f"quickbooks/links/cost-codes/{paint.pk}", item_id="20"),
        "item is not purchased": alice.put(f"quickbooks/links/cost-codes/{paint.pk}", item_id="21"),
        "item of another company": alice.put(f"quickbooks/links/cost-codes/{paint.pk}", item_id="99"),
        "a contractor": alice.put(f"quickbooks/links/team-members/{cast.bob.pk}", employee_id="55"),
        "project has a customer": alice.put(
            f"quickbooks/links/projects/{cast.ridge_house.pk}", customer_id="12", include_sub_customers=True
        ),
        "customer has a project": alice.put(
            f"quickbooks/links/projects/{cast.ridge_barn.pk}", customer_id="11"
        ),
    }

    assert {why: answer.status for why, answer in refused.items()} == {
        "item is taken": 409,
        "item is not purchased": 400,
        "item of another company": 400,
        "a contractor": 400,
        "project has a customer": 409,
        "customer has a project": 409,
    }
    assert refused["item is taken"].body == {
        "detail": "“Framing” is already linked to the cost code “0500 Framing”. Unlink it there first."
    }
    assert refused["item of another company"].body == {
        "detail": "The input was refused.",
        "errors": {"item_id": ["QuickBooks has no such product or service. Sync the lists and try again."]},
    }
    assert "“I purchase this product/service from a vendor” is not ticked" in str(
        refused["item is not purchased"].body["errors"]["item_id"]
    )
    assert (links_of(cast), count_activities(cast)) == (state, activities)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"item_id": ["This field is required."]}),
        ({"item_id": None}, {"item_id": ["This field may not be null."]}),
        ({"item_id": ["20"]}, {"item_id": ["Not a valid string."]}),
        ({"item_id": "2" * 41}, {"item_id": ["Ensure this field has no more than 40 characters."]}),
        ({"item_id": "2\x000"}, {"item_id": ["Null characters are not allowed."]}),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_input_that_makes_no_sense(ridge: Ridge, values: Any, errors: dict[str, list[str]]) -> None:
    answer = ridge.alice.ask("PUT", f"quickbooks/links/cost-codes/{ridge.cast.framing.pk}", values)

    assert (answer.status, answer.body["errors"]) == (400, errors)


def test_what_the_company_does_not_have_is_not_found(ridge: Ridge) -> None:
    cast = ridge.cast
    foreign = {
        "cost-codes": cast.summit_code.pk,
        "vendors": cast.summit_vendor.pk,
        "team-members": cast.charlie.pk,
        "projects": cast.summit_tower.pk,
    }
    asked = [
        ridge.alice.ask(method, f"quickbooks/links/{kind}/{number}", {}).status
        for kind, pk in foreign.items()
        for number in (pk, 10**30)
        for method in ("GET", "PUT", "DELETE")
    ]

    assert asked == [404] * 24


def test_sub_customers_are_taken_in_and_out(ridge: Ridge) -> None:
    address = f"quickbooks/links/projects/{ridge.cast.ridge_house.pk}"
    ridge.alice.put(address, customer_id="10", include_sub_customers=True)

    answers = [
        ridge.alice.get(address),
        ridge.alice.patch(address, include_sub_customers=False),
        ridge.alice.get(address),
        ridge.alice.put(address, customer_id="10", include_sub_customers=True),
        ridge.alice.put(address, customer_id="10"),
    ]

    assert [answer.body["include_sub_customers"] for answer in answers] == [True, False, False, True, False]
    assert ridge.alice.patch(address).body["errors"] == {"include_sub_customers": ["This field is required."]}
    barn = f"quickbooks/links/projects/{ridge.cast.ridge_barn.pk}"
    assert ridge.alice.patch(barn, include_sub_customers=True).body == {
        "detail": "This project is not linked."
    }


def test_nothing_is_linked_while_quickbooks_is_disconnected(ridge: Ridge) -> None:
    address = f"quickbooks/links/cost-codes/{ridge.cast.framing.pk}"
    with scope(company=ridge.cast.ridge):
        Connection.objects.update(status=ConnectionStatus.DISCONNECTED)

    answer = ridge.alice.put(address, item_id="20")

    assert (answer.status, answer.body) == (
        409,
        {"detail": "QuickBooks is disconnected. Reconnect it in Settings → Integrations, then link."},
    )
    assert links_of(ridge.cast) == []


def test_before_a_connection_there_is_nothing_to_link(cast: Cast) -> None:
    answer = Program(cast.alice).put(f"quickbooks/links/cost-codes/{cast.framing.pk}", item_id="20")

    assert (answer.status, list(answer.body)) == (409, ["detail"])


@pytest.mark.parametrize("kind", ["cost-codes", "vendors", "team-members", "projects"])
def test_links_are_for_admins(ridge: Ridge, kind: str) -> None:
    asked = [
        program.ask(method, f"quickbooks/links/{kind}/{ridge.cast.framing.pk}", {"item_id": "20"}).status
        for program in (ridge.bob, ridge.fred)
        for method in ("GET", "PUT", "DELETE")
    ]

    assert asked == [403] * 6
    assert links_of(ridge.cast) == []


def test_a_list_of_links_takes_the_same_few_queries_however_long_it_is(
    ridge: Ridge, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        code = make_cost_code(ridge.cast, f"Code {number}")
        with scope(company=ridge.cast.ridge):
            CostCodeLink.objects.create(
                company=ridge.cast.ridge, connection=ridge.connection, cost_code=code, item_ref=f"9{number}"
            )
    ridge.alice.get("quickbooks/links/cost-codes")

    # token, company, connection, count, links
    with django_assert_num_queries(5):
        rows = ridge.alice.get("quickbooks/links/cost-codes").body["results"]

    assert [(row["cost_code_name"], row["quickbooks_name"]) for row in rows] == [
        (f"Code {number}", None) for number in range(5)
    ]
