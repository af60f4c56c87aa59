"""One transaction: its form or its lines, what it is linked with, and what can be done with it."""

from __future__ import annotations

import json

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages import cost_pages, time_pages
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import buttons, submit
from integrations.sandbox.pages.files import list_files
from integrations.sandbox.pages.formats import day, moment, money, plain
from integrations.sandbox.pages.kinds import BY_SEGMENT, COSTS, TIME, Kind, address_of, kind_of
from integrations.sandbox.pages.layout import button_link, hidden, link, page, redirect, table
from integrations.sandbox.pages.markup import Html, escape, join, tag
from integrations.sandbox.pages.words import readable
from integrations.sandbox.wire import Document, dumps, number

# What can be voided by a person in QuickBooks Online; the others are deleted.
VOIDABLE = ("Bill", "Purchase", "Invoice", "Payment", "BillPayment")
LINKED = {
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "Check": "Purchase",
    "Expense": "Purchase",
    "CreditCardCredit": "Purchase",
}
LINK_WORDS = {
    "BillPaymentCheck": "Bill payment by check",
    "BillPaymentCreditCard": "Bill payment by card",
    "VendorCredit": "Vendor credit",
    "CreditMemo": "Credit memo",
    "TimeActivity": "Time entry",
    "ReimburseCharge": "Charge to the customer",
}
LINE_HEADINGS = [("Item or account", ""), ("Description", ""), ("Quantity", "number"), ("Amount", "number")]


def show_document(request: PageRequest, books: Books, entity: str, document_id: str) -> PageResponse:
    document = books.get(entity, document_id)
    kind = kind_of(entity, document)
    if request.method == "POST":
        return _edit(request, books, kind, document)
    files = list_files(books, entity, document_id)
    content = join([_body(books, kind, document), files, _links(document), _raw(document)])
    return page(request, books, _title(kind, document), content, actions=_actions(kind, document))


def _edit(request: PageRequest, books: Books, kind: Kind, document: Document) -> PageResponse:
    if kind in COSTS:
        return cost_pages.edit_cost(request, books, kind, document)
    if kind is TIME:
        return time_pages.edit_time(request, books, document)
    return page(request, books, kind.label, "", error="This kind cannot be edited here.", status=405)


def _title(kind: Kind, document: Document) -> str:
    words = [kind.label, document.get("DocNumber") or "", "of", day(document.get("TxnDate", ""))]
    return " ".join(word for word in words if word)


def _body(books: Books, kind: Kind, document: Document) -> Html:
    totals = _totals(document)
    if kind in COSTS:
        return join([totals, cost_pages.document_form(books, kind, document)])
    if kind is TIME:
        return time_pages.document_form(books, document)
    return join([totals, _lines(document)])


def _totals(document: Document) -> Html:
    currency = document.get("CurrencyRef", {}).get("value", "")
    names = (("TotalAmt", "Total"), ("Balance", "Open"), ("UnappliedAmt", "Not applied"))
    pairs = [
        (label, join([money(document[name]), " ", currency])) for name, label in names if name in document
    ]
    for name in ("CustomerRef", "VendorRef", "EntityRef"):
        if name in document:
            pairs.insert(0, ("Name", escape(document[name].get("name", ""))))
    return tag("dl", join(join([tag("dt", term), tag("dd", text)]) for term, text in pairs), class_="totals")


def _actions(kind: Kind, document: Document) -> Html:
    address = address_of(kind.entity, document["Id"])
    is_open = number(document.get("Balance")) > 0
    actions = []
    if kind.entity == "Invoice" and is_open:
        actions.append(button_link(f"{address}/receive", "Receive payment", primary=True))
    if kind.entity == "Bill" and is_open:
        actions.append(button_link(f"{address}/pay", "Pay this bill"))
    if kind.entity in VOIDABLE and not document.get("PrivateNote", "").startswith("Voided"):
        actions.append(button_link(f"{address}/void", "Void"))
    actions.append(button_link(f"{address}/delete", "Delete"))
    return tag("div", *actions, class_="buttons")


