"""The query endpoint: grammar, filters, order, paging, and its faults."""

from __future__ import annotations

import pytest

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.query import parse
from integrations.sandbox.query.parser import Condition
from tests.integrations.sandbox.client import Company, account_line, refs, refused


def names(company: Company, statement: str) -> list[str]:
    return [row["DisplayName"] for row in company.rows(statement)]


@pytest.fixture
def vendors(company: Company) -> Company:
    for name in ("Able", "Baker", "O'Brien", "Back\\slash", "Cable Works"):
        company.vendor(name)
    return company


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("select * from Vendor where DisplayName = 'baker'", ["Baker"]),
        ("SELECT * FROM vendor WHERE displayname LIKE '%ABLE%' ORDERBY DisplayName", ["Able", "Cable Works"]),
        ("select * from Vendor where DisplayName like 'b%' order by DisplayName desc", ["Baker", "Back\\slash"]),
        ("select * from Vendor where DisplayName in ('Able', 'Baker') ORDERBY DisplayName ASC", ["Able", "Baker"]),
        (r"select * from Vendor where DisplayName = 'O\'Brien'", ["O'Brien"]),
        (r"select * from Vendor where DisplayName = 'Back\\slash'", ["Back\\slash"]),
        ("select * from Vendor where DisplayName > 'Back' and DisplayName < 'Cable' orderby DisplayName",
         ["Back\\slash", "Baker"]),
        ("select * from Vendor where Id in ('1','3') orderby Id", ["Able", "O'Brien"]),
        ("select * from Vendor orderby Id startposition 2 maxresults 2", ["Baker", "O'Brien"]),
        ("select * from Vendor where Active = true and Balance = '0' orderby Id desc maxresults 1", ["Cable Works"]),
        ("select * from Vendor where CompanyName = ' ' orderby Id maxresults 1", ["Able"]),
        ("select * from Vendor where DisplayName like 'A_le'", []),
    ],
)  # fmt: skip
def test_statements_find_what_they_say(vendors: Company, statement: str, found: list[str]) -> None:
    assert names(vendors, statement) == found


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("selec * from Vendor", "4000"),
        ("select * from", "4000"),
        ("select * from Vendor where", "4000"),
        ("select * from Vendor where DisplayName == 'a'", "4000"),
        ("select * from Vendor where DisplayName != 'a'", "4000"),
        ("select * from Vendor where DisplayName = 'a' or DisplayName = 'b'", "4000"),
        ("select * from Vendor where DisplayName = 'O''Brien'", "4000"),
        ("select * from Vendor where DisplayName = 'open", "4000"),
        ("select * from Vendor where DisplayName in ()", "4000"),
        ("select sum(Balance) from Vendor", "4000"),
        ("select * from Vendor maxresults 10 startposition 1", "4000"),
        ("select * from Vendor maxresults many", "4000"),
        ("select * from Vendors", "4001"),
        ("select * from Vendor where AcctNum = '1'", "4001"),
        ("select * from Vendor where Nonsense = '1'", "4001"),
        ("select Nonsense from Vendor", "4001"),
        ("select * from Vendor orderby Notes", "4001"),
        ("select * from Vendor startposition 0", "4001"),
        ("select * from Vendor maxresults 1001", "4001"),
        ("select * from Vendor maxresults 0", "4001"),
        ("select * from Vendor where Balance > 'much'", "4001"),
        ("select * from Vendor where MetaData.LastUpdatedTime > 'yesterday'", "4001"),
        ("select * from Bill where PrivateNote = 'x'", "4001"),
        ("select * from Bill where Line.Amount = '1'", "4001"),
        ("select * from Purchase where TotalAmt > '1'", "4001"),
        ("select * from VendorCredit where VendorRef = '1'", "4001"),
        ("select * from TimeActivity where EmployeeRef = '1'", "4001"),
        ("select * from Bill orderby Balance", "4001"),
    ],
)
def test_wrong_statements_are_refused(company: Company, statement: str, code: str) -> None:
    assert refused(company.get("query", query=statement)) == (400, code)


