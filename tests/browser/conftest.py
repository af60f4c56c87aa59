"""A real Chromium in front of a real server, with the stand-in QuickBooks and a Celery worker behind it.

Debian's build of Chromium: playwright's own would have to be downloaded.
"""

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery.contrib.testing.worker import start_worker
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from budgets.demo import load_demo
from config.celery import app
from config.intuit import list_consent_origins
from invoicing.demo import load_demo_invoices
from ressio.models import Company
from tests.browser.stage import PATIENCE_MS, Demo, connect_demo, listen_for_complaints
from tests.support.quickbooks import use_sandbox
from tests.support.sandbox import Realm, Sandbox

HERE = Path(__file__).parent
WIDE: ViewportSize = {"width": 1280, "height": 900}

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
    # The longest walk first, so that no process is left alone with it in the end.
    items.sort(key=lambda item: not item.name.startswith("test_every_page"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if path is None:
        pytest.fail("There is no Chromium on this machine: apt-get install chromium, or set CHROMIUM_PATH.")
    expect.set_options(timeout=PATIENCE_MS)
    # playwright runs an event loop in this thread; Django takes that for async code and refuses queries.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        # No sandbox of Chromium's own: it needs privileges that a container or root does not have.
        with playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def browser_context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """A visitor with a clean profile at the live server."""
    with chromium.new_context(base_url=str(live_server), viewport=WIDE, color_scheme="light") as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test on any script error, refused resource or breach of the page policy."""
    page = browser_context.new_page()
    complaints = listen_for_complaints(page)
    yield page
    assert complaints == []


@pytest.fixture
def page_without_script(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    with chromium.new_context(base_url=str(live_server), viewport=WIDE, java_script_enabled=False) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


@pytest.fixture
def intuit(settings: Settings, sandbox: Sandbox, live_server: LiveServer) -> Sandbox:
    """The stand-in in the place of Intuit, with the way back from its consent page to the live server."""
    use_sandbox(settings, sandbox)
    settings.QBO_REDIRECT_URI = f"{live_server}/quickbooks/callback/"
    settings.QBO_WEB_URL = f"{sandbox.base_url}/books"
    # Put off by Intuit, a sync comes back at once and for as long as the test wants.
    settings.QBO_THROTTLE_PAUSE, settings.QBO_THROTTLED_ATTEMPTS = 0.2, 10_000
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] = ["'self'", *list_consent_origins(settings.QBO_AUTHORIZE_URL)]
    settings.CONTENT_SECURITY_POLICY = policy
    return sandbox


@pytest.fixture
def books(intuit: Sandbox) -> Iterator[Realm]:
    """The demo builder's books, fresh for each test."""
    realm = intuit.open_company("demo")
    yield realm
    realm.close()


@pytest.fixture
def builder(live_server: LiveServer) -> Company:
    """The demo builder as on the first day: people, cost codes and budgets, nothing connected."""
    today = timezone.localdate()
    company = load_demo(today=today)
    load_demo_invoices(company, today=today)
    return company


@pytest.fixture
def demo(builder: Company, books: Realm) -> Demo:
    """The demo builder at work: connected, synced, cost codes and projects linked."""
    return connect_demo(builder, books)


@pytest.fixture
def worker(live_server: LiveServer) -> Iterator[None]:
    """A real worker in a thread of this process, on the broker in memory."""
    app.control.purge()  # bells that other tests of this process rang
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=60):
        yield
