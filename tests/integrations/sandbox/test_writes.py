"""Create, read, full and sparse update, delete and void: what holds for every entity."""

from __future__ import annotations

import pytest

from tests.integrations.sandbox.client import (
    Company,
    Document,
    account_line,
    identity,
    item_line,
    refs,
    refused,
    sales_line,
)


def test_create_answers_200_with_the_whole_stored_document(company: Company) -> None:
    vendor = company.vendor()

    response = company.post("bill", {"VendorRef": refs(vendor), "Line": [account_line(12.5)]})

    bill = response.json()["Bill"]
    assert response.status_code == 200
    assert bill == company.read("Bill", bill["Id"])
    assert (bill["SyncToken"], bill["domain"], bill["sparse"]) == ("0", "QBO", False)
    assert (bill["TotalAmt"], bill["Balance"]) == (12.5, 12.5)
    assert bill["VendorRef"] == {"value": vendor["Id"], "name": "Acme Lumber"}
    assert bill["Line"][0]["Id"] == "1"
    assert bill["MetaData"]["CreateTime"].endswith(("-08:00", "-07:00"))


def test_every_answer_has_a_trace_id(company: Company) -> None:
    tids = {company.get("preferences").headers["intuit_tid"], company.get("bill/1").headers["intuit_tid"]}

    assert len(tids) == 2
    assert all(tid.startswith("1-") for tid in tids)


def test_times_are_pacific_unless_switched(company: Company) -> None:
    company.switch(zone="UTC")

    assert company.vendor()["MetaData"]["CreateTime"].endswith("+00:00")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"Bill": {"VendorRef": {"value": "1"}}}, "2010"),
        ({"Nonsense": 1}, "2010"),
        ({"VendorRef": "1"}, "2010"),
        ({"VendorRef": {"value": "1", "Nonsense": 1}}, "2010"),
        ({"Line": {}}, "2010"),
        ([], "2010"),
        ({"Line": [account_line(1)]}, "2020"),
        ({"VendorRef": {"value": "1"}}, "2020"),
        ({"VendorRef": {"value": "1"}, "Line": []}, "2020"),
        ({"VendorRef": {"value": "1"}, "Line": [{"Amount": 1}]}, "2020"),
        ({"VendorRef": {"value": "1"}, "Line": [{**account_line(1), "Amount": None}]}, "2020"),
        ({"VendorRef": {"value": "99"}, "Line": [account_line(1)]}, "2500"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1, account="99")]}, "2500"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1)], "DocNumber": "x" * 22}, "2050"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1)], "TxnDate": "soon"}, "2060"),
        ({"VendorRef": {"value": "1"}, "Line": [{**account_line(1), "Amount": "much"}]}, "2090"),
        ({"VendorRef": {"value": "1"}, "Line": [{**account_line(1), "DetailType": "Odd"}]}, "2170"),
        ({"VendorRef": {"value": "1"}, "Line": [{**account_line(1), "DetailType": "accountBasedExpenseLineDetail"}]},
         "2010"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1, BillableStatus="HAS_BEEN_BILLED")]}, "2170"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1, BillableStatus="HasBeenBilled")]}, "2170"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1, BillableStatus="Billable")]}, "6000"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1, TaxCodeRef={"value": "1"})]}, "6100"),
        ({"VendorRef": {"value": "1"}, "Line": [account_line(1)], "APAccountRef": {"value": "1"}}, "6430"),
    ],
)  # fmt: skip
def test_wrong_bills_are_refused_with_the_documented_code(
    company: Company, payload: object, code: str
) -> None:
    company.vendor()

    assert refused(company.post("bill", payload)) == (400, code)
    assert company.query("select count(*) from Bill") == {"totalCount": 0}


def test_fault_has_type_element_and_time(company: Company) -> None:
    body = company.post("bill", {"Line": [account_line(1)]}).json()

    assert body["Fault"]["type"] == "ValidationFault"
    assert body["Fault"]["Error"] == [
        {
            "Message": "Required param missing, need to supply the required value for the API",
            "Detail": "Required parameter VendorRef is missing in the request",
            "code": "2020",
            "element": "VendorRef",
        }
    ]
    assert "T" in body["time"]


def test_body_must_be_json(company: Company) -> None:
    def send(kind: str) -> tuple[int, str]:
        headers = {"Content-Type": kind}
        return refused(company.http.post(f"{company.api}/bill", data="{no", headers=headers, timeout=20))

    assert send("application/json") == (400, "2010")
    assert send("text/plain") == (400, "1050")


