"""Mistakes on the books pages over real HTTP: refused in words, nothing half done, markup shown as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integrations.sandbox.books import Books
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.server import SandboxServer
from tests.integrations.sandbox.books_hands import EVIL, choose, demo_books, new_cost, stored
from tests.integrations.sandbox.browser import Browser


@pytest.fixture
def books(server: SandboxServer) -> Iterator[Books]:
    with demo_books(server) as opened:
        yield opened


@pytest.fixture
def browser(server: SandboxServer, books: Books) -> Browser:
    return Browser(server.url, books.realm)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount.1": "12,x"}, "Line 2, amount: “12,x” is not a number."),
        ({"rate.0": None, "quantity.0": None}, "Line 1: enter an amount, or a rate."),
        ({"what.0": None}, "Line 1: choose an item or a category."),
        ({"date": "yesterday"}, "Date: choose a date."),
        ({"payee": None}, "Choose a vendor."),
        ({"number": "1234567890123456789012"}, "Supplied length:22"),
        ({"amount.0": "5", "rate.0": "450.25"}, "not its quantity times its rate"),
        ({"billable.1": "1"}, "customer"),
        ({"amount.1": "NaN"}, "“NaN” is not a number."),
        ({"amount.1": "1e999"}, "“1e999” is not a number."),
        ({"amount.1": "9" * 16}, "too large"),
    ],
)
def test_a_bill_with_a_mistake_is_refused_whole(
    browser: Browser, books: Books, changes: dict[str, Any], message: str
) -> None:
    before = {entity: books.all(entity) for entity in ("Bill", "ReimburseCharge", "Vendor")}
    page = new_cost(browser, "bill", **changes)

    assert page.status == 422
    assert message in page.alert
    assert page.form().fields["text.0"] == "Crew, 3 days"
    assert {entity: books.all(entity) for entity in before} == before


def test_a_bill_without_lines_is_refused(browser: Browser) -> None:
    page = browser.open("/books/new/bill")

    assert "Enter at least one line." in browser.submit(page, choose(page, payee=vendors.FRAMERS)).alert


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "Enter the hours worked"),
        ({"hours": "2", "start": "07:00", "end": "08:00"}, "not both"),
        ({"start": "07:00"}, "End: enter a time"),
        ({"hours": "1.5"}, "Hours: enter a whole number."),
        ({"hours": "2", "worker": None}, "Choose whose time it is."),
        ({"hours": "2", "billable": "1"}, "Billable time needs a customer"),
    ],
)
def test_time_with_a_mistake_is_refused(
    browser: Browser, books: Books, changes: dict[str, Any], message: str
) -> None:
    before = books.all("TimeActivity")
    page = browser.open("/books/new/time")
    refused = browser.submit(page, {**choose(page, worker=vendors.WEBB), **changes})

    assert (refused.status, message in refused.alert) == (422, True)
    assert books.all("TimeActivity") == before


def test_a_stale_form_is_refused_and_says_so(browser: Browser, books: Books) -> None:
    page = new_cost(browser, "bill")
    stale = browser.open(page.path)
    first = browser.submit(page, {"memo": "First"})

    refused = browser.submit(stale, {"memo": "Second"})

    assert "changed this entry while you had it open" in refused.alert
    assert stored(books, first)["PrivateNote"] == "First"


def test_a_taken_number_is_questioned_and_can_be_kept(browser: Browser, books: Books) -> None:
    new_cost(browser, "bill", number="DUP-1")
    refused = new_cost(browser, "bill", number="DUP-1")
    assert "already used" in refused.alert

    saved = browser.submit(refused, {"duplicate": "1"})

    assert stored(books, saved)["DocNumber"] == "DUP-1"


def test_a_bill_that_is_paid_cannot_be_deleted(browser: Browser, books: Books) -> None:
    bill = next(row for row in books.all("Bill") if row["TotalAmt"] and not row["Balance"])
    refused = browser.submit(browser.open(f"/books/bill/{bill['Id']}/delete"), {})

    assert "Unlink them" in refused.alert
    assert books.get("Bill", bill["Id"]) == bill


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "-5"}, "above zero"),
        ({"amount": "many"}, "not a number"),
        ({"account": None}, "Choose an account"),
    ],
)
def test_a_payment_with_a_mistake_is_refused(
    browser: Browser, books: Books, changes: dict[str, Any], message: str
) -> None:
    invoice = next(row for row in books.all("Invoice") if row["Balance"])
    form = browser.open(f"/books/invoice/{invoice['Id']}/receive")
    refused = browser.submit(form, {**choose(form, account="Undeposited Funds"), **changes})

    assert message in refused.alert
    assert books.get("Invoice", invoice["Id"]) == invoice


def test_markup_in_names_and_texts_is_shown_as_text(browser: Browser, books: Books) -> None:
    vendor = books.create("Vendor", {"DisplayName": "<b>Bobby</b> O'Tables"})
    books.create("Customer", {"DisplayName": '"><script>alert(1)</script>'})
    page = new_cost(browser, "bill", **{"text.1": EVIL, "memo": EVIL, "number": "'\"<i>"})

    assert stored(books, page)["PrivateNote"] == EVIL
    assert page.form().fields["memo"] == EVIL
    for shown in (
        page,
        browser.open("/books"),
        browser.open("/books/vendors"),
        browser.open("/books/customers"),
    ):
        assert "<script" not in shown.html
        assert "<b>Bobby" not in shown.html
    assert page.form().options["payee"][vendor["Id"]] == "<b>Bobby</b> O'Tables"
    searched = browser.submit(browser.open("/books"), {"q": EVIL}, action="/books")
    assert searched.form("/books", "q").fields["q"] == EVIL


def test_the_search_finds_apostrophes_and_other_scripts(browser: Browser) -> None:
    assert "Siobhán O'Brien" in browser.open("/books/customers?q=o%27brien").text
    assert "陳宅 Tea House" in browser.open("/books?q=%E9%99%B3%E5%AE%85").text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/books/nothing", 404),
        ("GET", "/books/bill/999999", 404),
        ("GET", "/books/new/journal", 404),
        ("GET", "/books/items/abc", 404),
        ("POST", "/books", 405),
        ("GET", "/books/vendors/30/active", 405),
    ],
)
def test_pages_that_do_not_exist(browser: Browser, method: str, path: str, status: int) -> None:
    response = browser.http.request(method, f"{browser.url}{path}", timeout=20)

    assert response.status_code == status
    assert "This is not QuickBooks" in response.text


def test_the_style_sheet_is_served(server: SandboxServer) -> None:
    response = requests.get(f"{server.url}/books/style.css", timeout=20)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "prefers-color-scheme" in response.text


@pytest.mark.parametrize("path", ["books/new/bill", "_sandbox/clock", "connect/oauth2"])
def test_a_form_of_another_site_changes_nothing(server: SandboxServer, path: str) -> None:
    sent = requests.post(
        f"{server.url}/{path}", data={"days": "1"}, headers={"Origin": "https://evil.example"}, timeout=20
    )

    assert (sent.status_code, sent.text) == (403, "Sent by another site.")
