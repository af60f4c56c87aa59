"""Writes that travel together: the bytes that go out, what came of each item, and no item carried out twice."""

import json
from typing import Any

import pytest
import requests
import responses

from integrations.gateway import (
    BatchWrite,
    Garbled,
    Gateway,
    QuickBooksError,
    Refused,
    Row,
    StaleObject,
    Throttled,
    Unreachable,
)
from integrations.gateway.batch_writes import BATCH_VOIDS
from integrations.models import ApiUsage, Connection, Exchange, Throttle, ThrottleLease
from ressio.scoping import scope
from tests.integrations.gateway.conftest import COMPANY_URL
from tests.integrations.gateway.test_client import TIME, exchanges_of, sent_query
from tests.support.sandbox import Realm

Http = responses.RequestsMock
BATCH_URL = f"{COMPANY_URL}/batch"


def vendor(bid: str, name: str) -> BatchWrite:
    return BatchWrite(bid, "create", "Vendor", json.dumps({"DisplayName": name}).encode())


def identify(document: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"Id": document["Id"], "SyncToken": document["SyncToken"], **more}).encode()


def row(found: Row | QuickBooksError) -> dict[str, Any]:
    assert isinstance(found, Row)
    return found.data


def names_of(realm: Realm) -> list[str]:
    return sorted(document["DisplayName"] for document in realm.list_documents("Vendor"))


@pytest.fixture
def lumber(realm: Realm) -> dict[str, Any]:
    return realm.enter_document("Vendor", {"DisplayName": "Old Lumber"})


# Against the stand-in --------------------------------------------------------------------------------------


def test_one_bad_row_stops_no_other(connection: Connection, realm: Realm, lumber: dict[str, Any]) -> None:
    stale = json.dumps({"Id": lumber["Id"], "SyncToken": "7", "sparse": True}).encode()

    found = Gateway(connection).batch_write(
        [
            vendor("a", "New"),
            vendor("b", "new"),
            BatchWrite("c", "update", "Vendor", stale),
            vendor("d", "Y"),
        ],
        request_id="batch-1",
    )

    assert list(found) == ["a", "b", "c", "d"]
    assert row(found["a"])["DisplayName"] == "New"
    assert isinstance(found["b"], Refused)
    assert found["b"].code == "6240"
    assert isinstance(found["c"], StaleObject)
    assert names_of(realm) == ["New", "Old Lumber", "Y"]


def test_the_same_ids_again_carry_nothing_out_again(connection: Connection, realm: Realm) -> None:
    gateway, items = Gateway(connection), [vendor("a", "One"), vendor("b", "Two")]

    first = gateway.batch_write(items, request_id="batch-1")
    again = gateway.batch_write(items, request_id="batch-1")

    assert again == first
    assert names_of(realm) == ["One", "Two"]


def test_after_a_lost_answer_the_same_batch_gives_each_document_once(
    connection: Connection, realm: Realm
) -> None:
    gateway, items = Gateway(connection), [vendor("a", "One"), vendor("b", "Two")]
    realm.fail_next("drop_after", operation="batch")

    with pytest.raises(Unreachable):
        gateway.batch_write(items, request_id="batch-1")
    found = gateway.batch_write(items, request_id="batch-1")

    stored = {document["DisplayName"]: document["Id"] for document in realm.list_documents("Vendor")}
    assert stored == {row(each)["DisplayName"]: row(each)["Id"] for each in found.values()}
    assert realm.count_requests()["operations"]["batch"] == 2


def test_a_refused_token_does_not_carry_anything_out_twice(connection: Connection, realm: Realm) -> None:
    realm.fail_next("401", operation="batch")

    Gateway(connection).batch_write([vendor("a", "One")], request_id="batch-1")

    assert names_of(realm) == ["One"]


def test_a_deleted_document_answers_with_its_status(connection: Connection, realm: Realm) -> None:
    customer = realm.enter_document("Customer", {"DisplayName": "Ann"})
    payment = realm.enter_document("Payment", {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 25})

    found = Gateway(connection).batch_write(
        [BatchWrite("p", "delete", "Payment", identify(payment))], request_id="batch-1"
    )

    assert row(found["p"]) == {"status": "Deleted", "domain": "QBO", "Id": payment["Id"]}
    assert realm.list_documents("Payment") == []


