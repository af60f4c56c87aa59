"""An invoice's way in a browser: built from actuals, released, paid in QuickBooks in two parts, and seen paid here."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from invoicing.models import Invoice, InvoiceState
from ressio.models import Project
from ressio.scoping import scope
from tests.browser.screens import read_amount
from tests.browser.stage import MAPLE, PATIENCE_MS, Demo, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "STORY-1"
IN_QUICKBOOKS = "a:text-is('Open in QuickBooks')"
VOID = ".page-head .chip:text-is('Void')"


def test_an_invoice_from_actuals_to_the_last_payment(page: Page, demo: Demo, worker: None) -> None:
    sign_in(page)
    total = build_from_actuals(page, demo)
    release(page, total)
    first = "400.25"
    second = str(read_amount(total) - Decimal(first))
    pay_there(page, demo, first)
    sync(page, "Partly paid")
    pay_there(page, demo, second)
    sync(page, "Paid")
    see_it_paid(page, first, total)
    void_another(page, demo)


def build_from_actuals(page: Page, demo: Demo) -> str:
    """Every cost that QuickBooks has not billed, under 20 % markup; returns what the client pays."""
    with scope(company=demo.company):
        maple = Project.objects.get(name=MAPLE)
    page.goto(demo.url("project-invoices", project_id=maple.pk))
    page.get_by_role("link", name="New invoice").click()
    page.get_by_label("Number", exact=False).first.fill(NUMBER)
    page.get_by_role("button", name="Costs not invoiced yet").click()
    picks = page.get_by_role("checkbox", name=re.compile("Invoice cost"))
    expect(picks.first).to_be_visible()
    page.get_by_role("button", name="Tick all").click()
    ticked = page.locator("[name=pick]:checked").count()
    assert ticked == page.locator("[name=pick]:not([data-never-all])").count() < picks.count()
    page.get_by_label("Put on the invoice as").select_option(label="One line for each cost")
    page.get_by_role("button", name="Put on the invoice").click()
    expect(page.get_by_text(f"{ticked} costs put on the invoice. Nothing is saved yet.")).to_be_visible()
    page.get_by_label("Markup of the invoice, %").fill("20")
    page.get_by_label("Markup of the invoice, %").blur()
    totals = page.locator("#invoice-look-words")
    expect(totals).to_contain_text("20% markup")
    total = totals.locator("dd.invoice-total").inner_text().removeprefix("USD").strip()
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("heading", level=1, name=f"Invoice {NUMBER}")).to_be_visible()
    expect(page.locator(".paper-total")).to_contain_text(total)
    return total


def release(page: Page, total: str) -> None:
    page.get_by_role("button", name="Release…").click()
    window = page.get_by_role("dialog")
    expect(window).to_contain_text(f"USD {total}")
    expect(window).to_contain_text("It goes to QuickBooks")
    window.get_by_role("button", name="Release").click()
    expect(page.get_by_text("It is on its way to QuickBooks.")).to_be_visible()
    look_again_for(page, IN_QUICKBOOKS)
    expect(page.locator(".page-head")).to_contain_text("Unpaid")
    expect(page.get_by_role("button", name="Record a payment")).to_be_disabled()


def pay_there(page: Page, demo: Demo, amount: str) -> None:
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in QuickBooks").click()
    there = popup.value
    there.wait_for_load_state()
    there.goto(f"{there.url.partition('?')[0]}?realm={demo.books.id}")  # the stand-in keeps many books
    there.get_by_role("link", name="Receive payment").click()
    there.get_by_label("Amount").fill(amount)
    there.get_by_label("Deposit to").select_option(index=1)
    there.get_by_role("button", name="Record payment").click()
    expect(there.get_by_role("heading", name="Receive payment")).to_have_count(0)
    there.close()


def sync(page: Page, state: str) -> None:
    page.get_by_role("button", name="Sync Invoices").click()
    look_again_for(page, f".page-head .chip:text-is('{state}')")


def look_again_for(page: Page, selector: str) -> None:
    """What a worker does shows when one looks again."""
    place = page.locator(selector)
    for _ in range(PATIENCE_MS // 200):
        if place.count():
            return
        page.wait_for_timeout(200)
        page.reload()
    expect(place).not_to_have_count(0)


def see_it_paid(page: Page, first: str, total: str) -> None:
    payments = page.get_by_role("region", name="Payments")
    expect(payments.get_by_role("row")).to_have_count(3)
    expect(payments).to_contain_text(first)
    page.get_by_role("link", name="Print", exact=True).click()
    paper = page.locator(".paper")
    expect(paper.locator(".paper-stamp")).to_have_text("Paid")
    expect(paper.locator(".paper-total")).to_contain_text(total)
    expect(paper.locator(".paper-balance")).to_contain_text("USD 0.00")
    page.emulate_media(media="print")
    expect(page.locator(".sheet-tools")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back").click()


def void_another(page: Page, demo: Demo) -> None:
    """The draft of the demo, released and void again here, before QuickBooks heard of it."""
    with scope(company=demo.company):
        draft = Invoice.objects.filter(state=InvoiceState.DRAFT).order_by("pk")[0]
    page.goto(demo.url("invoice", invoice_id=draft.pk))
    page.get_by_role("button", name="Release…").click()
    page.get_by_role("dialog").get_by_role("button", name="Release").click()
    expect(page.get_by_text("It is on its way to QuickBooks.")).to_be_visible()
    look_again_for(page, IN_QUICKBOOKS)
    page.get_by_role("button", name="Void…").click()
    expect(page.get_by_role("dialog")).to_contain_text("QuickBooks voids it first")
    page.get_by_role("dialog").get_by_role("button", name="Void").click()
    look_again_for(page, VOID)
    expect(page.locator(".paper-stamp")).to_have_text("Void")
