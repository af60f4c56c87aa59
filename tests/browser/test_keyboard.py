"""The pages without a mouse."""

from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import BudgetScreen
from tests.browser.stage import Demo, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

TILE = "09-310 Tile"


@pytest.fixture
def budget(page: Page, demo: Demo) -> BudgetScreen:
    sign_in(page)
    page.goto(demo.budget_url)
    return BudgetScreen(page)


def test_the_first_stop_skips_to_the_content(budget: BudgetScreen) -> None:
    page = budget.page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link", name="Projects")).to_be_focused()


def test_a_slash_searches_and_types_nothing(budget: BudgetScreen) -> None:
    page = budget.page
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Find a cost code")
    expect(search).to_be_focused()
    expect(search).to_have_value("")

    page.keyboard.type("tile")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    expect(budget.find_row(TILE)).to_be_visible()
    page.keyboard.press("/")
    expect(search).to_have_value("tile/")


def test_arrows_move_in_a_table(budget: BudgetScreen) -> None:
    page = budget.page
    rows = page.locator(".budget-table tbody tr, .budget-table tfoot tr")
    page.get_by_role("region", name="Budget by cost code").focus()
    for key, place in (
        ("ArrowDown", 0),
        ("ArrowDown", 1),
        ("ArrowDown", 2),
        ("ArrowUp", 1),
        ("End", rows.count() - 1),
        ("ArrowDown", rows.count() - 1),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        expect(rows.nth(place)).to_be_focused()

    page.keyboard.press("ArrowDown")
    name = rows.nth(1).get_by_role("rowheader").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name=f"Budget of {name}")).to_be_visible()


def test_the_actuals_window_by_keyboard(budget: BudgetScreen) -> None:
    """Enter opens it, `/` searches in it, a search and a sort keep the focus, Esc gives it back to the opener."""
    page, cell = budget.page, budget.find_cell(TILE)
    cell.focus()
    page.keyboard.press("Enter")
    expect(budget.window).to_be_visible()
    expect(budget.window.locator(":focus")).to_have_count(1)

    page.keyboard.press("/")
    search = budget.window.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("no such line")
    page.keyboard.press("Enter")
    expect(budget.window.get_by_text("No such line")).to_be_visible()
    expect(search).to_be_focused()
    search.fill("")
    page.keyboard.press("Enter")
    sort = budget.window.get_by_role("link", name="Amount")
    sort.focus()
    page.keyboard.press("Enter")
    expect(budget.window.get_by_role("link", name="Amount sorted up")).to_be_focused()
    assert read_column(budget.window) == sorted(read_column(budget.window))

    page.keyboard.press("Escape")
    expect(budget.window).to_be_hidden()
    expect(cell).to_be_focused()


def read_column(window: Locator) -> list[Decimal]:
    texts = window.locator("tbody td.number").all_inner_texts()
    return [Decimal(text.split()[0].replace(",", "")) for text in texts]


def test_esc_closes_windows_and_menus_and_returns(page: Page, demo: Demo) -> None:
    sign_in(page)
    page.goto(demo.url("quickbooks"))
    opener = page.get_by_role("button", name="Read everything again…")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()

    menu = page.locator(".person-menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Your account")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()
    expect(menu).to_be_focused()


def test_what_has_the_focus_is_marked(budget: BudgetScreen) -> None:
    """Each of the first stops shows an outline or an edge that it does not have otherwise."""
    page = budget.page
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return [document.activeElement.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert style[0] != "BODY"
        assert style[1] != "none", style
        assert style[2] >= 2, style
