"""Payments, bill payments and credits: applying them changes Balance and LinkedTxn of what they pay."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox.computed.common import in_home_currency
from integrations.sandbox.computed.payments import unapplied
from integrations.sandbox.errors import ApiFault, business
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

PAYERS = ("Payment", "BillPayment")
# What each of them can pay or use.
PAYABLE = {"Payment": ("Invoice", "CreditMemo"), "BillPayment": ("Bill", "VendorCredit")}
TARGETS = ("Invoice", "CreditMemo", "Bill", "VendorCredit")
PAYER_OF = {
    "Invoice": "Payment",
    "CreditMemo": "Payment",
    "Bill": "BillPayment",
    "VendorCredit": "BillPayment",
}
Applied = dict[tuple[str, str], Decimal]


def apply_payment(change: Change, entity: str, old: Document | None, new: Document | None) -> None:
    """Move the balance of every document this payment pays, from what it paid before to what it pays now."""
    before, after = applied_amounts(entity, old), applied_amounts(entity, new)
    payment_id = (new or old or {})["Id"]
    for target in dict.fromkeys([*before, *after]):
        if before.get(target) == after.get(target):
            continue
        if target in after:
            _check_target(change, entity, new or {}, target)
        paid_more = after.get(target, Decimal(0)) - before.get(target, Decimal(0))
        if change.read(*target) is None:
            continue
        _move(change.edit(*target), target[0], paid_more)
        _link(change.edit(*target), link_type(entity, new or old or {}), payment_id, linked=target in after)


def applied_amounts(entity: str, document: Document | None) -> Applied:
    """What each line applies, by target; lines that point at other kinds are left alone."""
    amounts: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in (document or {}).get("Line", []):
        for link in line.get("LinkedTxn", []):
            if link.get("TxnType") in PAYABLE[entity]:
                amounts[(link["TxnType"], link.get("TxnId", ""))] += number(line.get("Amount"))
    return dict(amounts)


def link_type(entity: str, document: Document) -> str:
    if entity == "Payment":
        return "Payment"
    return "BillPaymentCheck" if document.get("PayType") == "Check" else "BillPaymentCreditCard"


def _check_target(change: Change, entity: str, payment: Document, target: tuple[str, str]) -> None:
    """620: a target that is gone or belongs to somebody else cannot be linked."""
    found = change.read(*target)
    if found is None:
        raise ApiFault("620", f"Transaction {target[1]} could not be linked")
    party = "CustomerRef" if entity == "Payment" else "VendorRef"
    payer, owner = payment[party]["value"], found[party]["value"]
    same_family = entity == "Payment" and _top(change, payer) == _top(change, owner)
    if payer != owner and not same_family:
        raise ApiFault("620", f"Transaction {target[1]} belongs to another customer or vendor")


def _top(change: Change, customer_id: str) -> str:
    for _ in range(6):
        parent = ((change.read("Customer", customer_id) or {}).get("ParentRef") or {}).get("value")
        if not parent:
            break
        customer_id = parent
    return customer_id


def _move(document: Document, entity: str, paid_more: Decimal) -> None:
    balance = number(document.get("Balance")) - paid_more
    if balance < 0:
        raise business("The amount applied is more than the open balance of the transaction.")
    document["Balance"] = balance
    if entity == "CreditMemo":
        document["RemainingCredit"] = balance
    if "HomeBalance" in document:
        document["HomeBalance"] = in_home_currency(document, balance)


def _link(document: Document, kind: str, payment_id: str, *, linked: bool) -> None:
    links = [link for link in document.get("LinkedTxn", []) if link.get("TxnId") != payment_id]
    if linked:
        links.append({"TxnId": payment_id, "TxnType": kind})
    document["LinkedTxn"] = links


def release_target(change: Change, entity: str, old: Document | None, new: Document | None) -> None:
    """A deleted or voided invoice (or credit) gives its payments back: they become unapplied."""
    if old is None or (new is not None and not _was_voided(old, new)):
        return
    payer = PAYER_OF[entity]
    for link in old.get("LinkedTxn", []):
        if link_is_payment(link) and change.read(payer, link["TxnId"]):
            _unapply(change.edit(payer, link["TxnId"]), old["Id"])


def link_is_payment(link: Document) -> bool:
    return link.get("TxnType") in ("Payment", "BillPaymentCheck", "BillPaymentCreditCard")


def _was_voided(old: Document, new: Document) -> bool:
    return number(old.get("TotalAmt")) != 0 and str(new.get("PrivateNote", "")).startswith("Voided")


def _unapply(payment: Document, target_id: str) -> None:
    payment["Line"] = [
        line
        for line in payment.get("Line", [])
        if target_id not in [link.get("TxnId") for link in line.get("LinkedTxn", [])]
    ]
    if "UnappliedAmt" in payment:
        payment["UnappliedAmt"] = unapplied(payment)
