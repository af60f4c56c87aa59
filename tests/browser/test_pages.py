"""Every page in light and dark, on a desk and on a phone: axe finds nothing, nothing is refused, nothing sticks out."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from budgets.demo import DEMO_PASSWORD, STAFF_EMAIL
from integrations.sandbox.pages.routes import ROUTES as BOOK_ROUTES
from ressio.models import Company
from ressio.people.companies import start_company
from tests.browser.axe import bring_axe, find_colour_violations, find_violations, measure_overflow
from tests.browser.stage import Demo, listen_for_complaints, sign_in
from tests.browser.walk import (
    Visit,
    find_admin,
    list_page_keys,
    plan_abroad,
    plan_books,
    plan_demo,
    plan_during_a_sync,
    plan_first_day,
    plan_signed_out,
    plan_stopped,
    plan_without_sign_in,
)
from tests.support.sandbox import Realm

pytestmark = pytest.mark.django_db(transaction=True)

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
OUR_APPS = {"ressio", "integrations", "budgets", "invoicing", "timeclock"}
on_both = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


class Walk:
    """One person's way through many pages; `problems` holds one line for each thing wrong on any of them."""

    def __init__(self, context: BrowserContext, size: ViewportSize) -> None:
        bring_axe(context)
        self.page = context.new_page()
        self.page.set_viewport_size(size)
        self.is_phone = size == PHONE
        self.complaints = listen_for_complaints(self.page)
        self.problems: list[str] = []
        self.seen: set[str] = set()

    def go(self, visits: Iterable[Visit]) -> None:
        for visit in visits:
            found = [*self.open(visit), *self.examine()]
            self.problems += [f"{visit.path}: {problem}" for problem in found]
            self.seen.add(visit.key)

    def look(self, title: str) -> None:
        """At what was opened on the present page."""
        self.problems += [f"{title}: {problem}" for problem in self.examine()]
        self.complaints.clear()

    def check(self) -> None:
        assert not self.problems, "\n".join(self.problems)

    def open(self, visit: Visit) -> list[str]:
        self.complaints.clear()
        response = self.page.goto(visit.path)
        assert response is not None
        landed = urlsplit(self.page.url).path
        if (response.status, landed) != (visit.status, visit.lands_on):
            return [f"answered {response.status} at {landed}"]
        return []

    def examine(self) -> list[str]:
        """All rules once for each width, colours in both themes: no colour depends on the width."""
        if self.is_phone:
            self.page.emulate_media(color_scheme="dark")
            found = find_violations(self.page)
        else:
            self.page.emulate_media(color_scheme="light")
            found = find_violations(self.page)
            self.page.emulate_media(color_scheme="dark")
            found += [f"dark: {problem}" for problem in find_colour_violations(self.page)]
        if overflow := measure_overflow(self.page):
            found.append(f"{overflow} px wider than the window")
        return found + self.list_complaints()

    def list_complaints(self) -> list[str]:
        """The browser also mentions that a page of ours says 404; that is what the page is for."""
        own = f"{self.page.url}: Failed to load resource: the server responded with a status of 4"
        return [complaint for complaint in self.complaints if not complaint.startswith(own)]


@on_both
def test_every_page(browser_context: BrowserContext, demo: Demo, size: ViewportSize) -> None:
    walk = Walk(browser_context, size)
    walk.go(plan_signed_out(demo))
    sign_in(walk.page)
    start_company(user=find_admin(), name="Second Company")  # so that there is a choice of companies
    walk.go(plan_demo(demo, in_all_ways=not walk.is_phone))

    walk.check()
    assert list_page_keys() <= walk.seen


@on_both
def test_pages_in_unusual_moments(browser_context: BrowserContext, demo: Demo, size: ViewportSize) -> None:
    """In another country, during a sync, and after the sign-in at Intuit has ended."""
    walk = Walk(browser_context, size)
    sign_in(walk.page)
    walk.go(plan_abroad(demo))
    walk.go(plan_during_a_sync(demo))
    walk.go(plan_without_sign_in(demo))
    walk.go(plan_stopped(demo))

    walk.check()


def test_a_companys_first_day(browser_context: BrowserContext, builder: Company) -> None:
    """Empty pages, in the narrow window only: most of what is on them has been seen full."""
    walk = Walk(browser_context, PHONE)
    sign_in(walk.page)
    walk.go(plan_first_day())

    walk.check()


@on_both
def test_windows_and_menus(browser_context: BrowserContext, demo: Demo, size: ViewportSize) -> None:
    """What opens on top of a page."""
    walk = Walk(browser_context, size)
    sign_in(walk.page)
    windows = (open_menu, open_columns, open_actuals, open_a_reason, open_confirmation, open_reading_again)
    for open_something in windows:
        open_something(walk.page, demo)
        walk.look(open_something.__name__)

    walk.check()


def open_menu(page: Page, demo: Demo) -> None:
    page.goto(demo.url("projects"))
    if page.get_by_role("button", name="Menu").is_visible():
        page.get_by_role("button", name="Menu").click()
    page.locator(".person-menu summary").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def open_columns(page: Page, demo: Demo) -> None:
    page.goto(demo.url("bills"))
    page.get_by_text("Columns", exact=True).click()
    expect(page.get_by_role("button", name="Move Status later")).to_be_visible()


def open_actuals(page: Page, demo: Demo) -> None:
    page.goto(demo.budget_url)
    page.get_by_role("link", name="Applied Actuals, all cost codes").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def open_a_reason(page: Page, demo: Demo) -> None:
    page.goto(demo.budget_url)
    page.locator(".tie-out-problem a").first.click()
    expect(page.get_by_role("dialog").get_by_text("What to do:")).to_be_visible()


def open_confirmation(page: Page, demo: Demo) -> None:
    page.goto(demo.budget_url)
    page.locator("[data-row] th a").first.click()
    page.get_by_role("button", name="Remove from the budget").click()
    expect(page.get_by_role("dialog", name="Remove this budget line?")).to_be_visible()


def open_reading_again(page: Page, demo: Demo) -> None:
    page.goto(demo.url("quickbooks"))
    page.get_by_role("button", name="Read everything again…").click()
    expect(page.get_by_role("dialog", name="Read everything again?")).to_be_visible()


def test_the_stand_ins_pages(browser_context: BrowserContext, books: Realm) -> None:
    """Nobody plays the bookkeeper on a phone."""
    visits = plan_books(books)
    walk = Walk(browser_context, DESK)
    walk.go(visits)

    walk.check()
    pages = [pattern for pattern, _, methods in BOOK_ROUTES if "GET" in methods and "css" not in pattern]
    unseen = [pattern for pattern in pages if not any(re.fullmatch(pattern, key) for key in walk.seen)]
    assert unseen == []


def test_the_staff_admin_keeps_the_page_policy(page: Page, demo: Demo) -> None:
    """Django's own pages; what must hold is that nothing on them is refused (the `page` fixture looks). Every list, and
    a form of each room: the same templates draw all of them.
    """
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(STAFF_EMAIL)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    opened: set[str] = set()
    for room, path in list_admin_lists():
        page.goto(path)
        row = page.locator("#result_list tbody th a").first
        if room not in opened and row.is_visible():
            row.click()
            expect(page.locator("#content h1")).to_be_visible()
            opened.add(room)
    assert {"ressio", "integrations", "budgets"} <= opened


def list_admin_lists() -> list[tuple[str, str]]:
    """The app, and where its list is."""
    ours = [model._meta for model in admin.site._registry if model.__module__.split(".")[0] in OUR_APPS]
    return [
        (meta.app_label, reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")) for meta in ours
    ]
