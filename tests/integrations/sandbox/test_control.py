"""The control API: a person's hands in the books, counts, clocks, companies."""

from __future__ import annotations

import pytest
import requests

from tests.integrations.sandbox.client import Company, account_line, refs


def test_documents_are_loaded_as_they_are(company: Company) -> None:
    document = {
        "Id": "145",
        "SyncToken": "7",
        "VendorRef": {"value": "no such vendor"},
        "TotalAmt": "12.50",
        "MetaData": {
            "CreateTime": "2025-01-01T00:00:00-08:00",
            "LastUpdatedTime": "2025-02-01T00:00:00-08:00",
        },
    }

    company.control("POST", "documents", [{"Bill": document}])

    expected = {**document, "TotalAmt": 12.5, "domain": "QBO", "sparse": False}
    assert company.read("Bill", "145") == expected
    assert company.control("GET", "documents/Bill/145") == expected
    assert company.control("GET", "documents/Bill") == [expected]
    assert company.bill(company.vendor())["Id"] == "146"


def test_the_three_forms_of_a_list_of_documents(company: Company) -> None:
    forms = [
        {"Vendor": [{"DisplayName": "A"}]},
        [{"Vendor": {"DisplayName": "B"}}],
        {"documents": [{"entity": "Vendor", "document": {"DisplayName": "C"}}]},
    ]

    for form in forms:
        company.control("POST", "documents", form)

    assert [vendor["DisplayName"] for vendor in company.control("GET", "documents/Vendor")] == ["A", "B", "C"]


def test_editing_by_hand_keeps_the_rules_and_moves_token_and_time(company: Company) -> None:
    bill = company.bill(company.vendor(), account_line(10))
    company.control("POST", "clock", {"hours": 1})

    edited = company.control("PATCH", f"documents/Bill/{bill['Id']}", {"Line": [account_line(25)]})

    assert (edited["TotalAmt"], edited["Balance"], edited["SyncToken"]) == (25, 25, "1")
    assert edited["MetaData"]["LastUpdatedTime"] > bill["MetaData"]["LastUpdatedTime"]


def test_raw_editing_puts_in_what_rules_would_refuse(company: Company) -> None:
    bill = company.bill(company.vendor(), account_line(10))
    line = account_line(10, BillableStatus="HasBeenBilled", CustomerRef=refs(company.customer()))

    wanted = {"Line": [line], "DueDate": None}
    assert company.send_control("PATCH", f"documents/Bill/{bill['Id']}", wanted).status_code == 400
    raw = company.control("PATCH", f"documents/Bill/{bill['Id']}", wanted, raw=1)

    assert (raw["Line"], raw["SyncToken"], "DueDate" in raw) == ([line], "1", False)


def test_deleting_by_hand(company: Company) -> None:
    vendor = company.vendor()
    bill = company.bill(vendor)

    company.control("DELETE", f"documents/Bill/{bill['Id']}")
    company.control("DELETE", f"documents/Vendor/{vendor['Id']}")
    company.control("DELETE", "documents/TaxRate/1")

    assert company.control("GET", "deleted/Bill") == [bill["Id"]]
    assert company.read("Vendor", vendor["Id"])["Active"] is False
    assert company.query("select * from TaxRate") == {}


def test_a_person_can_void_what_the_api_cannot(company: Company) -> None:
    bill = company.bill(company.vendor())

    voided = company.control("POST", f"documents/Bill/{bill['Id']}/void")

    assert (voided["TotalAmt"], voided["PrivateNote"], voided["SyncToken"]) == (0, "Voided", "1")


def test_requests_are_counted_by_operation_and_entity(company: Company) -> None:
    vendor = company.vendor()
    company.control("DELETE", "requests")
    company.bill(vendor)
    company.rows("select * from Vendor")
    company.get("bill/999")
    company.get("cdc", entities="Vendor", changedSince="2100-01-01")

    counted = company.control("GET", "requests")

    assert counted["entities"] == {
        "create": {"Bill": 1},
        "query": {"Vendor": 1},
        "read": {"Bill": 1},
        "cdc": {"": 1},
    }
    assert counted["total"] == 4
    assert counted["metered_reads"] == 2
    assert counted["statuses"] == {"200": 3, "400": 1}
    assert counted["rows"] == 1
    assert [entry["operation"] for entry in counted["latest"]] == ["create", "query", "read", "cdc"]


def test_companies_are_apart(company: Company) -> None:
    other = Company(company.url, company.control("POST", "companies", {"company": "empty"})["realm"])
    company.vendor("Mine")
    other.switch(default_order="id_asc")
    other.control("POST", "clock", {"days": 1})
    other.sign_in()

    assert other.query("select * from Vendor") == {}
    assert company.control("GET", "switches")["default_order"] == "id_desc"
    assert company.control("GET", "clock")["offset_seconds"] == 0
    realms = [found["realm"] for found in company.control("GET", "companies")["companies"]]
    assert {company.realm, other.realm} <= set(realms)

    other.control("DELETE", f"companies/{other.realm}")
    assert other.get("preferences").status_code == 403


def test_a_company_can_start_as_the_demo(company: Company) -> None:
    demo = Company(company.url, company.control("POST", "companies", {"company": "demo"})["realm"])

    assert demo.query("select count(*) from Bill")["totalCount"] > 100
    demo.control("DELETE", f"companies/{demo.realm}")


def test_switches_are_shown_set_and_reset(company: Company) -> None:
    company.switch(batch_max=10)
    assert company.control("GET", "switches")["batch_max"] == 10

    company.control("DELETE", "switches")

    assert company.control("GET", "switches")["batch_max"] == 30


@pytest.mark.parametrize(
    ("method", "path", "payload"),
    [
        ("POST", "switches", {"nonsense": 1}),
        ("POST", "switches", {"batch_max": 7}),
        ("POST", "switches", {"latency_ms": -1}),
        ("POST", "clock", {}),
        ("POST", "clock", {"weeks": 1}),
        ("POST", "clock", {"days": -1}),
        ("POST", "documents", {"Nonsense": [{}]}),
        ("POST", "documents", "x"),
        ("GET", "documents/Nonsense", None),
        ("GET", "documents/Bill/999", None),
        ("PATCH", "documents/Nonsense/1", {}),
        ("POST", "documents/Bill/1/explode", {}),
        ("POST", "tokens", {}),
        ("POST", "tokens", {"action": "explode"}),
        ("POST", "companies", {"company": "nonsense"}),
        ("POST", "companies", {"realm": "abc"}),
        ("DELETE", "companies/123", None),
    ],
)
def test_wrong_control_calls_say_what_is_wrong(
    company: Company, method: str, path: str, payload: object
) -> None:
    response = company.send_control(method, path, payload)

    assert response.status_code == 400
    assert response.json()["error"]


def test_unknown_control_paths_and_realms(company: Company) -> None:
    assert company.send_control("GET", "nonsense").status_code == 404
    assert company.send_control("GET", "totals", realm="1").status_code == 400


def test_front_page_leads_to_the_books(company: Company) -> None:
    answer = requests.get(company.url, allow_redirects=False, timeout=20)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/books")
    books = requests.get(f"{company.url}/books", params={"realm": company.realm}, timeout=20)
    assert books.status_code == 200
    assert books.cookies["books_realm"] == company.realm
