"""Change data capture: what it shows, what it never shows, how far back, how much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integrations.sandbox.client import Company, account_line, identity, refused

HOUR_AGO = timedelta(hours=1)


def since(company: Company, back: timedelta = HOUR_AGO) -> str:
    now = datetime.fromisoformat(company.control("GET", "clock")["now"])
    return (now - back).isoformat(timespec="seconds")


def slots(company: Company, entities: str, changed_since: str) -> list[dict[str, Any]]:
    response = company.get("cdc", entities=entities, changedSince=changed_since)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["CDCResponse"][0]["QueryResponse"]
    return found


def test_changes_are_grouped_in_the_order_asked_with_deleted_stubs_last(company: Company) -> None:
    vendor = company.vendor()
    gone, kept = company.bill(vendor), company.bill(vendor)
    company.post("bill", identity(gone), operation="delete")

    bills, purchases, vendors = slots(company, "Bill,Purchase,Vendor", since(company))

    assert bills["Bill"][0] == company.read("Bill", kept["Id"])
    assert bills["Bill"][1]["MetaData"].keys() == {"LastUpdatedTime"}
    assert {**bills["Bill"][1], "MetaData": None} == {
        "status": "Deleted",
        "domain": "QBO",
        "Id": gone["Id"],
        "MetaData": None,
    }
    assert (bills["startPosition"], bills["maxResults"], bills["totalCount"]) == (1, 2, 2)
    assert purchases == {}
    assert [row["Id"] for row in vendors["Vendor"]] == [vendor["Id"]]


def test_only_what_changed_since_is_shown(company: Company) -> None:
    old = company.vendor("Old")
    company.control("POST", "clock", {"hours": 2})
    company.sign_in()
    new = company.vendor("New")

    assert [row["Id"] for row in slots(company, "Vendor", since(company))[0]["Vendor"]] == [new["Id"]]

    company.change("Vendor", old, Notes="touched")
    changed = {row["Id"] for row in slots(company, "Vendor", since(company))[0]["Vendor"]}
    assert changed == {old["Id"], new["Id"]}


def test_inactive_names_come_as_full_objects(company: Company) -> None:
    company.change("Vendor", company.vendor(), Active=False)

    (vendors,) = slots(company, "Vendor", since(company))

    assert (vendors["Vendor"][0]["Active"], vendors["Vendor"][0]["DisplayName"]) == (
        False,
        "Acme Lumber (deleted)",
    )


def test_side_effects_are_changes_too(company: Company) -> None:
    vendor = company.vendor()
    bill = company.bill(vendor)
    company.control("POST", "clock", {"hours": 2})
    company.sign_in()
    company.create(
        "BillPayment",
        VendorRef={"value": vendor["Id"]},
        TotalAmt=100,
        PayType="Check",
        CheckPayment={"BankAccountRef": {"value": "1"}},
        Line=[{"Amount": 100, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    )

    (bills,) = slots(company, "Bill", since(company))

    assert [(row["Id"], row["Balance"]) for row in bills["Bill"]] == [(bill["Id"], 0)]


def test_a_restored_document_is_no_longer_deleted(company: Company) -> None:
    bill = company.bill(company.vendor())
    company.post("bill", identity(bill), operation="delete")

    company.control("POST", "documents", {"Bill": [bill]})

    assert slots(company, "Bill", since(company))[0]["Bill"] == [bill]


@pytest.mark.parametrize("entity", ["TimeActivity", "TaxCode", "TaxRate", "TaxAgency"])
def test_unsupported_entities_are_refused_or_ignored(company: Company, entity: str) -> None:
    asked = {"entities": f"{entity},Vendor", "changedSince": since(company)}

    assert refused(company.get("cdc", **asked)) == (400, "500")

    company.switch(cdc_unsupported="ignored")
    assert company.get("cdc", **asked).json()["CDCResponse"] == [{"QueryResponse": [{}]}]


def test_thirty_days_are_the_limit(company: Company) -> None:
    late = company.get("cdc", entities="Bill", changedSince=since(company, timedelta(days=30, minutes=1)))
    right = company.get("cdc", entities="Bill", changedSince=since(company, timedelta(days=29, hours=23)))

    assert refused(late) == (400, "500")
    assert "older than fixed days" in late.text
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"entities": "Bill"}, "2020"),
        ({"changedSince": "2026-11-01"}, "2020"),
        ({"entities": "Bill", "changedSince": "lately"}, "2060"),
        ({"entities": "Nonsense", "changedSince": "2100-01-01"}, "2000"),
    ],
)
def test_wrong_calls(company: Company, query: dict[str, str], code: str) -> None:
    assert refused(company.get("cdc", **query)) == (400, code)


def test_date_only_and_unencoded_plus_are_understood(company: Company) -> None:
    company.vendor()
    today = datetime.now(UTC).date() - timedelta(days=2)
    plus = f"{company.api}/cdc?entities=Vendor&changedSince={today}T00:00:00+00:00"

    assert len(slots(company, "Vendor", today.isoformat())[0]["Vendor"]) == 1
    assert company.http.get(plus, timeout=20).status_code == 200


def load_many(company: Company, entity: str, count: int) -> None:
    common = {
        "Bill": {"VendorRef": {"value": "1"}, "Line": [account_line(1)]},
        "Vendor": {},
    }[entity]
    rows = [{**common, "DisplayName": f"{entity} {number}"} for number in range(count)]
    company.control("POST", "documents", {entity: rows})


def test_a_thousand_objects_are_the_limit_without_a_sign(company: Company) -> None:
    load_many(company, "Vendor", 700)
    load_many(company, "Bill", 700)

    vendors, bills = slots(company, "Vendor,Bill", since(company))
    assert (len(vendors["Vendor"]), len(bills["Bill"])) == (700, 300)

    company.switch(cdc_cap="entity")
    vendors, bills = slots(company, "Vendor,Bill", since(company))
    assert (len(vendors["Vendor"]), len(bills["Bill"])) == (700, 700)


def test_empty_slot_can_be_left_out(company: Company) -> None:
    company.switch(cdc_empty_slot="omitted")

    assert slots(company, "Bill,Vendor", since(company)) == []