def test_read_of_unknown_deleted_and_odd_ids(company: Company) -> None:
    bill = company.bill(company.vendor())
    company.post("bill", identity(bill), operation="delete")

    unknown, deleted = company.get("bill/999"), company.get(f"bill/{bill['Id']}")

    assert refused(unknown) == (400, "610")
    assert refused(deleted) == (400, "610")
    assert "Another user has deleted" in deleted.text
    assert refused(company.get("bill/a-b")) == (400, "2030")


def test_unknown_paths(company: Company) -> None:
    assert refused(company.get("nonsense/1")) == (500, "10000")
    assert company.http.get(f"{company.url}/nonsense", timeout=20).status_code == 404
    assert refused(company.http.delete(f"{company.api}/bill/1", timeout=20)) == (400, "500")


def test_sync_token_is_required_and_must_be_the_present_one(company: Company) -> None:
    bill = company.bill(company.vendor(), DocNumber="A-1")
    sparse = {**identity(bill), "sparse": True, "PrivateNote": "x"}

    changed = company.write("Bill", sparse)

    assert changed["SyncToken"] == "1"
    assert refused(company.post("bill", sparse)) == (400, "5010")
    assert refused(company.post("bill", {**sparse, "SyncToken": "7"})) == (400, "5010")
    assert refused(company.post("bill", {**sparse, "SyncToken": None})) == (400, "2020")
    assert refused(company.post("bill", {**sparse, "Id": "99"})) == (400, "610")
    assert refused(company.post("bill", {"Id": bill["Id"]}, operation="delete")) == (400, "2020")
    assert refused(company.post("bill", identity(bill), operation="delete")) == (400, "5010")


def test_sparse_update_keeps_what_is_not_sent_but_replaces_lines_whole(company: Company) -> None:
    bill = company.bill(
        company.vendor(), account_line(1), {**account_line(2), "Description": "two"}, DocNumber="A"
    )

    noted = company.change("Bill", bill, PrivateNote="x")
    relined = company.change("Bill", noted, Line=[{**account_line(5), "Id": "2"}, account_line(7)])

    assert (noted["DocNumber"], noted["Line"], noted["sparse"]) == ("A", bill["Line"], False)
    assert [(line["Id"], line["Amount"]) for line in relined["Line"]] == [("2", 5), ("3", 7)]
    assert "Description" not in relined["Line"][0]
    assert (relined["TotalAmt"], relined["Balance"]) == (12, 12)
    assert refused(company.post("bill", {**identity(relined), "sparse": True, "Line": []})) == (400, "2020")


