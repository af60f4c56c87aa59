"""The gateway and the stand-in, over real HTTP: every read, and every way in which the line can fail."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.gateway import Gateway, NotFound, Page, Refused, Unreachable, quote
from integrations.models import Connection, ConnectionStatus
from ressio.scoping import scope
from tests.support.sandbox import Realm

NAMES = ("O'Neil & Søns", "Back\\slash", "Plus + Percent %", "Plain")


@pytest.fixture
def vendors(realm: Realm) -> list[str]:
    realm.load_documents(
        *({"Vendor": {"Id": str(200 + n), "DisplayName": name}} for n, name in enumerate(NAMES))
    )
    return [str(200 + n) for n in range(len(NAMES))]


def ids_of(page: Page) -> list[str]:
    return sorted(str(row.data["Id"]) for row in page.rows)


def test_pages_of_a_query(connection: Connection, vendors: list[str]) -> None:
    gateway = Gateway(connection)

    pages = [
        gateway.query_rows("Vendor", start=start, size=3, order="MetaData.LastUpdatedTime")
        for start in (1, 4, 7)
    ]

    assert [len(page.rows) for page in pages] == [3, 1, 0]
    assert sorted(ids_of(pages[0]) + ids_of(pages[1])) == vendors
    assert gateway.count("Vendor") == 4
    assert gateway.count("Bill") == 0


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_asked_for(connection: Connection, vendors: list[str], name: str) -> None:
    page = Gateway(connection).query_rows("Vendor", where=f"DisplayName = {quote(name)}")

    assert [row.data["DisplayName"] for row in page.rows] == [name]


def test_a_statement_that_needs_the_body(connection: Connection, vendors: list[str]) -> None:
    ids = ",".join(quote(str(number)) for number in range(1, 500))

    page = Gateway(connection).query_rows("Vendor", where=f"Id in ({ids})")

    assert ids_of(page) == vendors


def test_changes_with_deletions(connection: Connection, realm: Realm, vendors: list[str]) -> None:
    line = {
        "Id": "1",
        "Amount": 10,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "1"}},
    }
    bills = [
        {"Bill": {"Id": bill_id, "VendorRef": {"value": vendors[0]}, "Line": [line], "TotalAmt": 10}}
        for bill_id in ("900", "901")
    ]
    realm.load_documents(*bills)
    realm.delete_document("Bill", "901")

    changes = Gateway(connection).changes(["Bill", "Vendor"], timezone.now() - timedelta(days=1))

    assert [row.data["Id"] for row in changes.rows["Bill"]] == ["900"]
    assert [stone.id for stone in changes.deleted["Bill"]] == ["901"]
    assert sorted(row.data["Id"] for row in changes.rows["Vendor"]) == vendors
    assert not changes.is_truncated
    assert abs(changes.server_time - timezone.now()) < timedelta(minutes=1)


def test_changes_older_than_thirty_days_are_refused_with_a_code(connection: Connection) -> None:
    with pytest.raises(Refused) as caught:
        Gateway(connection).changes(["Bill"], timezone.now() - timedelta(days=31))

    assert caught.value.status == 400
    assert caught.value.code


def test_a_batch_mixes_rows_counts_and_faults(
    connection: Connection, realm: Realm, vendors: list[str]
) -> None:
    page, count, refused = Gateway(connection).batch_queries(
        ["select * from Vendor", "select count(*) from Vendor", "select * from Vendor where Nonsense = '1'"]
    )

    assert isinstance(page, Page)
    assert (ids_of(page), count) == (vendors, 4)
    assert isinstance(refused, Refused)
    assert refused.code == "4001"
    assert realm.count_requests()["total"] == 1


def test_single_documents(connection: Connection, realm: Realm, vendors: list[str]) -> None:
    gateway = Gateway(connection)

    assert gateway.read("Vendor", vendors[0]).data["DisplayName"] == NAMES[0]
    assert gateway.read("CompanyInfo").data["CompanyName"]
    assert "CurrencyPrefs" in gateway.read("Preferences").data
    with pytest.raises(NotFound):
        gateway.read("Vendor", "99999")


@pytest.mark.parametrize(
    "action", ["500", "503", "html502", "429", "401", "drop_before", "drop_after", "slow:0.2"]
)
@pytest.mark.parametrize("operation", ["query", "cdc", "batch", "read"])
def test_a_line_that_fails_once_is_not_noticed(
    connection: Connection, realm: Realm, vendors: list[str], action: str, operation: str
) -> None:
    gateway = Gateway(connection)
    asks: dict[str, Any] = {
        "query": lambda: len(gateway.query_rows("Vendor").rows),
        "cdc": lambda: len(gateway.changes(["Vendor"], timezone.now() - timedelta(days=1)).rows["Vendor"]),
        "batch": lambda: gateway.batch_queries(["select count(*) from Vendor"])[0],
        "read": lambda: len([gateway.read("Vendor", vendors[0])]) * 4,
    }
    realm.fail_next(action, operation=operation, times=1)

    assert asks[operation]() == 4
    with scope(company=connection.company_id):
        assert Connection.objects.get().status == ConnectionStatus.CONNECTED


def test_a_line_that_keeps_failing_ends_with_a_fault_and_not_with_no_rows(
    connection: Connection, realm: Realm, vendors: list[str]
) -> None:
    realm.fail_next("drop_before", operation="query", times=99)

    with pytest.raises(Unreachable):
        Gateway(connection).query_rows("Vendor")

    assert realm.count_requests()["operations"]["query"] == 4


def test_waiting_for_an_answer_ends(connection: Connection, realm: Realm, settings: Settings) -> None:
    settings.QBO_READ_TIMEOUT = 0.3
    settings.QBO_READ_ATTEMPTS = 1
    realm.fail_next("slow:2", operation="query", times=1)

    with pytest.raises(Unreachable) as caught:
        Gateway(connection).count("Vendor")

    assert caught.value.code == "ReadTimeout"


@pytest.mark.parametrize("body", ["json", "xml"])
def test_every_form_of_429_is_known(connection: Connection, realm: Realm, body: str) -> None:
    realm.send("POST", "switches", {"throttle_body": body})
    realm.fail_next("429", operation="query", times=1)

    assert Gateway(connection).count("Vendor") == 0
    assert realm.count_requests()["statuses"] == {"429": 1, "200": 1}
