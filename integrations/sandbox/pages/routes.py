"""Which page answers which address."""

from __future__ import annotations

import re
from collections.abc import Callable

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.cost_pages import new_cost
from integrations.sandbox.pages.details import delete_document, show_document, void_document
from integrations.sandbox.pages.files import attach_file
from integrations.sandbox.pages.item_pages import show_item
from integrations.sandbox.pages.kinds import BY_SEGMENT, ENTERED, TIME
from integrations.sandbox.pages.layout import link, page
from integrations.sandbox.pages.lists import LISTS, change_active, show_list
from integrations.sandbox.pages.markup import read_file, tag
from integrations.sandbox.pages.money_pages import pay_bill, receive_payment
from integrations.sandbox.pages.overview import show_overview
from integrations.sandbox.pages.time_pages import new_time
from integrations.sandbox.pages.words import readable

View = Callable[..., PageResponse]


def _style(request: PageRequest, books: Books) -> PageResponse:
    return PageResponse(body=read_file("style.css"), content_type="text/css; charset=utf-8")


def _list(request: PageRequest, books: Books, segment: str) -> PageResponse:
    return show_list(request, books, segment)


def _new(request: PageRequest, books: Books, slug: str) -> PageResponse:
    kind = ENTERED[slug]
    return new_time(request, books) if kind is TIME else new_cost(request, books, kind)


def _document(request: PageRequest, books: Books, segment: str, document_id: str) -> PageResponse:
    return show_document(request, books, BY_SEGMENT[segment], document_id)


def _delete(request: PageRequest, books: Books, segment: str, document_id: str) -> PageResponse:
    return delete_document(request, books, BY_SEGMENT[segment], document_id)


def _void(request: PageRequest, books: Books, segment: str, document_id: str) -> PageResponse:
    return void_document(request, books, BY_SEGMENT[segment], document_id)


def _attach(request: PageRequest, books: Books, segment: str, document_id: str) -> PageResponse:
    return attach_file(request, books, BY_SEGMENT[segment], document_id)


_ENTITY, _LIST, _KIND = ("|".join(names) for names in (BY_SEGMENT, LISTS, ENTERED))
# pattern -> (view, methods); the groups of the pattern are the view's further arguments.
ROUTES: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    (r"/books/?", show_overview, ("GET",)),
    (r"/books/style\.css", _style, ("GET",)),
    (rf"/books/({_LIST})", _list, ("GET",)),
    (r"/books/items/(\w+)", show_item, ("GET", "POST")),
    (rf"/books/({_LIST})/(\w+)/active", change_active, ("POST",)),
    (rf"/books/new/({_KIND})", _new, ("GET", "POST")),
    (rf"/books/({_ENTITY})/(\w+)", _document, ("GET", "POST")),
    (rf"/books/({_ENTITY})/(\w+)/delete", _delete, ("GET", "POST")),
    (rf"/books/({_ENTITY})/(\w+)/void", _void, ("GET", "POST")),
    (rf"/books/({_ENTITY})/(\w+)/attach", _attach, ("POST",)),
    (r"/books/invoice/(\w+)/receive", receive_payment, ("GET", "POST")),
    (r"/books/bill/(\w+)/pay", pay_bill, ("GET", "POST")),
)


def handle(request: PageRequest, books: Books) -> PageResponse:
    """The page for one request of a browser. Refusals become readable pages, never a stack trace."""
    for pattern, view, methods in ROUTES:
        found = re.fullmatch(pattern, request.path)
        if found and request.method in methods:
            return _answer(view, request, books, found.groups())
        if found:
            return _nothing(request, books, "This page cannot be used that way.", 405)
    return _nothing(request, books, "There is no such page here.", 404)


def _answer(view: View, request: PageRequest, books: Books, arguments: tuple[str, ...]) -> PageResponse:
    try:
        return view(request, books, *arguments)
    except ApiFault as fault:
        return _nothing(request, books, readable(fault), 404 if fault.code == "610" else 422)


def _nothing(request: PageRequest, books: Books, text: str, status: int) -> PageResponse:
    content = tag("p", text, " ", link("/books", "Back to the transactions"))
    return page(request, books, "Not possible", content, status=status)
