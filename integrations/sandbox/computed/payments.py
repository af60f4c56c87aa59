"""Server-computed fields of Payment and BillPayment: what is applied, what stays unapplied."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox.computed.common import default_account, default_date, fill_currency
from integrations.sandbox.computed.expenses import name_value
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

# Links that use up a payment, and links to credits that add to it.
DEBTS = ("Invoice", "Bill", "Expense", "Check", "JournalEntry")
CREDITS = ("CreditMemo", "VendorCredit", "CreditCardCredit")


def complete_payment(change: Change, entity: str, document: Document, old: Document | None) -> None:
    default_date(change, document)
    fill_currency(change, document)
    document.setdefault("Line", [])
    document.setdefault("ProcessPayment", False)
    default_account(change, document, "DepositToAccountRef", "Other Current Asset", "UndepositedFunds")
    for line in document["Line"]:
        line["LineEx"] = {"any": _line_extensions(change, line)}
    document["UnappliedAmt"] = unapplied(document)


def complete_bill_payment(change: Change, entity: str, document: Document, old: Document | None) -> None:
    default_date(change, document)
    fill_currency(change, document)
    document.setdefault("Line", [])
    if document["PayType"] == "Check":
        document.pop("CreditCardPayment", None)
        document.get("CheckPayment", {}).setdefault("PrintStatus", "NeedToPrint")
    else:
        document.pop("CheckPayment", None)


def unapplied(document: Document) -> Decimal:
    """The part of the total that no line has applied; credits among the lines add to it."""
    open_amount = number(document.get("TotalAmt"))
    for line in document.get("Line", []):
        kind = next((link.get("TxnType") for link in line.get("LinkedTxn", [])), None)
        sign = 1 if kind in CREDITS else -1
        open_amount += sign * number(line.get("Amount"))
    return open_amount


def _line_extensions(change: Change, line: Document) -> list[Document]:
    pairs = []
    for link in line.get("LinkedTxn", []):
        target = change.read(link.get("TxnType", ""), link.get("TxnId", "")) if _is_kept(link) else None
        pairs.append(name_value("txnId", str(link.get("TxnId", ""))))
        if target:
            pairs.append(name_value("txnOpenBalance", str(target.get("Balance", 0))))
            pairs.append(name_value("txnReferenceNumber", str(target.get("DocNumber", ""))))
    return pairs


def _is_kept(link: Document) -> bool:
    return link.get("TxnType") in ("Invoice", "CreditMemo", "JournalEntry")
