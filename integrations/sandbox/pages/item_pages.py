"""One product or service: the two tick boxes "I sell this" and "I purchase this", with their accounts.

The API has no such flags: ticked means that IncomeAccountRef, or ExpenseAccountRef, is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages.choices import Choices, label_of, select
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import amount_input, buttons, labelled, submit, ticked
from integrations.sandbox.pages.formats import Mistake, plain, read_amount
from integrations.sandbox.pages.layout import hidden, link, page, redirect
from integrations.sandbox.pages.markup import Html, tag
from integrations.sandbox.pages.words import readable
from integrations.sandbox.wire import Document


@dataclass(frozen=True)
class Side:
    """Selling or purchasing."""

    name: str
    legend: str
    account_field: str
    account_types: tuple[str, ...]
    price_field: str
    price_label: str


SELLING = Side(
    "sell", "I sell this", "IncomeAccountRef", ("Income", "Other Income"), "UnitPrice", "Sales price"
)
PURCHASING = Side(
    "purchase",
    "I purchase this",
    "ExpenseAccountRef",
    ("Cost of Goods Sold", "Expense", "Other Expense"),
    "PurchaseCost",
    "Purchase cost",
)
SIDES = (SELLING, PURCHASING)


def show_item(request: PageRequest, books: Books, item_id: str) -> PageResponse:
    item = books.get("Item", item_id)
    error = ""
    if request.method == "POST":
        try:
            books.update("Item", _payload(request, item))
            return redirect(f"/books/items/{item_id}", "saved")
        except Mistake as mistake:
            error = str(mistake)
        except ApiFault as fault:
            error = readable(fault)
    status = 422 if error else 200
    return page(request, books, label_of(item), _form(request, books, item), error=error, status=status)


def _payload(request: PageRequest, item: Document) -> Document:
    payload: Document = {"Id": item["Id"], "SyncToken": request.get("sync_token"), "sparse": True}
    for side in SIDES:
        payload |= _side_payload(request, side)
    if not any(payload[side.account_field] for side in SIDES):
        raise Mistake("An item is sold or purchased, or both: tick at least one.")
    return payload


def _side_payload(request: PageRequest, side: Side) -> Document:
    price = read_amount(request.get(f"{side.name}_price"), side.price_label) or 0
    if not request.get(side.name):
        return {side.account_field: None, side.price_field: price}
    account = request.get(f"{side.name}_account")
    if not account:
        raise Mistake(f"{side.legend}: choose an account.")
    return {side.account_field: {"value": account}, side.price_field: price}


def _form(request: PageRequest, books: Books, item: Document) -> Html:
    choices = Choices(books)
    return tag(
        "form",
        *(_side(request, choices, item, side) for side in SIDES),
        hidden("sync_token", request.get("sync_token") or item["SyncToken"]),
        buttons(submit("Save", look="primary"), link("/books/items", "Cancel", class_="button")),
        method="post",
        class_="sheet",
    )


def _side(request: PageRequest, choices: Choices, item: Document, side: Side) -> Html:
    posted = request.method == "POST"
    is_ticked = bool(request.get(side.name)) if posted else side.account_field in item
    account = item.get(side.account_field, {}).get("value", "")
    price = plain(item.get(side.price_field, 0))
    if posted:
        account, price = request.get(f"{side.name}_account"), request.get(f"{side.name}_price")
    account_name, price_name = f"{side.name}_account", f"{side.name}_price"
    accounts = choices.accounts(side.account_types, account, nothing="Choose…")
    return tag(
        "fieldset",
        tag("legend", ticked(side.name, side.legend, checked=is_ticked)),
        tag(
            "div",
            labelled(account_name, "Account", select(account_name, accounts)),
            labelled(price_name, side.price_label, amount_input(price_name, price)),
            class_="fields",
        ),
    )
