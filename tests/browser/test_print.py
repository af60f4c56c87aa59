"""What comes out of the printer is a page to hand over: no navigation, nothing cut off, black on white."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import measure_overflow
from tests.browser.stage import Demo, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

# US Letter and A4 inside the margins of the print style, in CSS pixels.
LETTER_WIDTH, A4_WIDTH = 710, 688
SCREEN_ONLY = (
    ".sidebar", ".tabs", ".toolbar", ".page-head-actions", ".page-foot", ".skip-link", ".sheet-tools", "dialog",
)  # fmt: skip


@pytest.mark.parametrize("sheet", ["project-budget", "project-tie-out"])
def test_a_sheet_to_hand_over(page: Page, demo: Demo, sheet: str) -> None:
    sign_in(page)
    page.emulate_media(color_scheme="dark")
    page.goto(demo.url(sheet, project_id=demo.lot_14.pk))
    page.emulate_media(media="print")

    for selector in SCREEN_ONLY:
        for part in page.locator(selector).all():
            expect(part).to_be_hidden()
    expect(page.get_by_role("main").get_by_text("Lot 14 New Build").first).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_have_count(0)
    assert read_ink(page) < 200, "The print is not dark on white"
    for width in (LETTER_WIDTH, A4_WIDTH):
        page.set_viewport_size({"width": width, "height": 900})
        assert measure_overflow(page) == 0
    assert page.pdf().startswith(b"%PDF")


def read_ink(page: Page) -> int:
    """Red + green + blue of the text, 0 for black; what is printed in the dark theme must not be near white."""
    return int(
        page.evaluate(
            "() => getComputedStyle(document.querySelector('main td')).color"
            ".match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)"
        )
    )
