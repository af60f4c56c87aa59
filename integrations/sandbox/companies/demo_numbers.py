"""Numbers of checks and sales forms, given out in order of their dates as a check book and QuickBooks do."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import Document, jaxb_name_value

FIRST_CHECK, FIRST_SALE = 5101, 1001


def number_documents(draft: Draft) -> None:
    checks = [row for row in draft.all("Purchase") if row["PaymentType"] == "Check"]
    _number([*checks, *(row for row in draft.all("BillPayment") if "CheckPayment" in row)], FIRST_CHECK)
    _number([*draft.all("Invoice"), *draft.all("CreditMemo")], FIRST_SALE)
    for payment in draft.all("Payment"):
        for line in payment["Line"]:
            _refer(draft, line)


def _number(documents: Iterable[Document], first: int) -> None:
    for number, document in enumerate(sorted(documents, key=lambda row: row["TxnDate"]), first):
        document["DocNumber"] = str(number)


def _refer(draft: Draft, line: Document) -> None:
    """A line of a payment repeats the number of what it pays."""
    link = line["LinkedTxn"][0]
    paid = draft.documents[link["TxnType"], link["TxnId"]]
    line.setdefault("LineEx", {"any": [jaxb_name_value("txnId", paid["Id"])]})
    line["LineEx"]["any"].append(jaxb_name_value("txnReferenceNumber", paid["DocNumber"]))