def test_payments_and_invoices_are_voided(connection: Connection, realm: Realm) -> None:
    customer = realm.enter_document("Customer", {"DisplayName": "Ann"})
    income = realm.enter_document("Account", {"Name": "Sales of the shop", "AccountType": "Income"})
    item = realm.enter_document(
        "Item", {"Name": "Labor", "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}}
    )
    line = {
        "Amount": 40,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}},
    }
    to = {"CustomerRef": {"value": customer["Id"]}}
    payment = realm.enter_document("Payment", {**to, "TotalAmt": 25})
    invoice = realm.enter_document("Invoice", {**to, "Line": [line]})

    found = Gateway(connection).batch_write(
        [
            BatchWrite("p", "void", "Payment", identify(payment, sparse=True)),
            BatchWrite("i", "void", "Invoice", identify(invoice)),
        ],
        request_id="batch-1",
    )

    assert [row(found[bid])["TotalAmt"] for bid in ("p", "i")] == [0, 0]
    assert [row(found[bid])["PrivateNote"] for bid in ("p", "i")] == ["Voided", "Voided"]


def test_thirty_writes_are_one_metered_request_and_one_batch(connection: Connection, realm: Realm) -> None:
    items = [vendor(f"w{number}", f"Vendor {number}") for number in range(30)]

    found = Gateway(connection).batch_write(items, request_id="r" * 36)

    assert [row(each)["DisplayName"] for each in found.values()] == [f"Vendor {n}" for n in range(30)]
    with scope(company=connection.company_id):
        usage, exchange, lease = ApiUsage.objects.get(), Exchange.objects.get(), ThrottleLease.objects.get()
    assert (usage.requests, usage.metered) == (1, 1)
    assert (exchange.operation, exchange.entity, exchange.is_metered) == ("batch", "30 writes", True)
    assert lease.is_batch


# Single answers --------------------------------------------------------------------------------------------


def test_payloads_travel_byte_for_byte(canned: Connection, http: Http) -> None:
    payloads = [
        '{ "TotalAmt":1.10,\n"Note":"Søns \\u00e9 1.0E2" , "Big":12345678901234567890.00}'.encode(),
        b'{"Id":"9","SyncToken":"0","sparse":true}',
    ]
    http.post(BATCH_URL, json={"BatchItemResponse": [], "time": TIME})
    items = [
        BatchWrite("a", "create", "Bill", payloads[0], options="allowduplicatedocnum"),
        BatchWrite("b", "void", "BillPayment", payloads[1]),
    ]

    Gateway(canned).batch_write(items, request_id="batch-1")

    body = http.calls[0].request.body
    assert body == (
        b'{"BatchItemRequest":['
        b'{"bId": "a", "operation": "create", "optionsData": "allowduplicatedocnum","Bill":'
        + payloads[0]
        + b'},{"bId": "b", "operation": "update", "optionsData": "void","BillPayment":'
        + payloads[1]
        + b"}]}"
    )
    json.loads(body)
    assert sent_query(http.calls[0]) == {"requestid": ["batch-1"], "minorversion": ["75"]}
    assert http.calls[0].request.headers["Content-Type"] == "application/json"


