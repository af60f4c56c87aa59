"""The whole story in a browser: from sign-in to the cents behind a number, and back after something went wrong."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from budgets.counting import ProjectCosts, count_project
from budgets.demo import PEOPLE
from budgets.models import CostLine
from integrations.models import CostCodeLink, Document, ProjectLink, SyncRun
from ressio.models import Company, CostCode, Project
from ressio.scoping import scope
from tests.browser.screens import BudgetScreen, consent, open_integrations
from tests.browser.stage import ADMIN, LOT_14, sign_in
from tests.support.sandbox import Realm

pytestmark = pytest.mark.django_db(transaction=True)

LUMBER = "06-110 Framing Lumber and Sheathing"
ENTERED = Decimal("1234.56")
ENDED = "QuickBooks needs a new sign-in for Ridgeline Homes."


def test_the_whole_story(page: Page, builder: Company, books: Realm, worker: None) -> None:
    sign_in(page)
    cancel_at_intuit(page)
    connect(page, books)
    link_cost_codes(page, builder)
    link_lot_14(page)
    budget = BudgetScreen(page)
    budget.turn_to("Budget")
    budget.sync()
    check_every_figure(budget, count(builder), books)
    look_into_a_cell(budget, count(builder))
    look_into_a_reason(budget)
    look_at_the_tie_out_sheet(budget, count(builder))
    see_an_expense_arrive(budget, builder, books)
    leave_during_a_sync(budget, builder, books)
    flip_vendor_credits(budget)
    check_every_figure(budget, count(builder), books)
    lose_the_sign_in(budget, builder, books)
    reconnect(budget, builder, books)
    check_every_figure(budget, count(builder), books)


def count(company: Company) -> ProjectCosts:
    """As the product counts, from the database."""
    with scope(company=company):
        costs = count_project(Project.objects.get(name=LOT_14))
        assert costs.groups
        return costs


# Connect and link -----------------------------------------------------------------------------------------


def cancel_at_intuit(page: Page) -> None:
    open_integrations(page)
    page.get_by_role("button", name="Connect to QuickBooks").click()
    expect(page.get_by_role("heading", name="Connect to the QuickBooks stand-in")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You cancelled at Intuit.")).to_be_visible()


def connect(page: Page, books: Realm) -> None:
    """Connecting starts the first sync; the page follows it, and shows itself anew when it has ended."""
    page.get_by_role("button", name="Connect to QuickBooks").click()
    consent(page, books)
    expect(page.get_by_role("heading", name="Ridgeline Homes LLC")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()
    expect(page.locator("#sync-panel").get_by_text("as of")).to_have_count(3)


def link_cost_codes(page: Page, company: Company) -> None:
    """Suggestions are ticked in the list, looked through, and accepted in one press."""
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Cost codes").click()
    late: list[Route] = []
    page.route("**/ticks*.js", lambda route: late.append(route))
    page.get_by_role("link", name="Link to QuickBooks").click()
    every = page.get_by_role("checkbox", name="Product or service", exact=True)
    page.locator("input[name=pair]:checked").first.uncheck()
    every.check()  # before its script has come: what was pressed is not forgotten
    late[0].continue_()
    expect(page.locator("input[name=pair]:not(:checked)")).to_have_count(0)
    expect(every).to_be_checked()
    ticked = page.locator("input[name=pair]:checked").count()
    page.get_by_role("button", name="Link the ticked ones").click()
    expect(page.get_by_text(f"{ticked} cost codes are linked.")).to_be_visible()
    with scope(company=company):
        assert CostCodeLink.objects.count() == ticked > 30


def link_lot_14(page: Page) -> None:
    budget = BudgetScreen(page)
    budget.open(LOT_14)
    expect(page.get_by_text("This project is not linked to a customer in QuickBooks")).to_be_visible()
    page.get_by_role("link", name="Connect the project").click()
    suggested = page.get_by_role("group", name="Near-equal names")
    suggested.get_by_role("radio", name=LOT_14).check()
    page.get_by_role("button", name="Connect Project").click()
    expect(page.get_by_text(f"{LOT_14} is connected to “")).to_be_visible()


# Figures --------------------------------------------------------------------------------------------------


def check_every_figure(budget: BudgetScreen, costs: ProjectCosts, books: Realm) -> None:
    """What the page says = what the product counts = what the books themselves hold."""
    strip = budget.read_strip()
    reasons = {reason.title: tally.amount for reason, tally in costs.excluded_by_reason.items()}
    assert strip == {"QuickBooks total": costs.total.amount, "Counted": costs.counted.amount, **reasons}
    assert strip.pop("QuickBooks total") == sum(strip.values()) == total_of_books(costs, books)
    assert budget.count_strip_lines("QuickBooks total") == costs.total.lines
    assert budget.read_total() == sum(budget.read_actuals().values()) == costs.counted.amount
    assert budget.read_actuals() == name_amounts(costs)
    expect(budget.page.get_by_text("Ties out: difference 0.00")).to_be_visible()


def total_of_books(costs: ProjectCosts, books: Realm) -> Decimal:
    """Money of the project's customer, and its time at cost: the project is a fixed price one."""
    totals = books.fetch_totals()
    (customer,) = costs.customers
    return Decimal(totals["customers"][customer]) + Decimal(totals["time_at_cost"][customer])


