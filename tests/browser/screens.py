"""Screens as a person reads and uses them: amounts in words become Decimals, and waiting is for what shows."""

import time
from dataclasses import dataclass
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from tests.browser.stage import PATIENCE_MS
from tests.support.sandbox import Realm


def read_amount(text: str) -> Decimal:
    return Decimal(text.strip().replace(",", "").replace("\N{MINUS SIGN}", "-"))


@dataclass(frozen=True)
class BudgetScreen:
    page: Page

    def open(self, project: str) -> None:
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name="Projects").click()
        self.page.get_by_role("link", name=project).click()
        self.turn_to("Budget")

    def turn_to(self, tab: str) -> None:
        self.page.get_by_role("navigation", name="Project", exact=True).get_by_role("link", name=tab).click()
        current = self.page.locator(".tabs a[aria-current=page]")
        expect(current).to_have_text(tab)

    @property
    def progress(self) -> Locator:
        return self.page.locator("#budget-state .run-progress")

    def press_sync(self) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Sync Expenses").click()

    def sync(self) -> None:
        """Until the page shows itself anew."""
        self.press_sync()
        self.wait_for_end()

    def wait_for_end(self) -> None:
        expect(self.progress).to_have_count(0)
        expect(self.page.get_by_text("As of ")).to_be_visible()

    # The tie-out strip ------------------------------------------------------------------------------------

    def read_strip(self) -> dict[str, Decimal]:
        """Label → amount, in the order shown."""
        labels = self.page.locator(".tie-out-label").all_inner_texts()
        amounts = self.page.locator(".tie-out-amount").all_inner_texts()
        return dict(zip(labels, map(read_amount, amounts), strict=True))

    def count_strip_lines(self, label: str) -> int:
        note = self.find_part(label).locator(".tie-out-note").inner_text()
        return int(note.split()[0])

    def find_part(self, label: str) -> Locator:
        return self.page.locator(".tie-out-part").filter(has_text=label)

    # The table --------------------------------------------------------------------------------------------

    def find_row(self, cost_code: str) -> Locator:
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=cost_code))

    def find_cell(self, cost_code: str) -> Locator:
        """The amount of applied actuals, a link."""
        return self.find_row(cost_code).get_by_role("link", name=f"Applied Actuals of {cost_code}")

    def read_actuals(self) -> dict[str, Decimal]:
        """Cost code → applied actuals, where there are any."""
        texts = self.page.locator("[data-row] a[data-window]:not(.left-out)").all_inner_texts()
        words = [text.split("Applied Actuals of") for text in texts]
        return {name.strip(): read_amount(amount) for amount, name in words}

    def read_total(self) -> Decimal:
        link = self.page.locator(".budget-table tfoot a[data-window]")
        return read_amount(link.inner_text().split("Applied")[0])

    # The Applied Actuals window ---------------------------------------------------------------------------

    @property
    def window(self) -> Locator:
        return self.page.get_by_role("dialog")

    def read_window_total(self) -> Decimal:
        return read_amount(self.window.locator("tfoot .number").inner_text())

    def search_window(self, words: str) -> None:
        field = self.window.get_by_role("searchbox", name="Search")
        field.fill(words)
        self.window.locator(".actuals-filter").evaluate("form => form.id = 'before-the-search'")
        field.press("Enter")
        expect(self.window.locator("#before-the-search")).to_have_count(0)  # until the answer stands there


def open_integrations(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", level=1, name="QuickBooks Online")).to_be_visible()


def consent(page: Page, books: Realm) -> None:
    """At Intuit: choose the company and press Connect."""
    page.get_by_label("Company").select_option(books.id)
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", level=1, name="QuickBooks Online")).to_be_visible()


def wait_for_sync_without_script(page: Page) -> None:
    """Without script a page does not show itself anew: the link on it does.

    A page that has not come whole has no such link yet, and would pass for one without a sync.
    """
    again = page.get_by_role("link", name="Look again")
    deadline = time.monotonic() + PATIENCE_MS / 1000
    page.wait_for_load_state()
    while again.is_visible():
        assert time.monotonic() < deadline, "The sync did not end"
        with page.expect_navigation():
            again.click()
