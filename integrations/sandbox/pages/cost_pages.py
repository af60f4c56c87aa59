"""Adding and editing bills, expenses, checks, card charges, card credits and vendor credits."""

from __future__ import annotations

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages.choices import Choices, select
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.cost_form import (
    BLANK_LINES,
    CostForm,
    LineForm,
    form_of,
    payload_of,
    read_form,
)
from integrations.sandbox.pages.fields import (
    amount_input,
    buttons,
    checkbox,
    date_input,
    labelled,
    submit,
    text_input,
)
from integrations.sandbox.pages.formats import Mistake
from integrations.sandbox.pages.kinds import Kind, address_of
from integrations.sandbox.pages.layout import hidden, link, page, redirect
from integrations.sandbox.pages.markup import Html, join, tag
from integrations.sandbox.pages.words import readable
from integrations.sandbox.wire import Document

ACCOUNT_TYPES = {"Cash": ("Bank", "Other Current Asset"), "Check": ("Bank",), "CreditCard": ("Credit Card",)}
PAYEES = ("Vendor", "Employee", "Customer")
LINE_HEADINGS = ("Item or category", "Customer", "Description", "Quantity", "Rate", "Amount", "Billable")


def new_cost(request: PageRequest, books: Books, kind: Kind) -> PageResponse:
    if request.method == "GET":
        form = CostForm(date=books.today().isoformat(), due="", lines=[LineForm(), LineForm()])
        return _show(request, books, kind, form, None)
    form = read_form(request)
    if request.get("do") == "more":
        return _show(request, books, kind, form, None)
    return _save(request, books, kind, form, None)


def edit_cost(request: PageRequest, books: Books, kind: Kind, document: Document) -> PageResponse:
    """The form part of a document's page; ``details`` puts history and links around it."""
    form = read_form(request)
    if request.get("do") == "more":
        return _show(request, books, kind, form, document)
    return _save(request, books, kind, form, document)


def _save(
    request: PageRequest, books: Books, kind: Kind, form: CostForm, old: Document | None
) -> PageResponse:
    try:
        payload = payload_of(kind, form, old)
        saved = _write(books, kind, payload, old, allow_duplicate=bool(request.get("duplicate")))
    except Mistake as mistake:
        return _show(request, books, kind, form, old, error=str(mistake))
    except ApiFault as fault:
        return _show(request, books, kind, form, old, error=readable(fault), duplicate=fault.code == "6140")
    return redirect(address_of(kind.entity, saved["Id"]), "saved" if old else "added")


def _write(
    books: Books, kind: Kind, payload: Document, old: Document | None, *, allow_duplicate: bool
) -> Document:
    include = ("allowduplicatedocnum",) if allow_duplicate else ()
    if old is not None:
        return books.update(kind.entity, payload, include=include)
    return books.create(kind.entity, _with_currency(books, payload), include=include)


def _with_currency(books: Books, payload: Document) -> Document:
    """A vendor's currency is the currency of all of his transactions."""
    vendor_id = payload.get("VendorRef", {}).get("value")
    currency = books.get("Vendor", vendor_id).get("CurrencyRef") if vendor_id else None
    return {**payload, "CurrencyRef": {"value": currency["value"]}} if currency else payload


def _show(
    request: PageRequest,
    books: Books,
    kind: Kind,
    form: CostForm,
    old: Document | None,
    *,
    error: str = "",
    duplicate: bool = False,
) -> PageResponse:
    verb = "Edit" if old else "New"
    content = cost_form(books, kind, form, document=old, duplicate=duplicate)
    status = 422 if error else 200
    return page(request, books, f"{verb} {kind.label.lower()}", content, error=error, status=status)


def document_form(books: Books, kind: Kind, document: Document) -> Html:
    return cost_form(books, kind, form_of(kind, document), document=document)


