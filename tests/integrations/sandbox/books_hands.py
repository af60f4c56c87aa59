"""What the tests of the books pages share: opening the demo company, and entering a cost through its form."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from integrations.sandbox.books import Books
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.server import SandboxServer
from integrations.sandbox.wire import Document
from tests.integrations.sandbox.browser import Browser, Page

EVIL = "<script>alert('O\\'Brien')</script> & \"co\""
FRAMING, LABOR = "06-100 Rough Framing", "06-400 Carpentry Labor"
BY_SEGMENT = {
    "bill": "Bill",
    "purchase": "Purchase",
    "vendorcredit": "VendorCredit",
    "timeactivity": "TimeActivity",
    "invoice": "Invoice",
}


@contextmanager
def demo_books(server: SandboxServer) -> Iterator[Books]:
    """The demo company under a realm of its own, gone afterwards."""
    realm = str(uuid.uuid4().int)[:16]
    try:
        yield server.sandbox.add_company(realm, "demo")
    finally:
        server.sandbox.drop_company(realm)


def stored(books: Books, page: Page) -> Document:
    """The document whose page this is."""
    _, _, segment, document_id = page.path.split("/")
    return books.get(BY_SEGMENT[segment], document_id)


def choose(page: Page, **texts: str) -> dict[str, str]:
    """Field name -> value of the option with that text; dots in names are written as two underscores."""
    named = {name.replace("__", "."): text for name, text in texts.items()}
    return {name: page.form().value_of(name, text) for name, text in named.items()}


def new_cost(browser: Browser, kind: str, **more: Any) -> Page:
    """Two lines: framing for Lot 14, and a category line for nobody."""
    page = browser.open(f"/books/new/{kind}")
    chosen = choose(page, what__0=FRAMING, customer__0="Lot 14 New Build", what__1="Fuel & Vehicle")
    payee = choose(page, payee=vendors.FRAMERS)
    account = {} if kind in ("bill", "vendor-credit") else {"account": _first_account(page)}
    numbers = {"quantity.0": "3", "rate.0": "450.25", "amount.1": "1,020.10", "text.0": "Crew, 3 days"}
    return browser.submit(page, {**chosen, **payee, **account, **numbers, "memo": "By hand", **more})


def _first_account(page: Page) -> str:
    return next(value for value in page.form().options["account"] if value)