def _lines(document: Document) -> Html:
    rows = [_line(line) for line in document.get("Line", [])]
    return table(LINE_HEADINGS, rows, label="Lines", empty="No lines.")


def _line(line: Document) -> Html:
    detail = line.get(line.get("DetailType", "")) or {}
    target = detail.get("ItemRef") or detail.get("AccountRef") or {}
    name: object = target.get("name", "Subtotal" if "SubTotalLineDetail" in line else "")
    if not target and line.get("LinkedTxn"):
        name = _linked(line["LinkedTxn"][0])
    return tag(
        "tr",
        tag("td", name),
        tag("td", line.get("Description", "")),
        tag("td", plain(detail.get("Qty")), class_="number"),
        tag("td", money(line.get("Amount")), class_="number"),
    )


def _links(document: Document) -> Html:
    linked = document.get("LinkedTxn", [])
    if not linked:
        return Html("")
    entries = join(tag("li", _linked(txn)) for txn in linked)
    return tag("section", tag("h2", "Linked with"), tag("ul", entries))


def _linked(txn: Document) -> Html:
    kind, txn_id = str(txn.get("TxnType", "")), str(txn.get("TxnId", ""))
    entity = LINKED.get(kind, kind)
    text = f"{LINK_WORDS.get(kind, kind)} {txn_id}"
    return link(address_of(entity, txn_id), text) if entity.lower() in BY_SEGMENT else tag("span", text)


def _raw(document: Document) -> Html:
    """What the API returns for this entry, for whoever builds against it."""
    text = json.dumps(json.loads(dumps(document)), indent=2, ensure_ascii=False)
    times = document["MetaData"]
    about = f"Version {document['SyncToken']}, last changed {moment(times['LastUpdatedTime'])}"
    return tag(
        "details",
        tag("summary", "As the API returns it"),
        tag("p", about, class_="hint"),
        tag("pre", text, tabindex="0"),
    )


def delete_document(request: PageRequest, books: Books, entity: str, document_id: str) -> PageResponse:
    return _confirm(request, books, entity, document_id, verb="Delete", news="deleted")


def void_document(request: PageRequest, books: Books, entity: str, document_id: str) -> PageResponse:
    return _confirm(request, books, entity, document_id, verb="Void", news="voided")


def _confirm(
    request: PageRequest, books: Books, entity: str, document_id: str, *, verb: str, news: str
) -> PageResponse:
    document = books.get(entity, document_id)
    error = ""
    if request.method == "POST":
        try:
            return _do(request, books, entity, document, news)
        except ApiFault as fault:
            error = readable(fault)
    return _ask(request, books, entity, document, verb=verb, error=error)


def _do(request: PageRequest, books: Books, entity: str, document: Document, news: str) -> PageResponse:
    token = request.get("sync_token")
    if news == "deleted":
        books.delete(entity, document["Id"], token)
        return redirect("/books", news)
    books.void(entity, document["Id"], token)
    return redirect(address_of(entity, document["Id"]), news)


def _ask(
    request: PageRequest, books: Books, entity: str, document: Document, *, verb: str, error: str
) -> PageResponse:
    kind = kind_of(entity, document)
    title = f"{verb} {_title(kind, document)[0].lower()}{_title(kind, document)[1:]}"
    what = {
        "Delete": "It will be gone for good; whoever synchronizes sees it disappear.",
        "Void": "It stays in the books with amounts of zero and the word “Voided” in its memo.",
    }[verb]
    form = tag(
        "form",
        tag("p", what),
        hidden("sync_token", document["SyncToken"]),
        buttons(
            submit(f"{verb} it", look="danger"),
            link(address_of(entity, document["Id"]), "Keep it", class_="button"),
        ),
        method="post",
        class_="sheet",
    )
    status = 422 if error else 200
    return page(request, books, title, join([_totals(document), form]), error=error, status=status)