def cost_form(
    books: Books, kind: Kind, form: CostForm, *, document: Document | None, duplicate: bool = False
) -> Html:
    choices = Choices(books)
    address = address_of(kind.entity, document["Id"]) if document else f"/books/new/{kind.slug}"
    rows = form.lines + [LineForm() for _ in range(BLANK_LINES)]
    return tag(
        "form",
        tag("div", *_head(choices, kind, form), class_="fields"),
        _lines(choices, rows),
        hidden("lines", len(rows)),
        hidden("sync_token", form.sync_token),
        _duplicate_box() if duplicate else "",
        buttons(
            submit("Save", name="do", value="save", look="primary"),
            submit("More lines", name="do", value="more"),
            link(address if document else "/books", "Cancel", class_="button"),
        ),
        method="post",
        action=address,
        class_="sheet",
    )


def _duplicate_box() -> Html:
    label = tag("label", checkbox("duplicate", checked=False), " Save it with this number all the same")
    return tag("p", label)


def _head(choices: Choices, kind: Kind, form: CostForm) -> list[Html]:
    fields = [_payee(choices, kind, form)]
    if not kind.has_vendor:
        accounts = choices.accounts(ACCOUNT_TYPES[kind.payment_type], form.account)
        fields.append(labelled("account", "Paid from", select("account", accounts)))
    fields.append(labelled("date", "Date", date_input("date", form.date)))
    if kind.entity == "Bill":
        fields.append(labelled("due", "Due date", date_input("due", form.due)))
    number_label = "Check no." if kind.slug == "check" else "Number"
    fields += [
        labelled("number", number_label, text_input("number", form.number), hint="Up to 21 characters"),
        labelled("memo", "Memo", text_input("memo", form.memo), wide=True),
    ]
    if kind.has_vendor:
        hint = "For foreign vendors only"
        fields.append(
            labelled("exchange", "Exchange rate", amount_input("exchange", form.exchange), hint=hint)
        )
    return fields


def _payee(choices: Choices, kind: Kind, form: CostForm) -> Html:
    if kind.has_vendor:
        return labelled("payee", "Vendor", select("payee", choices.vendors(form.payee)))
    people = choices.people(form.payee, PAYEES, nothing="No payee")
    hint = "Who was paid; the customer is chosen on each line"
    return labelled("payee", "Payee", select("payee", people), hint=hint)


def _lines(choices: Choices, rows: list[LineForm]) -> Html:
    headings = (tag("th", text, scope="col", class_=_align(text)) for text in LINE_HEADINGS)
    head = tag("thead", tag("tr", join(headings)))
    body = tag("tbody", join(_line(choices, place, row) for place, row in enumerate(rows)))
    note = tag("p", "To take a line away, empty all of its fields. Empty lines are ignored.", class_="hint")
    return tag("div", tag("table", head, body, class_="lines"), note)


def _align(heading: str) -> str | None:
    return "number" if heading in ("Quantity", "Rate", "Amount") else None


def _line(choices: Choices, place: int, row: LineForm) -> Html:
    name = f"line {place + 1}"
    billable: object = checkbox(f"billable.{place}", checked=row.billable, label=f"Billable, {name}")
    if row.billed:
        billable = join([tag("span", "Billed", class_="badge"), hidden(f"billed.{place}", "1")])
    what = select(f"what.{place}", choices.item_or_category(row.what), label=f"Item or category, {name}")
    cells = (
        join([what, hidden(f"id.{place}", row.id)]),
        select(f"customer.{place}", choices.customers(row.customer), label=f"Customer, {name}"),
        text_input(f"text.{place}", row.text, label=f"Description, {name}"),
        amount_input(f"quantity.{place}", row.quantity, label=f"Quantity, {name}"),
        amount_input(f"rate.{place}", row.rate, label=f"Rate, {name}"),
        amount_input(f"amount.{place}", row.amount, label=f"Amount, {name}"),
        billable,
    )
    columns = [tag("td", cell, data_label=label) for label, cell in zip(LINE_HEADINGS, cells, strict=True)]
    return tag("tr", *columns)
