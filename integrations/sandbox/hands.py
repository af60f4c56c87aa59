"""Somebody working in the books by hand, through the control API: tokens and times move as they do there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from integrations.sandbox.books import Books
from integrations.sandbox.fields import ENTITIES, NAME_LISTS, READ_ONLY, TRANSACTIONS, TYPES, Field
from integrations.sandbox.wire import Document


def add_documents(books: Books, sent: object, *, with_rules: bool) -> list[Document]:
    """As they are: ids, tokens and times kept, no side effects. With rules: created as somebody enters them.

    Three forms are taken: ``{"Bill": [{…}], "Customer": [{…}]}``, ``[{"Bill": {…}}, {"Customer": {…}}]`` and
    ``[{"entity": "Bill", "document": {…}}]``. Numbers may be given as text, as Decimal is often sent.
    """
    pairs = [(entity, with_numbers(entity, document)) for entity, document in _pairs(sent)]
    if with_rules:
        return [books.create(entity, document) for entity, document in pairs]
    return books.load_many(pairs)


def _pairs(sent: object) -> list[tuple[str, Document]]:
    if isinstance(sent, list):
        return [pair for item in sent for pair in _pairs(item)]
    if not isinstance(sent, dict):
        raise ValueError("Documents are given by entity, or as a list of entity and document")
    if set(sent) == {"documents"}:
        return _pairs(sent["documents"])
    if "entity" in sent:
        return [(sent["entity"], sent["document"])]
    return [
        (entity, document)
        for entity, documents in sent.items()
        for document in (documents if isinstance(documents, list) else [documents])
    ]


def with_numbers(entity: str, document: Document) -> Document:
    """The document with text turned into numbers where the property is a number; nothing else is touched."""
    if entity not in ENTITIES:
        raise ValueError(f"There is no entity {entity}")
    return _numbered(ENTITIES[entity], document)


def _numbered(fields: dict[str, Field], document: Document) -> Document:
    return {name: _numbered_value(fields.get(name), value) for name, value in document.items()}


def _numbered_value(field: Field | None, value: Any) -> Any:
    if field is None:
        return value
    if isinstance(value, list):
        return [_numbered_value(field, item) for item in value]
    if field.kind == "object" and isinstance(value, dict):
        return _numbered(TYPES[field.part], value)
    if field.kind in ("number", "whole") and isinstance(value, str):
        return Decimal(value)
    return value


def edit_document(books: Books, entity: str, document_id: str, changes: Document, *, raw: bool) -> Document:
    """Change some fields. Fields that only the server or the screens set are put in as they are.

    ``raw`` puts everything in as it is: nothing is checked or computed, token and time move all the same.
    """
    changes = with_numbers(entity, changes)
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
