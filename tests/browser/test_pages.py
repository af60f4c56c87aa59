"""Every page in light and dark, on a desk and on a phone: axe finds nothing, nothing is refused, nothing sticks out."""

import re
from collections.abc import Iterable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize
from urllib.parse import urlsplit

from integrations.sandbox.pages.kinds import BY_SEGMENT, ENTERED
from integrations.sandbox.pages.lists import LISTS
from integrations.sandbox.pages.routes import ROUTES as BOOK_ROUTES
from ressio.people.companies import start_company
from tests.browser.axe import find_colour_violations, find_violations, measure_overflow
from tests.browser.stage import Demo, listen_for_complaints, sign_in
from tests.browser.walk import (
    find_admin,
    Visit,
    list_page_keys,
    plan_demo,
    plan_first_day,
    plan_signed_out,
    plan_without_sign_in,
    stay,
)
from tests.support.sandbox import Realm

pytestmark = pytest.mark.django_db(transaction=True)

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
on_both = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


class Walk:
    """One person's way through many pages; `problems` holds one line for each thing wrong on any of them."""

    def __init__(self, context: BrowserContext, size: ViewportSize) -> None:
        self.page = context.new_page()
        self.page.set_viewport_size(size)
        self.complaints = listen_for_complaints(self.page)
        self.problems: list[str] = []
        self.seen: set[str] = set()

    def go(self, visits: Iterable[Visit]) -> None:
        for visit in visits:
            found = [*self.open(visit), *self.examine()]
            self.problems += [f"{visit.path}: {problem}" for problem in found]
            self.seen.add(visit.key)

    def open(self, visit: Visit) -> list[str]:
        self.complaints.clear()
        response = self.page.goto(visit.path)
        assert response is not None
        landed = urlsplit(self.page.url).path
        if (response.status, landed) != (visit.status, visit.lands_on):
            return [f"answered {response.status} at {landed}"]
        return []

    def examine(self) -> list[str]:
        """All rules by daylight; in the dark those of colours, since nothing else differs."""
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
    walk.go(plan_demo(demo))

    assert walk.problems == []
    assert list_page_keys() <= walk.seen
