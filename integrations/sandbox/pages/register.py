"""The list of transactions: one short summary each, read once per version of a document.

The big training company has 50,000 of them; reading their JSON again for every page would take a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from integrations.sandbox.books import Books
from integrations.sandbox.pages.kinds import ENTITIES, KINDS, TIME, Kind, kind_of
from integrations.sandbox.pages.times import minutes_of
from integrations.sandbox.wire import Document, number

COLUMN = "books page summary"
PARTIES = ("VendorRef", "EntityRef", "EmployeeRef", "CustomerRef")


@dataclass(frozen=True, slots=True)
class Summary:
    entity: str
    id: str
    kind: str
    date: str
    number: str
    party: str
    text: str
    customers: tuple[str, ...]
    # The customer's own name, or how many there are.
    customer: str
    amount: Decimal
    minutes: int
    updated: int
    words: str

    @property
    def order(self) -> tuple[str, int, int]:
        return self.date, self.updated, int(self.id) if self.id.isdecimal() else 0


def summaries(books: Books) -> list[Summary]:
    """All transactions, newest first."""
    found: list[Summary] = []
    with books.lock:
        for entity in ENTITIES:
            found += _of_entity(books, entity)
    return sorted(found, key=lambda summary: summary.order, reverse=True)


def _of_entity(books: Books, entity: str) -> list[Summary]:
    shelf = books.shelf(entity)
    rows = shelf.rows.values()
    return [shelf.column_value(row, COLUMN, partial(_summarize, entity, row.updated)) for row in rows]


def _summarize(entity: str, updated: int, document: Document) -> Summary:
    kind = kind_of(entity, document)
    party, text = _party(document), _text(document)
    document_number = document.get("DocNumber", "")
    customers = customers_of(document)
    names = " ".join(ref.get("name", "") for ref in (*customers, *_targets(document)))
    amount = kind.sign * _amount(document)
    return Summary(
        entity=entity,
        id=document["Id"],
        kind=kind.slug,
        date=document.get("TxnDate", ""),
        number=document_number,
        party=party,
        text=text,
        customers=tuple(dict.fromkeys(ref["value"] for ref in customers)),
        customer=_customer_text(customers),
        amount=amount,
        minutes=minutes_of(document) if kind is TIME else 0,
        updated=updated,
        words=f"{kind.label} {party} {document_number} {text} {names} {abs(amount):.2f}".casefold(),
    )


def _party(document: Document) -> str:
    for name in PARTIES:
        if name in document:
            return str(document[name].get("name", document[name]["value"]))
    return ""


def _text(document: Document) -> str:
    """The memo, else the first line that says something."""
    texts = [document.get("PrivateNote"), document.get("Description")]
    texts += [line.get("Description") for line in document.get("Line", [])]
    return next((text for text in texts if text), "")


def customers_of(document: Document) -> list[Document]:
    """Every customer the document names, in its head or on a line."""
    parts = [document, *document.get("Line", [])]
    details = [line.get(line.get("DetailType", "")) or {} for line in document.get("Line", [])]
    entities = [detail.get("Entity", {}).get("EntityRef") for detail in details]
    refs = [part.get("CustomerRef") for part in (*parts, *details)]
    return [ref for ref in (*refs, *entities) if ref]


def _targets(document: Document) -> list[Document]:
    """Items and accounts of the lines, so that a search finds them."""
    details = [line.get(line.get("DetailType", "")) or {} for line in document.get("Line", [])]
    refs = [part.get(name) for part in (document, *details) for name in ("ItemRef", "AccountRef")]
    return [ref for ref in refs if ref]


def _customer_text(customers: list[Document]) -> str:
    names = list(dict.fromkeys(str(ref.get("name", ref["value"])) for ref in customers))
    if len(names) > 1:
        return f"{len(names)} customers"
    return names[0].rpartition(":")[2] if names else ""


def _amount(document: Document) -> Decimal:
    if "TotalAmt" in document:
        return number(document["TotalAmt"])
    debits = (
        line["Amount"]
        for line in document.get("Line", [])
        if (line.get("JournalEntryLineDetail") or {}).get("PostingType") == "Debit"
    )
    return sum((number(amount) for amount in debits), Decimal(0))


def matches(summary: Summary, *, kind: Kind | None, customers: set[str] | None, words: list[str]) -> bool:
    if kind and summary.kind != kind.slug:
        return False
    if customers is not None and not customers.intersection(summary.customers):
        return False
    return all(word in summary.words for word in words)


def label_of(summary: Summary) -> str:
    return next(kind.label for kind in KINDS if kind.slug == summary.kind)