def name_amounts(costs: ProjectCosts) -> dict[str, Decimal]:
    with scope(company=costs.project.company_id):
        names = dict(CostCode.objects.values_list("pk", "name"))
    return {names[code]: tally.amount for code, tally in costs.by_cost_code.items()}


def look_into_a_cell(budget: BudgetScreen, costs: ProjectCosts) -> None:
    """The window's lines add up to the cell; a search narrows them; Esc closes and gives the focus back."""
    cell = budget.find_cell(LUMBER)
    cell.click()
    window = budget.window
    expect(window.get_by_role("heading", name=f"Applied Actuals · {LUMBER}")).to_be_visible()
    assert budget.read_window_total() == name_amounts(costs)[LUMBER]
    rows = window.locator("tbody tr")
    before, vendor = rows.count(), rows.first.get_by_role("rowheader").inner_text()
    number = rows.first.get_by_role("link").inner_text().split("in QuickBooks")[0].strip()
    budget.search_window(number)
    expect(rows).to_have_count(1)
    assert before > 1
    expect(rows.first.get_by_role("rowheader")).to_have_text(vendor)
    budget.search_window("no such vendor anywhere")
    expect(window.get_by_text("No such line")).to_be_visible()
    budget.page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    expect(cell).to_be_focused()


def look_into_a_reason(budget: BudgetScreen) -> None:
    budget.find_part("Entered under Category").get_by_role("link").click()
    expect(budget.window.get_by_role("heading", name="Left out: Entered under Category")).to_be_visible()
    expect(budget.window.get_by_text("What to do:")).to_be_visible()
    assert budget.read_window_total() == budget.read_strip()["Entered under Category"]
    budget.window.get_by_role("button", name="Close").click()
    expect(budget.window).to_be_hidden()