def test_parse_fault_names_the_place_and_has_no_element(company: Company) -> None:
    error = company.get("query", query="select * form Bill").json()["Fault"]["Error"][0]

    assert error["Detail"] == (
        'QueryParserError: Encountered " "form" "" at line 1, column 10.\nWas expecting: FROM'
    )
    assert "element" not in error


def test_validation_fault_says_what_is_not_queryable(company: Company) -> None:
    detail = company.get("query", query="select * from Vendor where AcctNum = '1'").json()["Fault"]["Error"][
        0
    ]

    assert detail["Detail"] == "QueryValidationError: property 'AcctNum' is not queryable"


def test_no_rows_is_an_empty_object_and_count_has_only_the_total(company: Company) -> None:
    assert company.query("select * from Vendor") == {}
    assert company.query("select count(*) from Vendor") == {"totalCount": 0}

    company.vendor()

    assert company.query("select count(*) from Vendor") == {"totalCount": 1}


def test_page_tells_its_own_size_and_total_only_for_some_entities(company: Company) -> None:
    vendor = company.vendor()
    for _ in range(3):
        company.bill(vendor)

    page = company.query("select * from Bill startposition 2 maxresults 2")
    vendors = company.query("select * from Vendor")

    assert (page["startPosition"], page["maxResults"], page["totalCount"]) == (2, 2, 3)
    assert vendors["maxResults"] == 1
    assert "totalCount" not in vendors


def test_default_page_has_100_rows(company: Company) -> None:
    documents = [{"Vendor": {"DisplayName": f"Vendor {number}"}} for number in range(103)]
    company.control("POST", "documents", documents)

    assert company.query("select * from Vendor")["maxResults"] == 100
    assert company.query("select * from Vendor startposition 101")["maxResults"] == 3


def test_default_order_is_latest_id_first_by_number(company: Company) -> None:
    company.control(
        "POST", "documents", {"Vendor": [{"Id": i, "DisplayName": i} for i in ("9", "10", "100")]}
    )

    assert [row["Id"] for row in company.rows("select * from Vendor")] == ["100", "10", "9"]
    company.switch(default_order="id_asc")
    assert [row["Id"] for row in company.rows("select * from Vendor")] == ["9", "10", "100"]


def test_switches_of_paging_and_order(vendors: Company) -> None:
    vendors.switch(startposition_zero="as_one", maxresults_over_1000="clamp", orderby_id="ignored")

    rows = vendors.rows("select * from Vendor orderby Id startposition 0 maxresults 5000")

    assert [row["Id"] for row in rows] == ["5", "4", "3", "2", "1"]


def test_columns_come_sparse_with_the_id(company: Company) -> None:
    company.vendor("Able")

    assert company.rows("select DisplayName, Active from Vendor") == [
        {"DisplayName": "Able", "Active": True, "Id": "1", "sparse": True}
    ]


def test_inactive_names_are_left_out_unless_asked_for(company: Company) -> None:
    company.change("Vendor", company.vendor("Gone"), Active=False)
    company.vendor("Here")

    assert names(company, "select * from Vendor") == ["Here"]
    assert names(company, "select * from Vendor where Active = false") == ["Gone (deleted)"]
    assert names(company, "select * from Vendor where Active in (true,false) orderby Id") == [
        "Gone (deleted)",
        "Here",
    ]


def test_times_compare_as_instants_in_any_offset(company: Company) -> None:
    company.control(
        "POST",
        "documents",
        [
            {"Vendor": {"DisplayName": "Old", "MetaData": {"LastUpdatedTime": "2026-01-02T03:00:00-08:00"}}},
            {"Vendor": {"DisplayName": "New", "MetaData": {"LastUpdatedTime": "2026-01-02T04:00:00-08:00"}}},
        ],
    )
    statement = "select * from Vendor where MetaData.LastUpdatedTime {} '{}' orderby MetaData.LastUpdatedTime"

    assert names(company, statement.format(">=", "2026-01-02T12:00:00+00:00")) == ["New"]
    assert names(company, statement.format(">=", "2026-01-02T12:00:00Z")) == ["New"]
    assert names(company, statement.format("<", "2026-01-02T04:00:00")) == ["Old"]
    assert names(company, statement.format("=", "2026-01-02T03:00:00-08:00")) == ["Old"]
    assert names(company, statement.format(">", "2026-01-01")) == ["Old", "New"]