def test_answers_are_told_apart_by_name_and_what_is_missing_is_unknown(
    canned: Connection, http: Http
) -> None:
    answers = [
        {"Vendor": {"Id": "2", "SyncToken": "0"}, "bId": "b"},
        {"bId": "c", "Bill": {"Id": "3"}},
        {"bId": "d", "Fault": {"Error": [{"code": "6210"}]}},
        {"bId": "e", "BatchItemResponse": []},
        {"bId": "stranger", "Vendor": {"Id": "9"}},
    ]
    http.post(BATCH_URL, json={"BatchItemResponse": answers, "time": TIME}, headers={"intuit_tid": "1-tid"})

    found = Gateway(canned).batch_write([vendor(bid, bid) for bid in "abcde"], request_id="batch-1")

    kinds = {bid: type(each) for bid, each in found.items()}
    assert kinds == {"a": Garbled, "b": Row, "c": Garbled, "d": Refused, "e": Garbled}
    assert isinstance(found["a"], Garbled)
    assert found["a"].intuit_tid == "1-tid"
    assert found["b"] == Row({"Id": "2", "SyncToken": "0"}, '{"Id": "2", "SyncToken": "0"}')


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        ({"body": requests.ReadTimeout("slow")}, Unreachable),
        ({"body": requests.exceptions.ChunkedEncodingError("cut")}, Unreachable),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, Unreachable),
        ({"status": 429, "body": "<html>busy</html>"}, Throttled),
        ({"status": 400, "json": {"Fault": {"Error": [{"code": "1040"}]}}}, Refused),
        ({"json": {"Fault": {"Error": [{"code": "10000"}]}}}, Refused),
        ({"body": '{"BatchItemResponse":[{"bId":"a","Vendor":{"Id":"1"'}, Garbled),
        ({"body": "<html>Sign in</html>"}, Garbled),
        ({"json": {"time": TIME}}, Garbled),
    ],
)
def test_a_batch_that_fails_whole_raises_and_is_sent_once(
    canned: Connection, http: Http, answer: dict[str, Any], family: type[Exception]
) -> None:
    http.post(BATCH_URL, **answer)

    with pytest.raises(family):
        Gateway(canned).batch_write([vendor("a", "One")], request_id="batch-1")

    assert len(http.calls) == len(exchanges_of(canned)) == 1
    if family is Throttled:
        with scope(company=canned.company_id):
            assert Throttle.objects.get().paused_until is not None


# What is not sent ------------------------------------------------------------------------------------------

ONE = vendor("a", "One")


@pytest.mark.parametrize(
    ("items", "request_id", "reason"),
    [
        ([], "r", "1 to 30 writes"),
        ([vendor(f"w{number}", "x") for number in range(31)], "r", "1 to 30 writes"),
        ([ONE, ONE], "r", "bid of its own"),
        ([ONE._replace(bid="x" * 11)], "r", "1 to 10 characters"),
        ([ONE._replace(bid="")], "r", "1 to 10 characters"),
        ([ONE], "r" * 37, "1 to 36 characters"),
        ([ONE], "", "1 to 36 characters"),
        ([BatchWrite("a", "explode", "Vendor", b"{}")], "r", "no operation"),  # type: ignore[arg-type]
        ([ONE._replace(entity='X":{},"Y')], "r", "names no entity"),
        ([ONE._replace(options="void")], "r", "void is none"),
        ([ONE._replace(options='x","y":"z')], "r", "words with commas"),
        ([ONE._replace(payload=b'{}},{"bId":"z","operation":"delete","Bill":{"Id":"1"}')], "r", "Extra data"),
        ([ONE._replace(payload=b"[]")], "r", "no JSON object"),
        ([ONE._replace(payload=b'{"TotalAmt":NaN}')], "r", "NaN"),
        ([ONE._replace(payload=b'{"a":"\xff"}')], "r", "utf-8"),
        *(
            ([ONE._replace(operation="void", entity=entity)], "r", f"cannot void a {entity}")
            for entity in ("Bill", "JournalEntry", "Purchase", "Vendor")
        ),
    ],
)
def test_what_could_not_be_understood_is_not_sent(
    canned: Connection, http: Http, items: list[BatchWrite], request_id: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        Gateway(canned).batch_write(items, request_id=request_id)

    assert len(http.calls) == 0


def test_what_can_be_voided_alone_can_be_voided_in_a_batch() -> None:
    from integrations.gateway.calls import VOID_PARAMS

    assert set(BATCH_VOIDS) == set(VOID_PARAMS)


# Options of single writes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "operation"), [("create", {}), ("update", {"operation": ["update"]})])
def test_options_of_a_single_write(
    canned: Connection, http: Http, verb: str, operation: dict[str, list[str]]
) -> None:
    http.post(f"{COMPANY_URL}/bill", json={"Bill": {"Id": "9"}, "time": TIME})

    getattr(Gateway(canned), verb)("Bill", b"{}", request_id="op-1", options="allowduplicatedocnum")

    assert sent_query(http.calls[0]) == {
        **operation,
        "include": ["allowduplicatedocnum"],
        "requestid": ["op-1"],
        "minorversion": ["75"],
    }


def test_an_update_cannot_void_by_an_option(canned: Connection, http: Http) -> None:
    with pytest.raises(ValueError, match="void is none"):
        Gateway(canned).update("Payment", b"{}", request_id="op-1", options="allowduplicatedocnum,void")

    assert len(http.calls) == 0
