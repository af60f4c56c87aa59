"""The first page: the latest transactions, filtered by kind, customer and words, fifty at a time."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from integrations.sandbox.books import Books
from integrations.sandbox.pages.choices import Choices, option, select
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import labelled, submit, text_input
from integrations.sandbox.pages.formats import day, hours, money
from integrations.sandbox.pages.kinds import BY_SLUG, ENTERED, KINDS, TIME, address_of
from integrations.sandbox.pages.layout import button_link, link, page, table
from integrations.sandbox.pages.markup import Html, join, tag
from integrations.sandbox.pages.register import Summary, label_of, matches, summaries
from integrations.sandbox.wire import Document

ROWS = 50
HEADINGS = [
    ("Date", ""),
    ("Kind", ""),
    ("Number", ""),
    ("Name", ""),
    ("Customer", ""),
    ("Memo or description", ""),
    ("Amount or hours", "number"),
]


def show_overview(request: PageRequest, books: Books) -> PageResponse:
    choices = Choices(books)
    found = _search(request, books, choices)
    start = _page_number(request) * ROWS - ROWS
    rows = [_row(summary) for summary in found[start : start + ROWS]]
    content = join(
        [
            _adding(),
            _filters(request, choices),
            tag("p", _count(found), class_="hint"),
            table(HEADINGS, rows, label="Transactions", empty="No transaction fits these filters."),
            _paging(request, len(found)),
        ]
    )
    return page(request, books, "Transactions", content)


def _search(request: PageRequest, books: Books, choices: Choices) -> list[Summary]:
    kind = BY_SLUG.get(request.get("kind"))
    customer = request.get("customer")
    customers = with_children(choices.all("Customer"), customer) if customer else None
    words = request.get("q").casefold().split()
    return [row for row in summaries(books) if matches(row, kind=kind, customers=customers, words=words)]


def with_children(customers: list[Document], top: str) -> set[str]:
    """A customer and everything below it."""
    family = {top}
    while True:
        more = {row["Id"] for row in customers if row.get("ParentRef", {}).get("value") in family} - family
        if not more:
            return family
        family |= more


def _page_number(request: PageRequest) -> int:
    text = request.get("page", "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1


def _count(found: list[Summary]) -> str:
    return f"{len(found):,} transaction{'' if len(found) == 1 else 's'}, newest first."


def _adding() -> Html:
    links = (button_link(f"/books/new/{kind.slug}", kind.label) for kind in ENTERED.values())
    return tag("div", tag("h2", "Add"), tag("div", join(links), class_="buttons"), class_="adding")


def _filters(request: PageRequest, choices: Choices) -> Html:
    kinds = [option(kind.slug, kind.label, request.get("kind")) for kind in KINDS]
    customers = choices.customers(request.get("customer"), nothing="Every customer", inactive=True)
    return tag(
        "form",
        labelled("kind", "Kind", select("kind", option("", "Every kind", request.get("kind")), *kinds)),
        labelled("customer", "Customer and below", select("customer", customers)),
        labelled("q", "Search", text_input("q", request.get("q"))),
        tag("div", submit("Show"), link("/books", "Clear"), class_="field last"),
        class_="fields filters",
        action="/books",
        role="search",
    )


def _row(row: Summary) -> Html:
    address = address_of(row.entity, row.id)
    return tag(
        "tr",
        tag("td", link(address, day(row.date) or "No date"), class_="date"),
        tag("td", label_of(row)),
        tag("td", row.number),
        tag("td", row.party),
        tag("td", row.customer),
        tag("td", row.text[:90], class_="text"),
        tag("td", _amount(row), class_="number"),
    )


def _amount(row: Summary) -> Html:
    return tag("span", hours(row.minutes), " h") if row.entity == TIME.entity else money(row.amount)


def _paging(request: PageRequest, count: int) -> Html:
    current, last = _page_number(request), max(-(-count // ROWS), 1)
    if last == 1:
        return Html("")
    parts: Iterable[object] = (
        _page_link(request, current - 1, "Newer") if current > 1 else "",
        tag("span", f"Page {current} of {last}"),
        _page_link(request, current + 1, "Older") if current < last else "",
    )
    return tag("nav", *parts, class_="paging", aria_label="Pages")


def _page_link(request: PageRequest, number: int, text: str) -> Html:
    filters = {name: request.get(name) for name in ("kind", "customer", "q") if request.get(name)}
    return link(f"/books?{urlencode({**filters, 'page': number})}", text)
