"""A carpenter's day on a phone, with a dead spot in it; the office reviews and approves it on a desk."""

import pytest
from django.db.models import Sum
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from budgets.demo import PEOPLE
from ressio.models import Company
from ressio.scoping import scope
from tests.browser.stage import PATIENCE_MS, sign_in
from timeclock.models import Shift, ShiftState

pytestmark = pytest.mark.django_db(transaction=True)

PHONE: ViewportSize = {"width": 375, "height": 667}
PRIYA = PEOPLE["Priya Raman"][0]
MAPLE, HARBOR = "Maple Street Remodel", "Harbor View Addition"


def test_a_day_on_a_phone_and_its_approval(
    chromium: Browser, live_server: LiveServer, page: Page, builder: Company
) -> None:
    with chromium.new_context(base_url=str(live_server), viewport=PHONE, has_touch=True) as context:
        context.set_default_timeout(PATIENCE_MS)
        phone = context.new_page()
        sign_in(phone, PRIYA)
        clock_in(phone)
        switch_to_the_same(phone)
        tap(phone, "Start a break", "On a break since")
        lose_the_connection(phone)
        find_it_again(phone)
    lengthen(builder)
    approve_on_a_desk(page)
    with scope(company=builder):
        approved = Shift.objects.filter(state=ShiftState.APPROVED)
        assert approved.aggregate(seconds=Sum("worked_seconds")) == {"seconds": 2 * 3600}
        assert set(approved.values_list("project__name", "cost_code__name")) == {
            (MAPLE, "06-400 Carpentry Labor"),
            (HARBOR, "06-100 Rough Framing"),
        }


def press(phone: Page, button: str) -> None:
    """As a person: two taps within a moment count as one."""
    phone.wait_for_timeout(650)
    phone.get_by_role("button", name=button, exact=True).tap()


def tap(phone: Page, button: str, words: str) -> None:
    press(phone, button)
    expect(phone.locator("#clock")).to_contain_text(words)


def clock_in(phone: Page) -> None:
    phone.get_by_role("link", name="Time clock").tap()  # beside the menu: from anywhere it is two taps
    idle = phone.get_by_role("region", name="Clock in")
    idle.get_by_label("Project").select_option(label=MAPLE)
    offered = idle.get_by_label("Cost code").locator("option")
    expect(offered).to_have_count(17)  # those of its budget and its costs, and none
    idle.get_by_label("Cost code").select_option(label="06-400 Carpentry Labor")
    tap(phone, "Clock in", f"Clocked in on {MAPLE} at")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def switch_to_the_same(phone: Page) -> None:
    """What is refused at once is said once, and nothing of it is kept."""
    phone.get_by_text("Switch project or cost code").tap()
    tap(phone, "Switch now", "You are on this already.")
    expect(phone.locator("[data-kept]")).to_be_hidden()


def lose_the_connection(phone: Page) -> None:
    """What is tapped is kept and shown, and the clock goes on as if it were taken."""
    phone.context.set_offline(True)
    press(phone, "End the break")
    kept = phone.get_by_role("region", name="Kept here, not sent yet")
    expect(kept).to_contain_text("No connection.")
    expect(phone.get_by_role("button", name="Start a break")).to_be_visible()
    phone.get_by_text("Switch project or cost code").tap()
    running = phone.get_by_role("region", name="Running shift")
    running.get_by_label("Project").select_option(label=HARBOR)
    running.get_by_label("Cost code").select_option(label="06-100 Rough Framing")
    press(phone, "Switch now")
    expect(running.locator("[data-shown-project]")).to_have_text(HARBOR)
    press(phone, "Clock out")
    expect(phone.get_by_role("button", name="Clock in", exact=True)).to_be_visible()
    expect(kept.get_by_role("listitem")).to_have_count(3)


def find_it_again(phone: Page) -> None:
    """Each tap arrives once, in its order, however often it is sent."""
    phone.context.set_offline(False)
    expect(phone.get_by_role("region", name="Kept here, not sent yet")).to_be_hidden()
    expect(phone.locator("#clock")).to_contain_text("Clocked out at")
    today = phone.get_by_role("region", name="Today").get_by_role("listitem")
    expect(today).to_have_count(2)
    phone.reload()
    expect(today.nth(0)).to_contain_text(MAPLE)
    expect(today.nth(1)).to_contain_text(HARBOR)


def lengthen(builder: Company) -> None:
    """A test cannot wait for hours."""
    with scope(company=builder):
        assert Shift.objects.filter(ended_at__isnull=False, breaks__ended_at__isnull=False).count() == 1
        assert Shift.objects.update(worked_seconds=3600) == 2


def approve_on_a_desk(page: Page) -> None:
    sign_in(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Time clock").click()
    page.get_by_role("link", name="Review time").click()
    expect(page.get_by_role("row").filter(has_text="Total hours")).to_contain_text("2.00")
    page.get_by_role("searchbox", name="Search").fill("priya")
    expect(page.get_by_text("2 shifts found")).to_be_visible()
    page.get_by_label("Tick all on this page").check()
    expect(page.get_by_text("2 ticked, 2.00 hours")).to_be_visible()
    page.get_by_role("button", name="Approve ticked…").click()
    expect(page.get_by_text("These 2 shifts of 1 person come to 2.00 hours")).to_be_visible()
    page.get_by_role("button", name="Approve 2 shifts").click()
    expect(page.get_by_text("2 shifts are approved: 2.00 hours.")).to_be_visible()
    expect(page.get_by_role("cell", name="Approved")).to_have_count(2)
