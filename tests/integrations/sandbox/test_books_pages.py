"""The books pages over real HTTP: a person looks around, adds, changes and deletes every kind of entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.sandbox.books import Books
from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.companies.demo import demo_cases
from integrations.sandbox.server import SandboxServer
from integrations.sandbox.wire import Document
from tests.integrations.sandbox.books_hands import EVIL, FRAMING, LABOR, choose, demo_books, new_cost, stored
from tests.integrations.sandbox.browser import Browser, Page

COST_KINDS = ["bill", "expense", "check", "card-charge", "card-credit", "vendor-credit"]
ENTITIES = {"bill": "Bill", "vendor-credit": "VendorCredit"}


@pytest.fixture
def books(server: SandboxServer) -> Iterator[Books]:
    with demo_books(server) as opened:
        yield opened


@pytest.fixture
def browser(server: SandboxServer, books: Books) -> Browser:
    return Browser(server.url, books.realm)


def dates_in(page: Page) -> list[date]:
    """The dates of the rows, from top to bottom."""
    texts = re.findall(r">(\d{1,2} [A-Z][a-z]{2} \d{4})</a>", page.html)
    return [datetime.strptime(text, "%d %b %Y").replace(tzinfo=UTC).date() for text in texts]


# Looking


def test_the_overview_shows_the_latest_transactions(browser: Browser, books: Books) -> None:
    page = browser.open("/books")

    newest = max(row["TxnDate"] for row in books.all("Bill"))
    assert dates_in(page)[0] >= date.fromisoformat(newest)
    assert dates_in(page) == sorted(dates_in(page), reverse=True)
    assert len(dates_in(page)) == 50
    assert "Older" in page.links
    second = browser.open(page.links["Older"])
    assert "Page 2 of" in second.text
    assert dates_in(second)[0] <= dates_in(page)[-1]
    assert browser.open(second.links["Newer"]).text == page.text


def test_the_overview_filters_by_kind_customer_and_words(browser: Browser, books: Books) -> None:
    page = browser.open("/books")
    filters = page.form("/books", "kind")
    chosen = {
        "kind": filters.value_of("kind", "Bill"),
        "customer": filters.value_of("customer", "Ridgeline Spec Homes"),
        "q": "framing",
    }
    found = browser.submit(page, chosen, action="/books")

    tops = {row["Id"] for row in books.all("Customer") if customers.SPEC_HOMES in row["FullyQualifiedName"]}
    wanted = [
        row
        for row in books.all("Bill")
        if "framing" in str(row).casefold()
        and tops & {line[line["DetailType"]].get("CustomerRef", {}).get("value") for line in row["Line"]}
    ]
    assert f"{len(wanted)} transactions" in found.text
    assert len(wanted) > 3


def test_every_kind_of_document_has_a_page(browser: Browser, books: Books) -> None:
    for entity in (
        "Bill",
        "Purchase",
        "VendorCredit",
        "TimeActivity",
        "Invoice",
        "Payment",
        "CreditMemo",
        "BillPayment",
        "JournalEntry",
    ):
        row = books.all(entity)[0]
        page = browser.open(f"/books/{entity.lower()}/{row['Id']}")
        assert page.status == 200
        assert f'"Id": "{row["Id"]}"' in page.text


def test_awkward_documents_can_be_opened_and_saved_unchanged(browser: Browser, books: Books) -> None:
    """Opening a form and saving it changes nothing but the version, whatever the document is like."""
    saved = 0
    for name, keys in demo_cases(books.today()).items():
        if name in ("voided_bill", "voided_check", "journal_entry", "deleted_bill"):
            continue
        for entity, document_id in keys:
            before = books.get(entity, document_id)
            page = browser.submit(browser.open(f"/books/{entity.lower()}/{document_id}"), {})
            assert page.alert == "", name
            after = books.get(entity, document_id)
            assert _content(after) == _content(before), name
            assert int(after["SyncToken"]) == int(before["SyncToken"]) + 1
            saved += 1
    assert saved > 35


def _content(document: Document) -> Document:
    """What matters; a line saved by its form has lost its LineNum, and an end past midnight got its own date."""
    kept = {
        name: value for name, value in document.items() if name not in ("SyncToken", "MetaData", "EndTime")
    }
    lines = [{key: value for key, value in line.items() if key != "LineNum"} for line in kept.get("Line", [])]
    return {**kept, "Line": lines}


def test_lists_show_everybody(browser: Browser, books: Books) -> None:
    for segment, entity in (
        ("customers", "Customer"),
        ("vendors", "Vendor"),
        ("items", "Item"),
        ("employees", "Employee"),
    ):
        page = browser.open(f"/books/{segment}")
        assert [tag for tag, _ in page.tags].count("tr") == len(books.all(entity)) + 1
    assert "陳宅 Tea House" in browser.open("/books/customers").text


def test_the_company_switcher_shows_the_other_books(server: SandboxServer, browser: Browser) -> None:
    page = browser.submit(browser.open("/books"), {"realm": server.sandbox.default_realm}, action="/books")

    assert page.html.count("<title>Transactions · Empty Company") == 1
    assert "Empty Company" in browser.open("/books/vendors").html


# Adding, changing, deleting


@pytest.mark.parametrize("kind", COST_KINDS)
def test_adding_editing_and_deleting_a_cost(browser: Browser, books: Books, kind: str) -> None:
    page = new_cost(browser, kind, number=f"T-{kind}")

    document = stored(books, page)
    lot = next(row for row in books.all("Customer") if row["DisplayName"] == "Lot 14 New Build")
    first, second = document["Line"]
    assert "Added." in page.text
    assert document["TotalAmt"] == Decimal("2370.85")
    assert first["Amount"] == Decimal("1350.75")
    assert first["ItemBasedExpenseLineDetail"]["CustomerRef"]["value"] == lot["Id"]
    assert second["Amount"] == Decimal("1020.10")
    assert second["AccountBasedExpenseLineDetail"]["AccountRef"]["name"] == "Fuel & Vehicle"
    assert (document["SyncToken"], document["PrivateNote"]) == ("0", "By hand")

    page = browser.submit(page, {"quantity.0": "4", "memo": None, "billable.0": "1"})
    changed = stored(books, page)
    assert changed["TotalAmt"] == Decimal("2821.10")
    assert changed["Line"][0]["Id"] == first["Id"]
    assert changed["Line"][0]["ItemBasedExpenseLineDetail"]["BillableStatus"] == "Billable"
    assert "PrivateNote" not in changed
    # Making a line billable also makes its charge, which is a second change of the document at most.
    assert int(changed["SyncToken"]) >= 1

    question = browser.open(page.links["Delete"])
    assert "gone for good" in question.text
    gone = browser.submit(question, {})
    assert "Deleted." in gone.text
    assert browser.open(page.path).status == 404
    assert document["Id"] in books.shelf(ENTITIES.get(kind, "Purchase")).tombstones


@pytest.mark.parametrize(
    ("kind", "payment_type", "refund"),
    [
        ("expense", "Cash", None),
        ("check", "Check", None),
        ("card-charge", "CreditCard", False),
        ("card-credit", "CreditCard", True),
    ],
)
def test_the_four_forms_of_a_purchase(
    browser: Browser, books: Books, kind: str, payment_type: str, refund: bool | None
) -> None:
    document = stored(books, new_cost(browser, kind))

    assert (document["PaymentType"], document.get("Credit")) == (payment_type, refund)
    assert document["EntityRef"]["type"] == "Vendor"


def test_a_line_is_taken_away_and_another_added(browser: Browser, books: Books) -> None:
    page = new_cost(browser, "bill")
    emptied = {f"{name}.0": None for name in ("what", "customer", "text", "quantity", "rate", "amount")}
    added = choose(page, what__2=LABOR, customer__2="Harbor View Addition")

    after = stored(books, browser.submit(page, {**emptied, **added, "amount.2": "99.5"}))

    assert [line["Amount"] for line in after["Line"]] == [Decimal("1020.10"), Decimal("99.5")]
    assert [line["Id"] for line in after["Line"]] == ["2", "3"]


def test_more_lines_keep_what_was_typed(browser: Browser) -> None:
    page = browser.open("/books/new/bill")
    more = browser.submit(page, {"text.0": EVIL, "amount.4": "12"}, press="more")

    assert more.form().fields["text.0"] == EVIL
    assert more.form().fields["amount.4"] == "12"
    assert int(more.form().fields["lines"]) == int(page.form().fields["lines"]) + 3


def test_a_foreign_bill_needs_and_keeps_its_rate(browser: Browser, books: Books) -> None:
    page = browser.open("/books/new/bill")
    chosen = choose(page, payee=vendors.KOOTENAY, what__0=FRAMING)
    refused = browser.submit(page, {**chosen, "amount.0": "100"})
    assert "exchange rate" in refused.alert.lower()

    document = stored(books, browser.submit(refused, {"exchange": "0.75"}))

    assert (document["CurrencyRef"]["value"], document["ExchangeRate"]) == ("CAD", Decimal("0.75"))
    assert document["HomeBalance"] == 75


def test_time_is_added_edited_and_deleted(browser: Browser, books: Books) -> None:
    page = browser.open("/books/new/time")
    chosen = choose(page, worker=vendors.WEBB, customer="Maple Street Remodel", item=LABOR)
    page = browser.submit(page, {**chosen, "hours": "7", "minutes": "45", "billable": "1", "rate": "72"})
    entry = stored(books, page)
    assert (entry["Hours"], entry["Minutes"], entry["BillableStatus"]) == (7, 45, "Billable")
    assert (entry["HourlyRate"], entry["EmployeeRef"]["name"]) == (72, vendors.WEBB)

    by_clock = {"hours": None, "minutes": None, "start": "22:00", "end": "01:30", "pause": "30"}
    page = browser.submit(page, by_clock)
    entry = stored(books, page)
    assert "Hours" not in entry
    assert entry["StartTime"][:10] < entry["EndTime"][:10]
    assert (entry["StartTime"][11:16], entry["EndTime"][11:16], entry["BreakMinutes"]) == (
        "22:00",
        "01:30",
        30,
    )
    assert "3:00 h" in browser.open("/books?kind=time&q=maple").text

    page = browser.untick(page, "billable")
    assert stored(books, page)["BillableStatus"] == "NotBillable"
    browser.submit(browser.open(page.links["Delete"]), {})
    assert entry["Id"] not in {row["Id"] for row in books.all("TimeActivity")}


def test_receiving_a_payment(browser: Browser, books: Books) -> None:
    invoice = next(row for row in books.all("Invoice") if row["Balance"] == row["TotalAmt"])
    page = browser.open(f"/books/invoice/{invoice['Id']}")
    form = browser.open(page.links["Receive payment"])
    account = choose(form, account="Undeposited Funds")
    after = browser.submit(form, {**account, "amount": "1,000", "number": "7781"})

    paid = stored(books, after)
    assert "Payment recorded." in after.text
    assert paid["Balance"] == invoice["Balance"] - 1000
    assert int(paid["SyncToken"]) == int(invoice["SyncToken"]) + 1
    payment = books.all("Payment")[-1]
    assert (payment["TotalAmt"], payment["PaymentRefNum"], payment["UnappliedAmt"]) == (1000, "7781", 0)
    assert payment["Line"][0]["LinkedTxn"][0] == {"TxnId": invoice["Id"], "TxnType": "Invoice"}


@pytest.mark.parametrize(
    ("account", "pay_type"), [("Operating Checking", "Check"), ("Mastercard 9023 Office", "CreditCard")]
)
def test_paying_a_bill(browser: Browser, books: Books, account: str, pay_type: str) -> None:
    bill = next(row for row in books.all("Bill") if row["Balance"] == row["TotalAmt"] > 0)
    form = browser.open(f"/books/bill/{bill['Id']}/pay")
    after = browser.submit(form, choose(form, account=account))

    assert stored(books, after)["Balance"] == 0
    payment = books.all("BillPayment")[-1]
    assert (payment["PayType"], payment["TotalAmt"]) == (pay_type, bill["TotalAmt"])
    assert "Pay this bill" not in after.links


def test_voiding_a_bill(browser: Browser, books: Books) -> None:
    page = new_cost(browser, "bill")
    after = browser.submit(browser.open(page.links["Void"]), {})

    document = stored(books, after)
    assert (document["TotalAmt"], document["Balance"]) == (0, 0)
    assert document["PrivateNote"] == "Voided - By hand"


# Lists


def test_the_boxes_of_an_item(browser: Browser, books: Books) -> None:
    item = next(row for row in books.all("Item") if row["Name"] == "00-100 Design Consultation")
    page = browser.open(f"/books/items/{item['Id']}")
    chosen = choose(page, purchase_account="Job Costs:Subcontractors")
    page = browser.submit(page, {**chosen, "purchase": "1", "purchase_price": "88"})
    both = books.get("Item", item["Id"])
    assert both["ExpenseAccountRef"]["name"] == "Job Costs:Subcontractors"
    assert (both["PurchaseCost"], both["IncomeAccountRef"]) == (88, item["IncomeAccountRef"])

    page = browser.untick(browser.open(page.path), "sell")
    only_bought = books.get("Item", item["Id"])
    assert "IncomeAccountRef" not in only_bought
    assert only_bought["FullyQualifiedName"] == item["FullyQualifiedName"]
    assert int(only_bought["SyncToken"]) == int(item["SyncToken"]) + 2

    refused = browser.untick(browser.open(page.path), "purchase")
    assert "tick at least one" in refused.alert
    assert books.get("Item", item["Id"]) == only_bought


@pytest.mark.parametrize(
    ("segment", "entity", "name"),
    [
        ("vendors", "Vendor", vendors.FENSTER),
        ("customers", "Customer", customers.OKAFOR),
        ("employees", "Employee", vendors.RAMAN),
        ("items", "Item", "Dry Wall"),
    ],
)
def test_making_a_name_inactive_and_active_again(
    browser: Browser, books: Books, segment: str, entity: str, name: str
) -> None:
    label = "Name" if entity == "Item" else "DisplayName"
    row = next(row for row in books.all(entity) if row[label] == name)
    if entity == "Vendor":
        _pay_everything(books, row)
    address = f"/books/{segment}/{row['Id']}/active"

    page = browser.submit(browser.open(f"/books/{segment}"), {}, action=address)
    assert "Made inactive." in page.text
    assert (books.get(entity, row["Id"])["Active"], books.get(entity, row["Id"])[label]) == (
        False,
        f"{name} (deleted)",
    )

    page = browser.submit(page, {}, action=address)
    assert "Made active again." in page.text
    assert (books.get(entity, row["Id"])["Active"], books.get(entity, row["Id"])[label]) == (True, name)


def _pay_everything(books: Books, vendor: Document) -> None:
    account = next(row for row in books.all("Account") if row["AccountType"] == "Bank")
    for bill in books.all("Bill"):
        if bill["VendorRef"]["value"] == vendor["Id"] and bill["Balance"]:
            line = {"Amount": bill["Balance"], "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
            paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": account["Id"]}}}
            books.create(
                "BillPayment",
                {"VendorRef": bill["VendorRef"], "TotalAmt": bill["Balance"], "Line": [line], **paid},
            )


def test_a_vendor_who_is_owed_money_stays_active(browser: Browser, books: Books) -> None:
    vendor = next(row for row in books.all("Vendor") if row["Balance"] > 0)
    page = browser.open("/books/vendors")
    refused = browser.submit(page, {}, action=f"/books/vendors/{vendor['Id']}/active")

    assert "open balance" in refused.alert
    assert books.get("Vendor", vendor["Id"]) == vendor


def test_a_file_is_attached_and_opened(browser: Browser, books: Books) -> None:
    address = f"/books/bill/{books.all('Bill')[0]['Id']}"
    files = {"file_content_0": ("ticket.pdf", b"%PDF-1.4 ticket", "application/pdf")}

    answer = browser.http.post(f"{browser.url}{address}/attach", files=files, timeout=20)
    refused = browser.http.post(
        f"{browser.url}{address}/attach", files={"file_content_0": ("tool.exe", b"MZ")}, timeout=20
    )

    assert "The file is attached." in answer.text
    page = browser.open(address)
    assert browser.http.get(page.links["ticket.pdf"], timeout=20).content == b"%PDF-1.4 ticket"
    assert (refused.status_code, "tool.exe" in browser.open(address).text) == (422, False)
