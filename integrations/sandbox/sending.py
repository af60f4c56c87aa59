"""``POST /invoice/{id}/send``: nothing is mailed, the invoice says that it was."""

from __future__ import annotations

from integrations.sandbox.answers import entity_body
from integrations.sandbox.books import Books
from integrations.sandbox.calls import Call
from integrations.sandbox.errors import ApiFault, unsupported_operation
from integrations.sandbox.wire import format_time


def send_invoice(books: Books, call: Call, address: str) -> str:
    if call.entity not in ("Invoice", "CreditMemo", "Estimate"):
        raise unsupported_operation("send")
    with books.change() as change:
        document = change.edit(call.entity, call.document_id)
        address = address or (document.get("BillEmail") or {}).get("Address", "")
        if not address:
            raise ApiFault("6420", "Email address is required")
        document["BillEmail"] = {"Address": address}
        document["EmailStatus"] = "EmailSent"
        sent_at = format_time(books.clock.epoch(), books.zone)
        document["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": sent_at}
    return entity_body(books, call.entity, call.document_id)
