"""What a void leaves: the document with every amount at zero and a note that says Voided."""

from __future__ import annotations

from integrations.sandbox.validation.lines import detail_of
from integrations.sandbox.wire import Document

TOTALS = ("TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "UnappliedAmt", "RemainingCredit", "Deposit")
PAYMENTS = ("Payment", "BillPayment")


def zero_amounts(entity: str, document: Document) -> Document:
    for name in TOTALS:
        if name in document:
            document[name] = 0
    if entity in PAYMENTS:
        document["Line"] = []
    for line in document.get("Line", []):
        _zero_line(line)
    if document.get("TxnTaxDetail"):
        document["TxnTaxDetail"] = {"TotalTax": 0}
    if entity == "Invoice":
        document["LinkedTxn"] = []
    document["PrivateNote"] = voided_note(document.get("PrivateNote"))
    return document


def voided_note(note: str | None) -> str:
    if note and note.startswith("Voided"):
        return note
    return f"Voided - {note}" if note else "Voided"


def _zero_line(line: Document) -> None:
    line["Amount"] = 0
    line.pop("LinkedTxn", None)
    detail = detail_of(line)
    detail.pop("UnitPrice", None)
    if "Qty" in detail:
        detail["Qty"] = 0
    for name in ("TaxAmount", "TaxInclusiveAmt"):
        if name in detail:
            detail[name] = 0
