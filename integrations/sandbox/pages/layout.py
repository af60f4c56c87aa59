"""The frame of every page: the notice, who the company is, where one can go, and what just happened."""

from __future__ import annotations

from urllib.parse import urlencode

from integrations.sandbox.books import Books
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.markup import Html, fill, join, tag, void_tag

NAVIGATION = (
    ("/books", "Transactions"),
    ("/books/customers", "Customers"),
    ("/books/vendors", "Vendors"),
    ("/books/items", "Products & services"),
    ("/books/employees", "Employees"),
)
# What a redirect may say on the next page; anything else in the address is ignored.
NEWS = {
    "added": "Added.",
    "saved": "Saved.",
    "deleted": "Deleted.",
    "voided": "Voided: its amounts are zero now.",
    "paid": "Payment recorded.",
    "attached": "The file is attached.",
    "inactive": "Made inactive.",
    "active": "Made active again.",
}


def page(
    request: PageRequest,
    books: Books,
    title: str,
    content: object,
    *,
    actions: object = "",
    error: str = "",
    status: int = 200,
) -> PageResponse:
    body = fill(
        "layout",
        title=title,
        company=books.company_name,
        switcher=_switcher(request),
        navigation=_navigation(request),
        actions=actions,
        messages=join([_error(error), _news(request)]),
        content=content,
    )
    return PageResponse(body=body, status=status)


def redirect(address: str, news: str = "") -> PageResponse:
    location = f"{address}{'&' if '?' in address else '?'}{urlencode({'done': news})}" if news else address
    return PageResponse(status=303, location=location)


def link(address: str, *text: object, **attributes: object) -> Html:
    return tag("a", *text, href=address, **attributes)


def button_link(address: str, text: str, *, primary: bool = False) -> Html:
    return link(address, text, class_="button primary" if primary else "button")


def table(headings: list[tuple[str, str]], rows: list[Html], *, label: str, empty: str) -> Html:
    """``headings`` are (text, class). The frame scrolls sideways on a phone, and can be reached by keyboard."""
    if not rows:
        return tag("p", empty, class_="empty")
    head = join(tag("th", text, class_=class_ or None, scope="col") for text, class_ in headings)
    inside = tag("table", tag("thead", tag("tr", head)), tag("tbody", *rows))
    return tag("div", inside, class_="scroller", tabindex="0", role="region", aria_label=label)


def _switcher(request: PageRequest) -> Html:
    if len(request.companies) < 2:
        return Html("")
    options = [
        tag("option", f"{name} ({realm})", value=realm, selected=realm == request.realm)
        for realm, name in request.companies
    ]
    select = tag("select", *options, name="realm", id="realm")
    label = tag("label", "Company", for_="realm")
    return tag("form", label, select, tag("button", "Switch"), class_="switcher", action="/books")


def _navigation(request: PageRequest) -> Html:
    return join(
        link(address, text, aria_current="page" if request.path.rstrip("/") == address else None)
        for address, text in NAVIGATION
    )


def _error(text: str) -> Html:
    return (
        tag("div", tag("strong", "Not saved. "), text, class_="message bad", role="alert")
        if text
        else Html("")
    )


def _news(request: PageRequest) -> Html:
    text = NEWS.get(request.get("done"), "") if request.method == "GET" else ""
    return tag("p", text, class_="message good", role="status") if text else Html("")


def hidden(name: str, value: object) -> Html:
    return void_tag("input", type="hidden", name=name, value=value)
