"""API: how the connection stands, and QuickBooks' lists."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from integrations.models import ApiUsage, Connection, ConnectionStatus, Feed, QuickBooksVendor, SyncRun
from ressio.scoping import scope
from tests.integrations.api_books import Ridge, make_other_books, open_ridge
from tests.integrations.linking.conftest import Books
from tests.support.api import Program
from tests.support.cast import Cast

LISTS = ("customers", "items", "vendors", "employees", "accounts")


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def ridge(cast: Cast) -> Ridge:
    make_other_books(cast.summit)
    return open_ridge(cast)


# The connection -----------------------------------------------------------------------------------------------------


def test_before_the_first_connection(cast: Cast) -> None:
    alice = Program(cast.alice)

    assert alice.get("quickbooks").body == {
        "status": "never_connected",
        "status_reason": "",
        "health": "QuickBooks Online is not connected, so nothing is synced.",
        "books_name": "",
        "country": "",
        "home_currency": "",
        "has_payroll": False,
        "automatic_sync": "manual",
        "connected_by": None,
        "connected_at": None,
        "disconnected_at": None,
        "reconnect_by": None,
        "lists_as_of": None,
        "expenses_as_of": None,
        "invoices_as_of": None,
        "requests_this_month": 0,
        "metered_this_month": 0,
        "active_run_id": None,
    }
    assert {alice.get(f"quickbooks/{name}").status for name in LISTS} == {409}


def test_how_the_connection_stands(ridge: Ridge) -> None:
    ends, read = datetime(2030, 5, 1, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC)
    with scope(company=ridge.cast.ridge):
        shared = {"company": ridge.cast.ridge, "connection": ridge.connection}
        Connection.objects.update(
            connected_by=ridge.cast.alice.user,
            connected_at=read,
            sign_in_ends_at=ends,
            country="US",
            has_payroll=True,
        )
        run = SyncRun.objects.create(**shared, kind="all", trigger="button")
        Feed.objects.create(**shared, entity="Bill", last_success_at=read)
        Feed.objects.create(**shared, entity="Vendor", last_success_at=read + timedelta(hours=1))
        month: date = timezone.now().astimezone(UTC).date().replace(day=1)
        ApiUsage.objects.create(**shared, month=month, requests=12, metered=5)

    assert ridge.alice.get("quickbooks").body == {
        "status": "connected",
        "status_reason": "",
        "health": "Everything in QuickBooks is here, and nothing needs you.",
        "books_name": "Ridge Builders books",
        "country": "US",
        "home_currency": "USD",
        "has_payroll": True,
        "automatic_sync": "manual",
        "connected_by": "Alice",
        "connected_at": "2026-03-01T08:00:00Z",
        "disconnected_at": None,
        "reconnect_by": "2030-05-01T00:00:00Z",
        "lists_as_of": "2026-03-01T09:00:00Z",
        "expenses_as_of": "2026-03-01T08:00:00Z",
        "invoices_as_of": None,
        "requests_this_month": 12,
        "metered_this_month": 5,
        "active_run_id": run.pk,
    }


def test_neither_realm_nor_tokens_are_told(ridge: Ridge) -> None:
    with scope(company=ridge.cast.ridge):
        connection = Connection.objects.get()
        connection.access_token, connection.refresh_token = "the access token", "the refresh token"
        connection.save()

    text = str(ridge.alice.get("quickbooks").body)

    assert [word for word in ("9130001", "the access token", "the refresh token") if word in text] == []


# The lists ----------------------------------------------------------------------------------------------------------


def test_items_with_their_eligibility_and_accounts(ridge: Ridge) -> None:
    ridge.alice.put(f"quickbooks/links/cost-codes/{ridge.cast.framing.pk}", item_id="20")

    rows = {row["id"]: row for row in ridge.alice.get("quickbooks/items").body["results"]}

    assert rows["20"] == {
        "id": "20",
        "name": "Framing",
        "is_active": True,
        "is_deleted": False,
        "full_name": "Structure:Framing",
        "type": "Service",
        "description": "",
        "sku": "FR-1",
        "parent_id": "",
        "income_account_id": "1",
        "income_account_name": "Construction Income",
        "expense_account_id": "2",
        "expense_account_name": "Job Materials",
        "eligibility": {
            "is_eligible": True,
            "state": "eligible",
            "sentence": "It is sold and purchased.",
            "way_out": "",
        },
        "cost_code_id": ridge.cast.framing.pk,
    }
    assert rows["21"]["eligibility"]["state"] == "not_purchased"
    assert "tick “I purchase this”" in rows["21"]["eligibility"]["way_out"]
    assert (rows["21"]["expense_account_name"], rows["21"]["cost_code_id"]) == (None, None)
    assert sorted(rows) == ["20", "21", "22"]


def test_customers_come_as_the_tree_that_is_chosen_from(ridge: Ridge) -> None:
    house = ridge.cast.ridge_house.pk
    ridge.alice.put(f"quickbooks/links/projects/{house}", customer_id="11")

    rows = ridge.alice.get("quickbooks/customers").body["results"]

    told = [
        (row["full_name"], row["kind"], row["parent_id"], row["depth"], row["project_id"]) for row in rows
    ]
    assert told == [
        ("Quill", "customer", "", 0, None),
        ("Quill:Garden", "sub_customer", "10", 1, None),
        ("Quill:House", "project", "10", 1, house),
        ("Quill & Sons", "customer", "", 0, None),
    ]
    assert [row["can_be_linked"] for row in rows] == [True, True, False, True]
    found = ridge.alice.get("quickbooks/customers", search="hou quill").body["results"]
    assert [row["id"] for row in found] == ["11"]


def test_vendors_employees_and_accounts(ridge: Ridge) -> None:
    ridge.alice.put(f"quickbooks/links/vendors/{ridge.cast.lumber_yard.pk}", quickbooks_vendor_id="55")

    vendors, employees, accounts = (
        ridge.alice.get(f"quickbooks/{name}").body["results"] for name in ("vendors", "employees", "accounts")
    )

    assert vendors[0] == {
        "id": "55",
        "name": "Lumber Yard",
        "is_active": True,
        "is_deleted": False,
        "email": "desk@lumberyard.example",
        "phone": "",
        "is_1099": True,
        "vendor_id": ridge.cast.lumber_yard.pk,
    }
    assert employees[1] == {
        "id": "70",
        "name": "Emily Platt",
        "is_active": True,
        "is_deleted": False,
        "email": "",
        "cost_rate": "41.2500000",
        "bill_rate": None,
        "team_member_id": None,
    }
    assert accounts[0] == {
        "id": "1",
        "name": "Construction Income",
        "is_active": True,
        "is_deleted": False,
        "full_name": "Construction Income",
        "number": "",
        "type": "Income",
        "classification": "",
    }


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"search": "structure"}, ["20"]),
        ({"is_active": "false"}, ["22"]),
        ({"is_linked": "true"}, ["20"]),
        ({"is_linked": "false"}, ["22", "21"]),
        ({"limit": "1", "offset": "1"}, ["21"]),
    ],
)
def test_lists_are_searched(ridge: Ridge, query: dict[str, str], ids: list[str]) -> None:
    ridge.alice.put(f"quickbooks/links/cost-codes/{ridge.cast.framing.pk}", item_id="20")

    assert [row["id"] for row in ridge.alice.get("quickbooks/items", **query).body["results"]] == ids


def test_a_list_takes_the_same_few_queries_however_long_it_is(
    ridge: Ridge, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with scope(company=ridge.cast.ridge):
        for number in range(100, 140):
            Books(ridge.connection).item(str(number), f"Item {number}")
    ridge.alice.get("quickbooks/items")  # the token's use is noted

    # token, company, connection, count, rows
    with django_assert_num_queries(5):
        rows = ridge.alice.get("quickbooks/items").body["results"]

    assert len(rows) == 43


def test_lists_stay_readable_after_a_disconnect_and_show_what_was_deleted(ridge: Ridge) -> None:
    with scope(company=ridge.cast.ridge):
        Connection.objects.update(status=ConnectionStatus.DISCONNECTED)
        QuickBooksVendor.objects.filter(quickbooks_id="56").update(is_deleted=True)

    rows = ridge.alice.get("quickbooks/vendors").body["results"]

    assert [(row["id"], row["is_deleted"]) for row in rows] == [("55", False), ("56", True)]


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_for_admins_of_the_company(ridge: Ridge, name: str) -> None:
    charlie = Program(ridge.cast.charlie)
    charlie.base = ridge.alice.base

    asked = [program.get(f"quickbooks/{name}").status for program in (ridge.bob, ridge.fred, charlie)]

    assert asked == [403, 403, 404]
