"""QuickBooks gives one entity no longer (another edition, fewer rights): the rest goes on, and nothing is guessed."""

import http.client
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import responses
from pytest_django import Settings
from requests import PreparedRequest

from integrations.models import Connection, Document, Feed, SyncIssue
from tests.integrations.sync.books import bill, load, mirrored, named, outcome, run_sync
from tests.support.sandbox import Realm

SUCCEEDED = ("succeeded", "", "")
REFUSAL = {
    "Fault": {"type": "ValidationFault", "Error": [{"Message": "Not in this edition", "code": "5030"}]}
}


@pytest.fixture
def books(connection: Connection, realm: Realm) -> Realm:
    load(realm, [bill(1), bill(2), named("Vendor", 56, "Lumber Yard")])
    assert outcome(run_sync(connection)) == SUCCEEDED
    return realm


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Everything goes to the stand-in but what a test answers itself."""
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mocked:
        mocked.add_passthru("http://127.0.0.1")
        mocked.add_passthru("http://localhost")
        yield mocked


def read_cursors() -> dict[str, datetime]:
    rows = Feed.objects.values_list("entity", "changed_since")
    return {entity: cursor for entity, cursor in rows if cursor}


def refuse_changes_of(entity: str) -> Any:
    def match(request: PreparedRequest) -> tuple[bool, str]:
        return entity in str(request.params.get("entities", "")).split(","), f"no changes of {entity}"  # type: ignore[attr-defined]

    return match


def test_changes_of_one_entity_refused_after_a_downgrade(
    connection: Connection, books: Realm, settings: Settings, wire: responses.RequestsMock
) -> None:
    address = f"{settings.QBO_API_BASE_URL}/v3/company/{books.id}/cdc"
    wire.get(address, match=[refuse_changes_of("VendorCredit")], status=400, json=REFUSAL)
    before = read_cursors()
    books.edit_document("Bill", "1", {"PrivateNote": "checked"})
    books.delete_document("Bill", "2")

    run = run_sync(connection)

    assert outcome(run) == SUCCEEDED
    bills = mirrored(connection)["Bill"]
    assert {number: row.get("PrivateNote") for number, row in bills.items()} == {"1": "checked"}
    after = read_cursors()
    assert after.pop("VendorCredit") == before.pop("VendorCredit")
    assert all(after[entity] > before[entity] for entity in before)
    issue = SyncIssue.objects.get(reason="entity_not_synced")
    assert (issue.subject_id, issue.resolved_at) == ("VendorCredit", None)


def test_changes_refused_for_everything_end_the_run(
    connection: Connection, books: Realm, settings: Settings, wire: responses.RequestsMock
) -> None:
    wire.get(f"{settings.QBO_API_BASE_URL}/v3/company/{books.id}/cdc", status=400, json=REFUSAL)

    assert outcome(run_sync(connection))[:2] == ("failed", "5030")


def test_scan_whose_count_is_refused_buries_nothing(
    connection: Connection, realm: Realm, settings: Settings, wire: responses.RequestsMock
) -> None:
    """The count is the proof that a scan met everything. Without it what was not met may still be there."""
    load(realm, (bill(number) for number in range(1, 1102)))
    assert outcome(run_sync(connection)) == SUCCEEDED
    cursor = Feed.objects.get(entity="Bill").changed_since
    spoil_scan_of_bills(wire, settings.QBO_API_BASE_URL, realm, unseen="500")

    run = run_sync(connection, is_full=True)

    assert outcome(run) == SUCCEEDED
    assert Document.objects.get(entity="Bill", quickbooks_id="500").deleted_at is None
    assert Feed.objects.get(entity="Bill").changed_since == cursor
    assert run.steps.get(entity="Bill").status == "failed"


def spoil_scan_of_bills(wire: responses.RequestsMock, base: str, realm: Realm, *, unseen: str) -> None:
    """A page lacks one bill, and the second time bills are counted QuickBooks refuses."""
    company = f"{base}/v3/company/{realm.id}"
    counted: list[int] = []

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        real = forward(request)
        statements = read_statements(request)
        for index, statement in enumerate(statements):
            if statement == "select count(*) from Bill":
                counted.append(index)
                if len(counted) == 2:
                    replace_item(real, index)
        rows = real.get("QueryResponse", {}).get("Bill", [])
        rows[:] = [row for row in rows if row["Id"] != unseen]
        return 200, {"Content-Type": "application/json"}, json.dumps(real)

    wire.add_callback(responses.GET, f"{company}/query", callback=answer)
    wire.add_callback(responses.POST, f"{company}/batch", callback=answer)


def replace_item(answer: dict[str, Any], index: int) -> None:
    items = answer["BatchItemResponse"]
    place = next(place for place, item in enumerate(items) if item["bId"] == f"q{index}")
    items[place] = {"bId": f"q{index}", **REFUSAL}


def read_statements(request: PreparedRequest) -> list[str]:
    if not request.body:
        return []
    return [item.get("Query", "") for item in json.loads(request.body)["BatchItemRequest"]]


def forward(request: PreparedRequest) -> dict[str, Any]:
    """To the stand-in, past what is mocked."""
    parts = urlsplit(str(request.url))
    headers = {key: value for key, value in request.headers.items() if key.lower() != "accept-encoding"}
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    body = request.body.encode() if isinstance(request.body, str) else request.body
    connection.request(str(request.method), f"{parts.path}?{parts.query}", body=body, headers=headers)
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer
