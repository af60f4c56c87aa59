"""Customers, vendors, employees and items: who and what there is, and making one inactive."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages.choices import INDENT, label_of
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import labelled, submit, text_input
from integrations.sandbox.pages.formats import money
from integrations.sandbox.pages.layout import hidden, link, page, redirect, table
from integrations.sandbox.pages.markup import Html, join, tag
from integrations.sandbox.pages.words import readable
from integrations.sandbox.wire import Document

Cells = Callable[[Document], tuple[Html, ...]]


class NameList(NamedTuple):
    entity: str
    title: str
    headings: tuple[tuple[str, str], ...]
    cells: Cells


def _customer(row: Document) -> tuple[Html, ...]:
    kind = "Project" if row.get("IsProject") else "Sub-customer" if row.get("Job") else "Customer"
    address = f"/books?{urlencode({'customer': row['Id']})}"
    return (
        tag("td", _indent(row), link(address, row["DisplayName"])),
        tag("td", kind),
        tag("td", money(row.get("Balance", 0)), class_="number"),
        tag("td", money(row.get("BalanceWithJobs", 0)), class_="number"),
    )


def _indent(row: Document) -> str:
    return INDENT * int(row.get("Level", 0))


def _vendor(row: Document) -> tuple[Html, ...]:
    return (
        tag("td", row["DisplayName"]),
        tag("td", "1099" if row.get("Vendor1099") else ""),
        tag("td", row.get("CurrencyRef", {}).get("value", "")),
        tag("td", money(row.get("Balance", 0)), class_="number"),
    )


def _employee(row: Document) -> tuple[Html, ...]:
    return (
        tag("td", row["DisplayName"]),
        tag("td", _rate(row, "CostRate"), class_="number"),
        tag("td", _rate(row, "BillRate"), class_="number"),
    )


def _rate(row: Document, name: str) -> Html:
    return money(row[name]) if name in row else tag("span", "none", class_="hint")


def _item(row: Document) -> tuple[Html, ...]:
    is_category = row["Type"] == "Category"
    text = row["Name"]
    name = tag("strong", text) if is_category else link(f"/books/items/{row['Id']}", text)
    return (
        tag("td", _indent(row), name),
        tag("td", row["Type"]),
        tag("td", "" if is_category else _yes_no("IncomeAccountRef" in row)),
        tag("td", "" if is_category else _yes_no("ExpenseAccountRef" in row)),
    )


def _yes_no(answer: bool) -> Html:
    return tag("span", "Yes" if answer else "No", class_=None if answer else "badge warn")


LISTS = {
    "customers": NameList(
        "Customer",
        "Customers & projects",
        (("Name", ""), ("Kind", ""), ("Open balance", "number"), ("With projects", "number")),
        _customer,
    ),
    "vendors": NameList(
        "Vendor",
        "Vendors",
        (("Name", ""), ("Contractor", ""), ("Currency", ""), ("Open balance", "number")),
        _vendor,
    ),
    "items": NameList(
        "Item",
        "Products & services",
        (("Name", ""), ("Type", ""), ("I sell this", ""), ("I purchase this", "")),
        _item,
    ),
    "employees": NameList(
        "Employee",
        "Employees",
        (("Name", ""), ("Cost rate", "number"), ("Billing rate", "number")),
        _employee,
    ),
}


def show_list(request: PageRequest, books: Books, segment: str, *, error: str = "") -> PageResponse:
    names = LISTS[segment]
    words = request.get("q").casefold().split()
    documents = sorted(books.all(names.entity), key=lambda row: label_of(row).casefold())
    shown = [row for row in documents if all(word in label_of(row).casefold() for word in words)]
    rows = [_row(segment, names, row) for row in shown]
    headings = [*names.headings, ("Status", ""), ("Change", "")]
    found = table(headings, rows, label=names.title, empty="No name fits this search.")
    content = join([_search(request, segment), found])
    return page(request, books, names.title, content, error=error, status=422 if error else 200)


def _search(request: PageRequest, segment: str) -> Html:
    return tag(
        "form",
        labelled("q", "Search", text_input("q", request.get("q"))),
        tag("div", submit("Show"), class_="field last"),
        class_="fields filters",
        action=f"/books/{segment}",
        role="search",
    )


def _row(segment: str, names: NameList, row: Document) -> Html:
    is_active = row.get("Active", True) is not False
    status = tag("span", "Active" if is_active else "Inactive", class_=None if is_active else "badge")
    button = "" if row.get("Type") == "Category" else _toggle(segment, row, is_active)
    return tag("tr", *names.cells(row), tag("td", status), tag("td", button))


def _toggle(segment: str, row: Document, is_active: bool) -> Html:
    verb = "Make inactive" if is_active else "Make active"
    return tag(
        "form",
        hidden("active", "" if is_active else "1"),
        hidden("sync_token", row["SyncToken"]),
        tag("button", verb, tag("span", f" {label_of(row)}", class_="hidden-text"), class_="small"),
        method="post",
        action=f"/books/{segment}/{row['Id']}/active",
    )


def change_active(request: PageRequest, books: Books, segment: str, document_id: str) -> PageResponse:
    active = bool(request.get("active"))
    change = {"Id": document_id, "SyncToken": request.get("sync_token"), "sparse": True, "Active": active}
    try:
        books.update(LISTS[segment].entity, change)
    except ApiFault as fault:
        return show_list(request, books, segment, error=readable(fault))
    return redirect(f"/books/{segment}", "active" if active else "inactive")