def look_at_the_tie_out_sheet(budget: BudgetScreen, costs: ProjectCosts) -> None:
    page = budget.page
    page.get_by_role("link", name="Tie-out sheet").click()
    expect(page.get_by_role("heading", level=1, name="Tie-out sheet")).to_be_visible()
    first = page.get_by_role("table").first
    expect(first.get_by_role("row", name="Applied actuals")).to_contain_text(f"{costs.counted.amount:,.2f}")
    expect(first.get_by_role("row", name="Difference")).to_contain_text("0.00")
    expect(page.get_by_text("every line stands in the figures above")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", level=1, name=LOT_14)).to_be_visible()


# The other side -------------------------------------------------------------------------------------------


def see_an_expense_arrive(budget: BudgetScreen, company: Company, books: Realm) -> None:
    before = budget.read_actuals()
    here = budget.page.url
    enter_expense(budget.page, company, books, number="RB-77")
    budget.page.goto(here)
    assert budget.read_actuals() == before
    budget.sync()
    assert budget.read_actuals() == {**before, LUMBER: before[LUMBER] + ENTERED}
    follow_line_to_the_books(budget)


def enter_expense(page: Page, company: Company, books: Realm, *, number: str) -> None:
    """The bookkeeper, in the books: an expense with an item and the project."""
    with scope(company=company):
        item = CostCodeLink.objects.get(cost_code__name=LUMBER).item_ref
        customer = ProjectLink.objects.get(project__name=LOT_14).customer_ref
    page.goto(f"{books.sandbox.base_url}/books?realm={books.id}")
    page.get_by_role("link", name="Expense", exact=True).click()
    page.get_by_label("Number").fill(number)
    page.get_by_label("Item or category, line 1").select_option(f"item:{item}")
    page.get_by_label("Customer, line 1").select_option(customer)
    page.get_by_label("Amount, line 1").fill(str(ENTERED))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Added.")).to_be_visible()


def follow_line_to_the_books(budget: BudgetScreen) -> None:
    """Each line leads to its document in QuickBooks, in a tab of its own."""
    budget.find_cell(LUMBER).click()
    with budget.page.expect_popup() as opened:
        budget.window.get_by_role("link", name="RB-77 in QuickBooks").click()
    expect(opened.value.get_by_role("heading", level=1, name=re.compile("RB-77"))).to_be_visible()
    opened.value.close()
    budget.page.keyboard.press("Escape")
    expect(budget.window).to_be_hidden()


def leave_during_a_sync(budget: BudgetScreen, company: Company, books: Realm) -> None:
    """The sync goes on, the page coming back to it shows it, and a second press joins it."""
    with scope(company=company):
        runs = SyncRun.objects.count()
    before = budget.read_strip()
    books.fail_next("429", times=10_000)  # Intuit puts the sync off, again and again
    budget.press_sync()
    expect(budget.progress.get_by_text("You can leave this page; the sync goes on.")).to_be_visible()
    budget.turn_to("Overview")
    budget.turn_to("Budget")
    expect(budget.progress).to_be_visible()
    budget.press_sync()
    expect(budget.progress).to_be_visible()
    books.clear_faults()
    budget.wait_for_end()
    assert budget.read_strip() == before
    with scope(company=company):
        assert SyncRun.objects.count() == runs + 1


def flip_vendor_credits(budget: BudgetScreen) -> None:
    """A switch acts at once, without a sync."""
    before = budget.read_strip()
    credited = before.pop("Vendor credits switched off")
    budget.turn_to("Financials")
    budget.page.get_by_role("checkbox", name="Vendor credits").check()
    expect(budget.page.get_by_text("Saved: ")).to_be_visible()
    budget.turn_to("Budget")
    assert budget.read_strip() == {**before, "Counted": before["Counted"] + credited}
    assert credited < 0


# The sign-in ends -----------------------------------------------------------------------------------------


def lose_the_sign_in(budget: BudgetScreen, company: Company, books: Realm) -> None:
    """Said everywhere it matters to those whom it concerns; figures stay as they were."""
    page, before = budget.page, budget.read_strip()
    books.revoke_tokens()
    budget.press_sync()
    expect(page.get_by_text("The sync failed.").or_(page.get_by_text(ENDED)).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(ENDED)).to_be_visible()
    expect(page.get_by_role("button", name="Sync Expenses")).to_have_count(0)
    assert budget.read_strip() == before
    see_banner_on_other_pages(page, company)
    see_banner_as_others(page, company)


def see_banner_on_other_pages(page: Page, company: Company) -> None:
    for place in ("projects/", "settings/cost-codes/", "settings/integrations/quickbooks/log/"):
        page.goto(f"/c/{company.slug}/{place}")
        expect(page.get_by_text(ENDED)).to_be_visible()
    open_integrations(page)
    expect(page.get_by_text("Reconnect to go on; links, settings and costs are kept.")).to_be_visible()


def see_banner_as_others(page: Page, company: Company) -> None:
    """A Team Member is told whom to ask; somebody in the field has no part in it."""
    for name, is_told in (("Marco Bell", True), ("Priya Raman", False)):
        sign_out(page)
        sign_in(page, PEOPLE[name][0])
        expect(page.get_by_text(ENDED)).to_have_count(int(is_told))
        expect(page.get_by_text("An Admin can reconnect it")).to_have_count(int(is_told))
    sign_out(page)
    sign_in(page, ADMIN)


def sign_out(page: Page) -> None:
    page.locator(".person-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def reconnect(budget: BudgetScreen, company: Company, books: Realm) -> None:
    """From the banner, to the same books: nothing lost, nothing doubled, and what was missed arrives."""
    page, before, held = budget.page, *see_state(budget, company)
    enter_expense(page, company, books, number="RB-78")
    page.goto(f"/c/{company.slug}/projects/")
    page.get_by_role("button", name="Reconnect to QuickBooks").click()
    consent(page, books)
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()
    expect(page.get_by_text("Reconnect to go on")).to_have_count(0)
    budget.open(LOT_14)
    budget.sync()
    expect(page.get_by_text(ENDED)).to_have_count(0)
    arrived = {name: before[name] + ENTERED for name in ("QuickBooks total", "Counted")}
    assert budget.read_strip() == {**before, **arrived}
    assert count_rows(company) == {**held, "Document": held["Document"] + 1, "CostLine": held["CostLine"] + 1}


def see_state(budget: BudgetScreen, company: Company) -> tuple[dict[str, Decimal], dict[str, int]]:
    budget.open(LOT_14)
    return budget.read_strip(), count_rows(company)


def count_rows(company: Company) -> dict[str, int]:
    with scope(company=company):
        models = (Document, CostLine, CostCodeLink, ProjectLink)
        return {model.__name__: model.objects.count() for model in models}
