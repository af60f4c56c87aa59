"""The main road with scripts switched off: every step is a plain link or a plain form."""

import pytest
from playwright.sync_api import Page, expect

from budgets.counting import count_project
from ressio.models import Company, Project
from ressio.scoping import scope
from tests.browser.screens import BudgetScreen, consent, read_amount, wait_for_sync_without_script
from tests.browser.stage import LOT_14, Demo, sign_in
from tests.support.sandbox import Realm

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_main_road_without_script(
    page_without_script: Page, builder: Company, books: Realm, worker: None
) -> None:
    page, budget = page_without_script, BudgetScreen(page_without_script)
    sign_in(page)
    connect(page, builder, books)
    link_suggested_codes(page, builder)
    connect_project(page, budget)
    budget.turn_to("Budget")
    with page.expect_navigation():
        page.get_by_role("button", name="Sync Expenses").click()
    wait_for_sync_without_script(page)
    open_actuals(page, builder)


def connect(page: Page, company: Company, books: Realm) -> None:
    page.goto(f"/c/{company.slug}/settings/integrations/quickbooks/")
    page.get_by_role("button", name="Connect to QuickBooks").click()
    consent(page, books)
    wait_for_sync_without_script(page)
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()


def link_suggested_codes(page: Page, company: Company) -> None:
    page.goto(f"/c/{company.slug}/settings/cost-codes/quickbooks/")
    page.get_by_role("button", name="Link the ticked ones").click()
    expect(page.get_by_text("cost codes are linked.")).to_be_visible()


def connect_project(page: Page, budget: BudgetScreen) -> None:
    """The search of the picker has a button when nothing happens while one types."""
    budget.open(LOT_14)
    budget.turn_to("Financials")
    page.get_by_role("searchbox", name="Search QuickBooks").fill("Lot 14 New")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("group", name="Customers, sub-customers").get_by_role("radio").check()
    page.get_by_role("button", name="Connect Project").click()
    expect(page.get_by_text(f"{LOT_14} is connected to “")).to_be_visible()


def open_actuals(page: Page, company: Company) -> None:
    """A page of its own in place of the window, with the same lines and a form to search in them."""
    with scope(company=company):
        counted = count_project(Project.objects.get(name=LOT_14)).counted
    page.get_by_role("link", name="Applied Actuals, all cost codes").click()
    expect(page.get_by_role("heading", level=2, name="Applied Actuals")).to_be_visible()
    total = page.get_by_role("row", name="Total")
    assert read_amount(total.get_by_role("cell").nth(1).inner_text()) == counted.amount
    page.get_by_role("searchbox", name="Search").fill("nobody has this name")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No such line")).to_be_visible()


def test_switches_have_a_button_without_script(page_without_script: Page, demo: Demo) -> None:
    page, budget = page_without_script, BudgetScreen(page_without_script)
    sign_in(page)
    budget.open(LOT_14)
    before = budget.read_strip()
    credited = before.pop("Vendor credits switched off")

    budget.turn_to("Financials")
    page.get_by_role("checkbox", name="Vendor credits").check()
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()

    budget.turn_to("Budget")
    assert budget.read_strip() == {**before, "Counted": before["Counted"] + credited}