def test_sparse_expenses_need_vendor_or_payment_type_unless_switched(company: Company) -> None:
    bill = company.bill(company.vendor())
    sent = {"Id": bill["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}

    assert refused(company.post("bill", sent)) == (400, "2020")
    company.switch(sparse_expenses="never")
    assert refused(company.post("bill", sent)) == (400, "500")
    company.switch(sparse_expenses="always")
    assert company.write("Bill", sent)["PrivateNote"] == "x"


def test_sparse_is_spelled_in_lower_case(company: Company) -> None:
    vendor = company.vendor()

    assert refused(company.post("vendor", {**identity(vendor), "Sparse": True})) == (400, "2010")


def test_full_update_clears_what_is_not_sent(company: Company) -> None:
    vendor = company.vendor()
    bill = company.bill(vendor, DocNumber="A", PrivateNote="x", SalesTermRef={"value": "3"})

    updated = company.write("Bill", {**identity(bill), "Line": bill["Line"]})

    assert "DocNumber" not in updated
    assert "PrivateNote" not in updated
    assert "SalesTermRef" not in updated
    assert updated["APAccountRef"]["value"] == "5"
    assert updated["MetaData"]["CreateTime"] == bill["MetaData"]["CreateTime"]


def test_a_complete_read_can_be_sent_back(company: Company) -> None:
    """Server-set fields in it are ignored."""
    bill = company.bill(company.vendor())

    updated = company.write("Bill", {**bill, "TotalAmt": 999, "Balance": 999, "sparse": False})

    assert (updated["SyncToken"], updated["TotalAmt"], updated["Balance"]) == ("1", 100, 100)


def test_delete_answers_a_stub_and_the_document_is_gone(company: Company) -> None:
    bill = company.bill(company.vendor())

    body = company.post("bill", identity(bill), operation="delete").json()

    assert body["Bill"] == {"status": "Deleted", "domain": "QBO", "Id": bill["Id"]}
    assert company.query("select * from Bill") == {}
    assert company.control("GET", "deleted/Bill") == [bill["Id"]]
    again = company.post("bill", identity(bill), operation="delete")
    assert refused(again) == (400, "610")
    assert "Another user has deleted" in again.text


def test_delete_refuses_response_only_blocks(company: Company) -> None:
    purchase = company.create(
        "Purchase", PaymentType="Cash", AccountRef={"value": "1"}, Line=[account_line(1)]
    )

    assert refused(company.post("purchase", purchase, operation="delete")) == (400, "2010")


@pytest.mark.parametrize("entity", ["Vendor", "Customer", "Item"])
def test_names_cannot_be_deleted(company: Company, entity: str) -> None:
    document = {"Vendor": company.vendor, "Customer": company.customer, "Item": company.item}[entity]()

    response = company.post(entity.lower(), identity(document), operation="delete")

    assert refused(response) == (400, "500")


# Void


def test_void_of_an_invoice_leaves_zeros_and_a_note(company: Company) -> None:
    item = company.item()
    line = sales_line(20, item, Qty=2, UnitPrice=10)
    invoice = company.invoice(company.customer(), line, PrivateNote="first")

    voided = company.post("invoice", identity(invoice), operation="void").json()["Invoice"]

    assert (voided["SyncToken"], voided["TotalAmt"], voided["Balance"]) == ("1", 0, 0)
    assert voided["PrivateNote"] == "Voided - first"
    assert voided["Line"][0]["Amount"] == 0
    assert voided["Line"][0]["SalesItemLineDetail"]["Qty"] == 0
    assert "UnitPrice" not in voided["Line"][0]["SalesItemLineDetail"]
    assert company.read("Invoice", invoice["Id"]) == voided


def test_void_of_payments(company: Company) -> None:
    payment = company.create("Payment", CustomerRef=refs(company.customer()), TotalAmt=25)
    plain = company.post("payment", identity(payment), operation="void").json()["Payment"]
    vendor = company.vendor()
    bill_payment = company.create("BillPayment", **check(vendor, 10))
    asked = {**identity(bill_payment), "sparse": True}
    by_include = company.post("billpayment", asked, operation="update", include="void").json()["BillPayment"]

    assert (plain["TotalAmt"], plain["UnappliedAmt"], plain["Line"]) == (0, 0, [])
    assert (by_include["TotalAmt"], by_include["PrivateNote"]) == (0, "Voided")


def check(vendor: Document, amount: float) -> Document:
    return {
        "VendorRef": refs(vendor),
        "TotalAmt": amount,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "1"}},
    }


def test_void_where_the_api_has_none(company: Company) -> None:
    vendor = company.vendor()
    bill = company.bill(vendor)
    payment = company.create("BillPayment", **check(vendor, 10))
    purchase = company.create(
        "Purchase", PaymentType="Cash", AccountRef={"value": "1"}, Line=[account_line(1)]
    )

    of_bill = company.post("bill", identity(bill), operation="void")

    assert refused(of_bill) == (200, "10000")
    assert of_bill.json()["Fault"]["type"] == "SystemFault"
    assert refused(company.post("purchase", identity(purchase), operation="void")) == (400, "500")
    assert refused(company.post("billpayment", identity(payment), operation="void")) == (400, "500")
    assert company.read("Bill", bill["Id"])["TotalAmt"] == 100


def test_void_of_a_journal_entry_does_nothing(company: Company) -> None:
    def side(kind: str) -> Document:
        detail = {"PostingType": kind, "AccountRef": {"value": "20"}}
        return {"Amount": 5, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    entry = company.create("JournalEntry", Line=[side("Debit"), side("Credit")])

    answer = company.post("journalentry", identity(entry), operation="void").json()

    assert answer["BatchItemResponse"] == []
    assert company.read("JournalEntry", entry["Id"]) == entry


def test_settings_are_read_and_changed_but_not_created(company: Company) -> None:
    info = company.get(f"companyinfo/{company.realm}").json()["CompanyInfo"]
    renamed = company.change("CompanyInfo", info, CompanyName="New Name", Country="GB")

    assert info["Id"] == "1"
    assert (renamed["CompanyName"], renamed["Country"]) == ("New Name", "US")
    assert company.get("preferences").json()["Preferences"]["Id"] == "1"
    assert refused(company.get("companyinfo/123")) == (400, "610")
    assert refused(company.post("preferences", {})) == (400, "500")


def test_item_line_of_a_bill_gets_the_posting_account(company: Company) -> None:
    line = item_line(27.77, company.item(), Qty=3, UnitPrice=9.2566667)

    detail = company.bill(company.vendor(), line)["Line"][0]["ItemBasedExpenseLineDetail"]

    assert detail["ItemAccountRef"] == {"value": "14", "name": "Job Materials"}
    assert (detail["BillableStatus"], detail["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})
    assert detail["UnitPrice"] == 9.2566667
