"""Batch: items on their own, limits, queries inside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.sandbox.client import Company, identity, refs, refused


def send(company: Company, *items: dict[str, Any], **query: str) -> dict[str, dict[str, Any]]:
    """Answers by bId."""
    response = company.post("batch", {"BatchItemRequest": list(items)}, **query)
    assert response.status_code == 200, response.text
    return {answer["bId"]: answer for answer in response.json()["BatchItemResponse"]}


def vendor_item(item_id: str, name: str) -> dict[str, Any]:
    return {"bId": item_id, "operation": "create", "Vendor": {"DisplayName": name}}


def test_each_item_has_its_own_result_or_fault(company: Company) -> None:
    payment = company.create("Payment", CustomerRef=refs(company.customer()), TotalAmt=25)
    bill = company.bill(company.vendor("Old"))

    answers = send(
        company,
        vendor_item("1", "New"),
        vendor_item("2", "new"),
        {"bId": "3", "operation": "update", "Bill": {**identity(bill), "sparse": True, "PrivateNote": "x"}},
        {"bId": "4", "operation": "delete", "Bill": {"Id": "999", "SyncToken": "0"}},
        {
            "bId": "5",
            "operation": "update",
            "optionsData": "void",
            "Payment": {**identity(payment), "sparse": True},
        },
        {"bId": "6", "Query": "select * from Vendor where DisplayName = 'New'"},
        {"bId": "7", "Query": "select nonsense"},
        {"bId": "8", "CDCQuery": {"Entities": "Purchase", "ChangedSince": "2100-01-01"}},
        {"bId": "9", "operation": "explode", "Vendor": {}},
        {"bId": "10", "operation": "create", "Nonsense": {}},
    )

    assert answers["1"]["Vendor"]["SyncToken"] == "0"
    assert answers["2"]["Fault"]["type"] == "ValidationFault"
    assert answers["3"]["Bill"]["PrivateNote"] == "x"
    assert (answers["5"]["Payment"]["TotalAmt"], answers["5"]["Payment"]["PrivateNote"]) == (0, "Voided")
    assert answers["6"]["QueryResponse"]["maxResults"] == 1
    assert answers["8"]["CDCResponse"] == [{"QueryResponse": [{}]}]
    codes = {key: answer["Fault"]["Error"][0]["code"] for key, answer in answers.items() if "Fault" in answer}
    assert codes == {"2": "6240", "4": "610", "7": "4000", "9": "500", "10": "2000"}


def test_delete_in_a_batch_answers_the_stub(company: Company) -> None:
    bill = company.bill(company.vendor())

    answers = send(company, {"bId": "1", "operation": "delete", "Bill": identity(bill)})

    assert answers["1"] == {"bId": "1", "Bill": {"status": "Deleted", "domain": "QBO", "Id": bill["Id"]}}


@pytest.mark.parametrize(("limit", "count"), [(30, 31), (25, 26), (10, 11)])
def test_too_many_items_are_refused_whole(company: Company, limit: int, count: int) -> None:
    company.switch(batch_max=limit)
    items = [vendor_item(str(number), f"Vendor {number}") for number in range(count)]

    assert refused(company.post("batch", {"BatchItemRequest": items})) == (400, "1040")
    assert len(send(company, *items[:limit])) == limit


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "2020"),
        ({"BatchItemRequest": [{"operation": "create", "Vendor": {}}]}, "2020"),
        ({"BatchItemRequest": [vendor_item("1", "A"), vendor_item("1", "B")]}, "2010"),
    ],
)
def test_wrong_envelopes(company: Company, payload: dict[str, Any], code: str) -> None:
    assert refused(company.post("batch", payload)) == (400, code)


def test_queries_of_one_batch_return_a_thousand_objects_at_most(company: Company) -> None:
    company.control(
        "POST", "documents", {"Vendor": [{"DisplayName": f"V {number}"} for number in range(600)]}
    )
    query = "select * from Vendor maxresults 1000"

    answers = send(company, {"bId": "1", "Query": query}, {"bId": "2", "Query": query})

    assert answers["1"]["QueryResponse"]["maxResults"] == 600
    assert answers["2"]["Fault"]["Error"][0]["code"] == "10100"


def test_items_are_replayed_by_requestid_and_bid(company: Company) -> None:
    first = send(company, vendor_item("1", "One"), vendor_item("2", "Two"), requestid="batch-1")
    again = send(company, vendor_item("1", "One"), vendor_item("2", "Two"), requestid="batch-1")
    other = send(company, vendor_item("3", "One"), requestid="batch-1")

    assert again == first
    assert other["3"]["Fault"]["Error"][0]["code"] == "6240"
    assert company.query("select count(*) from Vendor") == {"totalCount": 2}


def test_lengths_of_ids_used_together(company: Company) -> None:
    items = {"BatchItemRequest": [vendor_item("x" * 11, "One")]}

    assert refused(company.post("batch", items, requestid="r")) == (400, "2130")
    assert refused(
        company.post("batch", {"BatchItemRequest": [vendor_item("1", "A")]}, requestid="r" * 37)
    ) == (
        400,
        "2130",
    )
    assert company.post("batch", items).status_code == 200


@pytest.mark.parametrize(
    ("action", "code", "is_answered", "is_made"),
    [
        ("429", "3001", True, False),
        ("fault:6210", "6210", True, False),
        ("drop_before", None, False, False),
        ("drop_after", None, False, True),
    ],
)
def test_fault_rules_reach_single_items(
    company: Company, action: str, code: str | None, is_answered: bool, is_made: bool
) -> None:
    company.control("POST", "faults", {"action": action, "operation": "create", "times": 1})

    answers = send(company, vendor_item("1", "First"), vendor_item("2", "Second"))

    fault = answers.get("1", {}).get("Fault", {}).get("Error", [{}])[0].get("code")
    made = {row["DisplayName"] for row in company.rows("select * from Vendor")}
    assert (fault, "1" in answers, "First" in made) == (code, is_answered, is_made)
    assert answers["2"]["Vendor"]["DisplayName"] == "Second"


def test_replays_can_be_forgotten(company: Company) -> None:
    send(company, vendor_item("1", "One"), requestid="batch-1")
    company.control("DELETE", "replays")

    again = send(company, vendor_item("1", "One"), requestid="batch-1")

    assert again["1"]["Fault"]["Error"][0]["code"] == "6240"
