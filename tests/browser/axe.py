"""What a page must keep to for everybody: axe's rules, and nothing that scrolls the whole page sideways."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What can differ between light and dark: both draw the same elements in the same places.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
# The rows of one table are alike: without these, a log of a thousand lines takes as long as all other pages.
REPEATED = ["tbody tr:nth-of-type(n+25)", "ol > li:nth-of-type(n+25)", "ul > li:nth-of-type(n+25)"]


def bring_axe(context: BrowserContext) -> None:
    """Into every page that the context opens; from outside, so that the page policy has no say in it."""
    context.add_init_script(AXE_SCRIPT)


def find_violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule."""
    return run_axe(page, {"type": "tag", "values": TAGS})


def find_colour_violations(page: Page) -> list[str]:
    return run_axe(page, {"type": "rule", "values": COLOUR_RULES})


def run_axe(page: Page, run_only: dict[str, str | Sequence[str]]) -> list[str]:
    found = page.evaluate(
        "([exclude, options]) => axe.run({ include: document, exclude }, options)",
        [
            [[each] for each in REPEATED],
            {"resultTypes": ["violations"], "runOnly": run_only, "preload": False},
        ],
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def measure_overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
