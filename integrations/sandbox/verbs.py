"""Create, update, delete and void: the order in which the rules are asked, the same for every entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox import computed, effects
from integrations.sandbox.computed.voiding import zero_amounts
from integrations.sandbox.errors import missing, stale_object, unsupported_operation
from integrations.sandbox.fields import NAME_LISTS, READ_ONLY, SETTINGS, TAX_LISTS, TRANSACTIONS
from integrations.sandbox.validation import references, rules, shape
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.books import Books
    from integrations.sandbox.change import Change

NOT_CREATED = (*SETTINGS, "TaxCode", "TaxRate", "ReimburseCharge")
NOT_UPDATED = (*TAX_LISTS, "ReimburseCharge")
NOT_DELETED = (*SETTINGS, *TAX_LISTS, *NAME_LISTS, "ReimburseCharge")
# What a person can void. The API itself allows fewer: see ``routes``.
VOIDABLE = tuple(name for name in TRANSACTIONS if name not in ("ReimburseCharge", "TimeActivity"))


def create_document(books: Books, entity: str, payload: Document, *, include: frozenset[str]) -> Document:
    if entity in NOT_CREATED:
        raise unsupported_operation("create")
    document = without_read_only(entity, shape.accept(entity, payload))
    document.pop("Id", None)
    document.pop("SyncToken", None)
    document = {name: value for name, value in document.items() if value is not None}
    with books.change() as change:
        prepare(change, entity, document, None, include)
        change.add(entity, document)
        effects.apply(change, entity, None, document)
        effects.settle_names(change)
    return books.get(entity, document["Id"])


def update_document(books: Books, entity: str, payload: Document, *, include: frozenset[str]) -> Document:
    if entity in NOT_UPDATED:
        raise unsupported_operation("update")
    sent = shape.accept(entity, payload)
    document_id = require_id(sent)
    with books.change() as change:
        old = books.get(entity, document_id)
        require_token(sent, old)
        document = merged(books, entity, without_read_only(entity, sent), old, sparse=is_sparse(payload))
        prepare(change, entity, document, old, include)
        change.replace(entity, document_id, document)
        effects.apply(change, entity, old, document)
        effects.settle_names(change)
    return books.get(entity, document_id)


def delete_document(books: Books, entity: str, document_id: str, sync_token: str | None) -> None:
    if entity in NOT_DELETED:
        raise unsupported_operation("delete")
    with books.change() as change:
        old = books.get(entity, document_id)
        if sync_token is not None and sync_token != old["SyncToken"]:
            raise stale_object()
        rules.check_delete(change, entity, old)
        change.remove(entity, document_id)
        effects.apply(change, entity, old, None)
        effects.settle_names(change)
    books.files.pop(document_id, None)


def void_document(books: Books, entity: str, document_id: str, sync_token: str | None) -> Document:
    if entity not in VOIDABLE:
        raise unsupported_operation("void")
    with books.change() as change:
        old = books.get(entity, document_id)
        if sync_token is not None and sync_token != old["SyncToken"]:
            raise stale_object()
        rules.check_closed_books(change, old)
        document = zero_amounts(entity, change.copy_of(entity, document_id) or {})
        change.replace(entity, document_id, document)
        effects.apply(change, entity, old, document)
        effects.settle_names(change)
    return books.get(entity, document_id)


def prepare(
    change: Change, entity: str, document: Document, old: Document | None, include: frozenset[str]
) -> None:
    """Bring a document into the form it is stored in, or raise the fault that refuses it."""
    rules.require(entity, document)
    references.resolve(change, entity, document, old)
    computed.complete(change, entity, document, old)
    rules.check(change, entity, document, old, include)


def require_id(document: Document) -> str:
    if not document.get("Id"):
        raise missing("Id")
    return str(document["Id"])


def require_token(document: Document, old: Document) -> None:
    if document.get("SyncToken") in (None, ""):
        raise missing("SyncToken")
    if document["SyncToken"] != old["SyncToken"]:
        raise stale_object()


def is_sparse(payload: Document) -> bool:
    return payload.get("sparse") in (True, "true")


def without_read_only(entity: str, document: Document) -> Document:
    ignored = READ_ONLY.get(entity, frozenset())
    return {name: value for name, value in document.items() if name not in ignored}


def merged(books: Books, entity: str, sent: Document, old: Document, *, sparse: bool) -> Document:
    """Sparse: the sent fields over the old ones. Full: the sent fields and what only the server sets."""
    if sparse:
        rules.require_for_sparse(entity, sent, books.switches["sparse_expenses"])
        document = {**old, **sent}
    else:
        kept = READ_ONLY.get(entity, frozenset()) | {"Id", "SyncToken", "MetaData"}
        document = {name: value for name, value in old.items() if name in kept} | sent
        if entity in NAME_LISTS:
            document.setdefault("Active", old.get("Active", True))
    return {name: value for name, value in document.items() if value is not None}
