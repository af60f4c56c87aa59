"""A bill's way in a browser: entered with a file, approved, in QuickBooks, paid there in part, and seen so here."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from integrations.models import VendorLink
from integrations.switches import set_switches
from ressio.models import CostCode, Vendor
from ressio.scoping import scope
from tests.browser.screens import BudgetScreen
from tests.browser.stage import LOT_14, PATIENCE_MS, Demo, sign_in
from tests.support.file_samples import PDF

pytestmark = pytest.mark.django_db(transaction=True)

FRAMING = "06-100 Rough Framing"


def test_a_bill_from_entry_to_payment(page: Page, demo: Demo, worker: None) -> None:
    vendor = turn_on_pushing(demo)
    sign_in(page)
    enter(page, vendor)
    attach(page)
    look_at_what_will_be_sent(page, vendor)
    approve_and_wait(page)
    pay_in_part_there(page, demo)
    sync(page, demo)
    see_it_partly_paid(page, vendor)
    move_columns(page)
    attach_there(page, demo)
    open_it_from_applied_actuals(page, demo)


def turn_on_pushing(demo: Demo) -> str:
    """Returns the name of a vendor that is linked."""
    with scope(company=demo.company):
        code = CostCode.objects.get(name=FRAMING)
        changes = {"push_bills": True, "pull_bill_files": True, "default_billing_code": code}
        set_switches(project=demo.lot_14, changes=changes, actor=None, now=timezone.now())
        link = VendorLink.objects.order_by("pk")[0]
        return Vendor.objects.get(pk=link.vendor_id).name


def enter(page: Page, vendor: str) -> None:
    budget = BudgetScreen(page)
    budget.open(LOT_14)
    budget.turn_to("Bills")
    page.get_by_role("link", name="New bill").click()
    expect(page.get_by_label("Project")).to_have_value(re.compile(r"\d+"))
    page.get_by_label("Vendor").select_option(label=vendor)
    page.get_by_label("Number", exact=True).fill("STORY-1")
    expect(page.get_by_text("7 of 20 characters")).to_be_visible()
    page.get_by_label("Cost code of line 1").select_option(label=FRAMING)
    page.get_by_label("Quantity of line 1").fill("12")
    page.get_by_label("Unit price of line 1").fill("8.335")
    page.get_by_label("Amount of line 2").fill("1,000.50")
    expect(page.locator("[data-total]")).to_have_text("1,100.52")
    page.get_by_label("Amount of line 2").blur()
    expect(page.get_by_text(f"Line 2 has no cost code and will fall to “{FRAMING}”")).to_be_visible()
    page.get_by_role("button", name="More lines").click()
    expect(page.get_by_label("Cost code of line 8")).to_be_visible()
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("heading", level=1, name=f"{vendor} STORY-1")).to_be_visible()


def attach(page: Page) -> None:
    page.get_by_label("Add files").set_input_files(
        {"name": "ticket.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("link", name="ticket.pdf", exact=True)).to_be_visible()


def look_at_what_will_be_sent(page: Page, vendor: str) -> None:
    page.get_by_role("link", name="What will be sent").click()
    expect(page.get_by_role("region", name="The document as JSON")).to_contain_text('"DocNumber": "STORY-1"')
    page.get_by_role("link", name="Back to the bill").click()
    expect(page.get_by_role("heading", level=1, name=f"{vendor} STORY-1")).to_be_visible()


def approve_and_wait(page: Page) -> None:
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. It counts in the budget from now on.")).to_be_visible()
    wait_for(page, "Open in QuickBooks")
    expect(page.locator(".page-head")).to_contain_text("Unpaid")
    wait_for(page, "in QuickBooks", within=".file-note")


def wait_for(page: Page, words: str, within: str = "body") -> None:
    """What a worker does shows when one looks again."""
    place = page.locator(within).filter(has_text=words)
    for _ in range(PATIENCE_MS // 200):
        if place.count():
            return
        page.wait_for_timeout(200)
        page.reload()
    expect(place).not_to_have_count(0)


def open_there(page: Page, demo: Demo) -> Page:
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in QuickBooks").click()
    there = popup.value
    there.wait_for_load_state()
    there.goto(f"{there.url.partition('?')[0]}?realm={demo.books.id}")  # the stand-in keeps many books
    expect(there.get_by_text("STORY-1").first).to_be_visible()
    return there


def pay_in_part_there(page: Page, demo: Demo) -> None:
    there = open_there(page, demo)
    there.get_by_role("link", name="Pay this bill").click()
    there.get_by_label("Amount").fill("600.02")
    there.get_by_label("Paid from").select_option(index=1)
    there.get_by_role("button", name="Record payment").click()
    expect(there.get_by_role("heading", name="Pay bill")).to_have_count(0)
    there.close()


def sync(page: Page, demo: Demo) -> None:
    at_bill = page.url
    page.goto(demo.budget_url)
    BudgetScreen(page).sync()
    page.goto(at_bill)


def see_it_partly_paid(page: Page, vendor: str) -> None:
    expect(page.locator(".page-head")).to_contain_text("Partly paid")
    expect(page.get_by_role("region", name="Payments")).to_contain_text("600.02")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Bills").click()
    page.get_by_role("searchbox", name="Search").fill("STORY-1")
    row = page.get_by_role("row").filter(has_text="STORY-1")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(row).to_contain_text("Partly paid")
    expect(row).to_contain_text(f"{Decimal('500.50'):,.2f}")


def move_columns(page: Page) -> None:
    """By dragging, and by the buttons."""
    heads = page.get_by_role("columnheader")
    expect(heads.nth(2)).to_have_text("Project")
    heads.filter(has_text="Status").drag_to(heads.nth(2), target_position={"x": 3, "y": 8})
    expect(heads.nth(2)).to_have_text("Status")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("button", name="Move Status earlier").press("Enter")
    page.get_by_role("button", name="Show these").click()
    expect(heads.nth(1)).to_have_text("Status")


def attach_there(page: Page, demo: Demo) -> None:
    page.get_by_role("row").filter(has_text="STORY-1").get_by_role("link", name="STORY-1").click()
    there = open_there(page, demo)
    there.get_by_label("Attach a file").set_input_files(
        {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": PDF + b"% signed"}
    )
    there.get_by_role("button", name="Attach", exact=True).click()
    expect(there.get_by_role("link", name="signed.pdf")).to_be_visible()
    there.close()
    sync(page, demo)
    wait_for(page, "signed.pdf")


def open_it_from_applied_actuals(page: Page, demo: Demo) -> None:
    page.goto(demo.budget_url)
    budget = BudgetScreen(page)
    budget.find_cell(FRAMING).click()
    budget.search_window("STORY-1")
    rows = budget.window.get_by_role("row").filter(has_text="STORY-1")
    expect(rows).to_have_count(2)
    rows.first.get_by_text("2 files").click()
    with page.expect_download() as download:
        rows.first.get_by_role("link", name="signed.pdf").click()
    assert download.value.suggested_filename == "signed.pdf"
    assert download.value.path().read_bytes() == PDF + b"% signed"
