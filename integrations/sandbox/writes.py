"""Writes as the API allows them, for single calls and for batch items alike."""

from __future__ import annotations

from integrations.sandbox.answers import deleted_stub, row_text
from integrations.sandbox.books import Books
from integrations.sandbox.calls import Call
from integrations.sandbox.errors import ApiFault, missing, unsupported_operation, unsupported_property
from integrations.sandbox.validation import shape
from integrations.sandbox.wire import Document, dumps

VOIDED_BY_OPERATION = ("Invoice", "Payment")
VOIDED_BY_INCLUDE = ("Invoice", "Payment", "BillPayment")


def perform(books: Books, call: Call, payload: object) -> str:
    """Do one write and give the member of the answer: ``"Bill":{…}``. Raises ApiFault."""
    if not isinstance(payload, dict):
        raise unsupported_property(shape.UNPARSABLE)
    if call.operation == "create":
        return _member(
            books, call.entity, books.create(call.entity, _by_api(call, payload), include=call.include)
        )
    if call.operation == "update":
        return _member(
            books, call.entity, books.update(call.entity, _by_api(call, payload), include=call.include)
        )
    if call.operation == "delete":
        return _delete(books, call, payload)
    if call.operation == "void":
        return _void(books, call, payload)
    raise unsupported_operation(call.operation)


def _by_api(call: Call, payload: Document) -> Document:
    """Charges are brought onto an invoice by people only; links to them are ignored when sent."""
    if call.entity != "Invoice":
        return payload
    cleaned = {**payload}
    if isinstance(payload.get("LinkedTxn"), list):
        cleaned["LinkedTxn"] = [
            link
            for link in payload["LinkedTxn"]
            if not (isinstance(link, dict) and link.get("TxnType") == "ReimburseCharge")
        ]
    return cleaned


def _delete(books: Books, call: Call, payload: Document) -> str:
    document_id, token = _identity(payload)
    if any(name.endswith("Ex") for name in payload):
        raise unsupported_property(shape.UNPARSABLE)
    books.delete(call.entity, document_id, token)
    return f'"{call.entity}":{dumps(deleted_stub(document_id))}'


def _void(books: Books, call: Call, payload: Document) -> str:
    if call.entity == "JournalEntry":
        return '"BatchItemResponse":[]'
    if call.entity == "Bill":
        raise ApiFault(
            "10000", "System Failure Error: java.lang.UnsupportedOperationException", element=None, status=200
        )
    allowed = VOIDED_BY_INCLUDE if "void" in call.include else VOIDED_BY_OPERATION
    if call.entity not in allowed:
        raise unsupported_operation("void")
    document_id, token = _identity(payload)
    return _member(books, call.entity, books.void(call.entity, document_id, token))


def _identity(payload: Document) -> tuple[str, str]:
    for name in ("Id", "SyncToken"):
        if payload.get(name) in (None, ""):
            raise missing(name)
    return str(payload["Id"]), str(payload["SyncToken"])


def _member(books: Books, entity: str, document: Document) -> str:
    return f'"{entity}":{row_text(books, entity, books.row(entity, document["Id"]))}'
