"""How requests go out, and what is tried again: single answers, given by a stub."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from django.db import transaction
from responses import matchers

from integrations.gateway import Gateway, Page, Refused, Throttled, Unauthorized, Unreachable, quote
from integrations.gateway.quoting import build_select
from integrations.models import ApiUsage, Connection, ConnectionStatus, Exchange, Throttle
from ressio.scoping import scope
from tests.integrations.gateway.conftest import COMPANY_URL, INTUIT

TIME = "2026-11-20T11:00:00.000-08:00"
EMPTY = {"QueryResponse": {}, "time": TIME}
BUSY = {"Fault": {"Error": [{"code": "3001"}], "type": "SERVICE"}}
EXPIRED = {"fault": {"error": [{"code": "3200", "message": "m"}], "type": "AUTHENTICATION"}}
ENDED = {"fault": {"error": [{"code": "3100", "message": "m"}], "type": "SERVICE"}}
PAIR = {
    "token_type": "bearer",
    "access_token": "access-two",
    "expires_in": 3600,
    "refresh_token": "refresh-two",
    "x_refresh_token_expires_in": 8726400,
}
TOKEN_URL = f"{INTUIT}/oauth2/v1/tokens/bearer"

Http = responses.RequestsMock


def exchanges_of(connection: Connection) -> list[tuple[str, int | None, str]]:
    with scope(company=connection.company_id):
        return list(Exchange.objects.order_by("pk").values_list("operation", "status", "fault_code"))


def status_of(connection: Connection) -> str:
    with scope(company=connection.company_id):
        return Connection.objects.get(pk=connection.pk).status


def sent_query(call: responses.Call) -> dict[str, list[str]]:
    return parse_qs(urlsplit(call.request.url or "").query, strict_parsing=True)


# What goes out ---------------------------------------------------------------------------------------------


def test_a_query_says_who_asks_for_what(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", json=EMPTY)

    name = quote("O'Neil & Søns \\ 100% + more")
    Gateway(canned).query_rows("Customer", where=f"DisplayName = {name}", start=1001, order="Id")

    request = http.calls[0].request
    assert sent_query(http.calls[0]) == {
        "query": [
            "select * from Customer where DisplayName = 'O\\'Neil & Søns \\\\ 100% + more' "
            "orderby Id startposition 1001 maxresults 1000"
        ],
        "minorversion": ["75"],
    }
    assert {name: request.headers[name] for name in ("Accept", "Accept-Encoding", "Authorization")} == {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Authorization": "Bearer access-one",
    }
    assert "Content-Type" not in request.headers


def test_the_sign_of_an_offset_is_not_sent_as_a_blank(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/cdc", json={"CDCResponse": [{"QueryResponse": [{}]}], "time": TIME})

    Gateway(canned).changes(["Bill", "Vendor"], datetime(2026, 11, 1, tzinfo=UTC))

    assert "changedSince=2026-11-01T00%3A00%3A00%2B00%3A00" in (http.calls[0].request.url or "")
    assert sent_query(http.calls[0])["entities"] == ["Bill,Vendor"]


def test_a_long_statement_goes_in_the_body(canned: Connection, http: Http) -> None:
    ids = ",".join(quote(str(number)) for number in range(1000))
    statement = build_select("Bill", where=f"Id in ({ids})")
    http.post(f"{COMPANY_URL}/query", json=EMPTY)

    Gateway(canned).query(statement)

    assert http.calls[0].request.body == statement.encode()
    assert http.calls[0].request.headers["Content-Type"] == "application/text"
    assert sent_query(http.calls[0]) == {"minorversion": ["75"]}


def test_a_batch_is_one_request_and_answers_in_order(canned: Connection, http: Http) -> None:
    items = [{"bId": "q1", "QueryResponse": {"totalCount": 3}}, {"bId": "q0", "QueryResponse": {}}]
    http.post(f"{COMPANY_URL}/batch", json={"BatchItemResponse": items, "time": TIME})

    page, count = Gateway(canned).batch_queries(["select * from Bill", "select count(*) from Bill"])

    assert json.loads(http.calls[0].request.body or "") == {
        "BatchItemRequest": [
            {"bId": "q0", "Query": "select * from Bill"},
            {"bId": "q1", "Query": "select count(*) from Bill"},
        ]
    }
    assert (page, count) == (Page([], datetime(2026, 11, 20, 19, tzinfo=UTC)), 3)


@pytest.mark.parametrize(
    ("entity", "id_", "path"),
    [
        ("Bill", "145", "bill/145"),
        ("CompanyInfo", "", "companyinfo/{realm}"),
        ("Preferences", "", "preferences"),
    ],
)
def test_reads_know_their_addresses(canned: Connection, http: Http, entity: str, id_: str, path: str) -> None:
    http.get(f"{COMPANY_URL}/{path.format(realm=canned.realm_id)}", json={entity: {"Id": "1"}, "time": TIME})

    assert Gateway(canned).read(entity, id_).data == {"Id": "1"}


# What is tried again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 500, "body": "<html>Sorry</html>"},
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 503, "json": {"Fault": {"Error": [{"code": "150"}]}}},
        {"body": requests.ReadTimeout("slow")},
        {"body": requests.ConnectionError("cut")},
        {"body": requests.exceptions.ChunkedEncodingError("cut in the middle")},
    ],
)
def test_reads_outlive_a_passing_failure(canned: Connection, http: Http, failure: dict[str, object]) -> None:
    http.get(f"{COMPANY_URL}/query", **failure)
    http.get(f"{COMPANY_URL}/query", json=EMPTY)

    assert Gateway(canned).query("select * from Bill").rows == []
    assert len(http.calls) == 2


def test_a_lasting_failure_ends_after_four_attempts_and_is_on_record(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=503, body="down", headers={"intuit_tid": "1-tid"})

    with pytest.raises(Unreachable) as caught:
        Gateway(canned).query("select * from Bill")

    assert (caught.value.status, caught.value.intuit_tid) == (503, "1-tid")
    assert exchanges_of(canned) == [("query", 503, "503")] * 4
    assert status_of(canned) == ConnectionStatus.CONNECTED


@pytest.mark.parametrize("status", [200, 429])
def test_a_429_pauses_the_company_and_is_tried_again(canned: Connection, http: Http, status: int) -> None:
    http.get(f"{COMPANY_URL}/query", status=status, json=BUSY)
    http.get(f"{COMPANY_URL}/query", json=EMPTY)

    Gateway(canned).query("select * from Bill")

    with scope(company=canned.company_id):
        assert Throttle.objects.get().paused_until is not None
    assert exchanges_of(canned) == [("query", status, "3001"), ("query", 200, "")]


def test_retry_after_is_honoured(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=429, headers={"Retry-After": "1"})
    http.get(f"{COMPANY_URL}/query", json=EMPTY)
    started = datetime.now(UTC)

    Gateway(canned).query("select * from Bill")

    assert 1.0 <= (datetime.now(UTC) - started).total_seconds() < 3.0


def test_endless_429_ends(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=429, body="<html>busy</html>")

    with pytest.raises(Throttled):
        Gateway(canned).query("select * from Bill")

    assert len(http.calls) == 3


def test_refusals_are_not_repeated(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=400, json={"Fault": {"Error": [{"code": "4001"}]}})

    with pytest.raises(Refused):
        Gateway(canned).query("select * from Bill")

    assert len(http.calls) == 1


# Tokens that are not taken ----------------------------------------------------------------------------------


def bearer(token: str) -> dict[str, object]:
    return {"match": [matchers.header_matcher({"Authorization": f"Bearer {token}"})]}


def test_a_401_renews_the_token_once(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=401, json=EXPIRED, **bearer("access-one"))
    http.post(TOKEN_URL, json=PAIR)
    http.get(f"{COMPANY_URL}/query", json=EMPTY, **bearer("access-two"))

    assert Gateway(canned).query("select * from Bill").rows == []
    assert exchanges_of(canned) == [("query", 401, "3200"), ("refresh", 200, ""), ("query", 200, "")]


def test_a_401_with_a_new_token_neither_loops_nor_disconnects(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=401, json=EXPIRED)
    http.post(TOKEN_URL, json=PAIR)

    with pytest.raises(Unauthorized):
        Gateway(canned).query("select * from Bill")

    assert len(http.calls) == 3
    assert status_of(canned) == ConnectionStatus.CONNECTED


def test_3100_with_a_new_token_too_asks_for_reconnecting(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=403, json=ENDED)
    http.post(TOKEN_URL, json=PAIR)

    with pytest.raises(Exception, match="code=3100") as caught:
        Gateway(canned).query("select * from Bill")

    assert type(caught.value).__name__ == "SignInExpired"
    assert status_of(canned) == ConnectionStatus.RECONNECT_NEEDED


def test_a_single_403_does_not_disconnect(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", status=403, json=ENDED, **bearer("access-one"))
    http.post(TOKEN_URL, json=PAIR)
    http.get(f"{COMPANY_URL}/query", json=EMPTY, **bearer("access-two"))

    Gateway(canned).query("select * from Bill")

    assert status_of(canned) == ConnectionStatus.CONNECTED


# Writes -----------------------------------------------------------------------------------------------------


def test_a_write_sends_the_frozen_bytes_under_its_request_id(canned: Connection, http: Http) -> None:
    payload = b'{"VendorRef":{"value":"1"},"TotalAmt":1.10}'
    http.post(f"{COMPANY_URL}/bill", json={"Bill": {"Id": "9", "SyncToken": "0"}, "time": TIME})

    row = Gateway(canned).create("Bill", payload, request_id="op-1")

    assert row.data == {"Id": "9", "SyncToken": "0"}
    assert http.calls[0].request.body == payload
    assert sent_query(http.calls[0]) == {"requestid": ["op-1"], "minorversion": ["75"]}


@pytest.mark.parametrize(
    ("verb", "entity", "params"),
    [
        ("update", "Bill", {"operation": ["update"]}),
        ("delete", "Bill", {"operation": ["delete"]}),
        ("void", "Invoice", {"operation": ["void"]}),
        ("void", "BillPayment", {"operation": ["update"], "include": ["void"]}),
    ],
)
def test_other_writes_name_their_operation(
    canned: Connection, http: Http, verb: str, entity: str, params: dict[str, list[str]]
) -> None:
    http.post(f"{COMPANY_URL}/{entity.lower()}", json={entity: {"Id": "9"}, "time": TIME})

    getattr(Gateway(canned), verb)(entity, b"{}", request_id="op-2")

    assert sent_query(http.calls[0]) == {**params, "requestid": ["op-2"], "minorversion": ["75"]}


def test_what_cannot_be_voided_is_not_asked(canned: Connection, http: Http) -> None:
    with pytest.raises(ValueError, match="cannot void a Bill"):
        Gateway(canned).void("Bill", b"{}", request_id="op-3")


@pytest.mark.parametrize(
    ("failure", "family"),
    [
        ({"body": requests.ReadTimeout("slow")}, Unreachable),
        ({"status": 503, "body": "x"}, Unreachable),
        ({"status": 429, "body": "x"}, Throttled),
    ],
)
def test_a_write_is_never_repeated_by_itself(
    canned: Connection, http: Http, failure: dict[str, object], family: type[Exception]
) -> None:
    http.post(f"{COMPANY_URL}/bill", **failure)

    with pytest.raises(family):
        Gateway(canned).create("Bill", b"{}", request_id="op-4")

    assert len(http.calls) == 1


# The record -------------------------------------------------------------------------------------------------


def test_only_successful_reads_are_metered(canned: Connection, http: Http) -> None:
    http.get(f"{COMPANY_URL}/query", json=EMPTY)
    http.get(f"{COMPANY_URL}/bill/1", status=400, json={"Fault": {"Error": [{"code": "610"}]}})
    http.post(f"{COMPANY_URL}/bill", json={"Bill": {"Id": "9"}, "time": TIME})
    gateway = Gateway(canned)

    gateway.query("select * from Bill")
    with pytest.raises(Refused):
        gateway.read("Bill", "1")
    gateway.create("Bill", b"{}", request_id="op-5")

    with scope(company=canned.company_id):
        usage = ApiUsage.objects.get()
        metered = list(Exchange.objects.order_by("pk").values_list("is_metered", flat=True))
    assert (usage.requests, usage.metered) == (3, 1)
    assert metered == [True, False, False]


@pytest.mark.django_db(transaction=True)
def test_no_request_from_inside_a_transaction(canned: Connection, http: Http) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        Gateway(canned).query("select * from Bill")

    assert len(http.calls) == 0