def test_reference_money_and_date_filters(company: Company) -> None:
    first, second = company.vendor("First"), company.vendor("Second")
    company.bill(first, account_line(10), TxnDate="2026-03-01")
    wanted = company.bill(second, account_line(9), TxnDate="2026-03-02")

    for condition in (
        f"VendorRef = '{second['Id']}'",
        f"VendorRef.value = '{second['Id']}'",
        "TotalAmt < '9.5'",
        "TotalAmt < 9.5",
        "TxnDate > '2026-03-01'",
        "TxnDate > '2026-03-01' and Balance >= '9'",
    ):
        rows = company.rows(f"select * from Bill where {condition}")  # noqa: S608
        assert [row["Id"] for row in rows] == [wanted["Id"]]


def test_current_date_is_the_companys_clock(company: Company) -> None:
    bill = company.bill(company.vendor())
    assert [row["Id"] for row in company.rows("select * from Bill where TxnDate = CURRENT_DATE")] == [
        bill["Id"]
    ]

    company.control("POST", "clock", {"days": 2})
    company.sign_in()

    assert company.rows("select * from Bill where TxnDate = CURRENT_DATE") == []


def test_statement_may_be_posted_and_the_answer_is_the_same(company: Company) -> None:
    company.vendor()
    statement = "select * from Vendor where DisplayName like '%lumber%'"
    headers = {"Content-Type": "application/text"}

    posted = company.http.post(f"{company.api}/query", data=statement, headers=headers, timeout=20)

    assert posted.json()["QueryResponse"] == company.query(statement)


def test_attachables_are_found_by_what_they_are_linked_to(company: Company) -> None:
    bill = company.bill(company.vendor())
    for kind, value in (("Bill", bill["Id"]), ("Invoice", bill["Id"])):
        ref = {"EntityRef": {"type": kind, "value": value}}
        company.create("Attachable", Note=kind, AttachableRef=[ref])

    statement = (
        "select * from Attachable where AttachableRef.EntityRef.Type = 'bill' "  # noqa: S608
        f"and AttachableRef.EntityRef.value = '{bill['Id']}'"
    )
    found = company.rows(statement)

    assert [row["Note"] for row in found] == ["Bill"]


def test_a_write_between_pages_shows_at_once(company: Company) -> None:
    vendor = company.vendor()
    bills = [company.bill(vendor) for _ in range(4)]
    first = company.rows("select * from Bill orderby Id maxresults 2")
    company.post("bill", {"Id": bills[0]["Id"], "SyncToken": "0"}, operation="delete")

    second = company.rows("select * from Bill orderby Id startposition 3 maxresults 2")

    assert [row["Id"] for row in first] == [bills[0]["Id"], bills[1]["Id"]]
    assert [row["Id"] for row in second] == [bills[3]["Id"]]


def test_parser_reads_all_clauses() -> None:
    query = parse(
        "select Id, TxnDate from Bill where VendorRef in ('1','2') and TotalAmt >= 5 "
        "orderby TxnDate desc, Id startposition 3 maxresults 7"
    )

    assert query.columns == ("Id", "TxnDate")
    assert query.conditions == (
        Condition("VendorRef", "IN", ("1", "2")),
        Condition("TotalAmt", ">=", ("5",)),
    )
    assert query.order == (("TxnDate", True), ("Id", False))
    assert (query.start, query.limit) == (3, 7)


def test_parser_refuses_an_unknown_character() -> None:
    with pytest.raises(ApiFault, match="4000"):
        parse("select * from Bill where Id = {1}")


def test_customer_of_an_invoice(company: Company) -> None:
    customer, other, item = company.customer("One"), company.customer("Two"), company.item()
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": refs(item)}}
    company.invoice(other, line)
    wanted = company.invoice(customer, line)

    rows = company.rows(f"select * from Invoice where CustomerRef = '{customer['Id']}'")  # noqa: S608

    assert [row["Id"] for row in rows] == [wanted["Id"]]
