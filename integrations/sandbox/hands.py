"""Somebody working in the books by hand, through the control API: tokens and times move as they do there."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.books import Books
from integrations.sandbox.fields import ENTITIES, NAME_LISTS, READ_ONLY, TRANSACTIONS
from integrations.sandbox.wire import Document


def add_documents(books: Books, sent: object, *, with_rules: bool) -> list[Document]:
    """``{"Bill": […], "Customer": […]}``, or ``{"documents": [{"entity": "Bill", "document": {…}}]}``.

    As they are: ids, tokens and times kept, no side effects. With rules: created as somebody enters them.
    """
    pairs = _pairs(sent)
    if with_rules:
        return [books.create(entity, document) for entity, document in pairs]
    return books.load_many(pairs)


def _pairs(sent: object) -> list[tuple[str, Document]]:
    if isinstance(sent, dict) and "documents" in sent:
        sent = sent["documents"]
    elif isinstance(sent, dict) and "entity" in sent:
        sent = [sent]
    if isinstance(sent, list):
        return [(item["entity"], item["document"]) for item in sent]
    if not isinstance(sent, dict):
        raise ValueError("Documents are given by entity, or as a list of entity and document")
    return [(entity, document) for entity, documents in sent.items() for document in documents]


def edit_document(books: Books, entity: str, document_id: str, changes: Document, *, raw: bool) -> Document:
    """Change some fields. Fields that only the server or the screens set are put in as they are.

    ``raw`` puts everything in as it is: nothing is checked or computed, token and time move all the same.
    """
    if entity not in ENTITIES:
        raise ValueError(f"There is no entity {entity}")
    by_hand = set(changes) if raw else set(changes) & READ_ONLY.get(entity, frozenset())
    ruled = {name: value for name, value in changes.items() if name not in by_hand}
    if ruled:
        token = books.get(entity, document_id)["SyncToken"]
        books.update(
            entity, {**_required(books, entity, document_id), **ruled, **_identity(document_id, token)}
        )
    if by_hand:
        _put(books, entity, document_id, {name: changes[name] for name in by_hand})
    return books.get(entity, document_id)


def _identity(document_id: str, token: str) -> dict[str, Any]:
    return {"Id": document_id, "SyncToken": token, "sparse": True}


def _required(books: Books, entity: str, document_id: str) -> Document:
    """What a sparse update of an expense must repeat."""
    document = books.get(entity, document_id)
    return {name: document[name] for name in ("VendorRef", "PaymentType") if name in document}


def _put(books: Books, entity: str, document_id: str, fields: Document) -> None:
    with books.change() as change:
        draft = change.edit(entity, document_id)
        for name, value in fields.items():
            if value is None:
                draft.pop(name, None)
            else:
                draft[name] = value


def delete_document(books: Books, entity: str, document_id: str) -> None:
    """Transactions and attachments go for good, names become inactive, settings and taxes are taken out."""
    if entity in NAME_LISTS:
        edit_document(books, entity, document_id, {"Active": False}, raw=False)
    elif entity in TRANSACTIONS or entity == "Attachable":
        books.delete(entity, document_id)
    else:
        with books.change() as change:
            books.row(entity, document_id)
            change.remove(entity, document_id)
