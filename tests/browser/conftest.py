"""A real Chromium in front of a real server. Debian's build: playwright's own would have to be downloaded."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

HERE = Path(__file__).parent
PATIENCE_MS = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if path is None:
        pytest.fail("There is no Chromium on this machine: apt-get install chromium, or set CHROMIUM_PATH.")
    # playwright runs an event loop in this thread; Django takes that for async code and refuses queries.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        # No sandbox of Chromium's own: it needs privileges that a container or root does not have.
        with playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def browser_context(chromium: Browser, live_server: object) -> Iterator[BrowserContext]:
    """A visitor with a clean profile at the live server; a test may open several for several people."""
    with chromium.new_context(base_url=str(live_server), viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test on any script error, refused resource or breach of the page policy."""
    page = browser_context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.extend(read_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def read_complaint(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" else []
