"""Running balances of customers and vendors. They move without a new SyncToken of the name itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from integrations.sandbox.computed.payments import unapplied
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

# entity -> (whose balance it moves, property that names the party)
PARTIES = {
    "Invoice": ("Customer", "CustomerRef"),
    "CreditMemo": ("Customer", "CustomerRef"),
    "Payment": ("Customer", "CustomerRef"),
    "Bill": ("Vendor", "VendorRef"),
    "VendorCredit": ("Vendor", "VendorRef"),
    "BillPayment": ("Vendor", "VendorRef"),
}
OWED = ("Invoice", "Bill")


def settle(change: Change) -> None:
    for (entity, _), old, new in change.touched():
        if entity not in PARTIES:
            continue
        party_entity, field = PARTIES[entity]
        for document, sign in ((old, -1), (new, 1)):
            if document:
                _move(change, party_entity, document[field]["value"], sign * open_amount(entity, document))


def open_amount(entity: str, document: Document) -> Decimal:
    """What the party still owes (or is owed) because of this document; credits count against it."""
    if entity in ("Payment", "BillPayment"):
        return -unapplied(document)
    balance = number(document.get("Balance"))
    return balance if entity in OWED else -balance


def _move(change: Change, entity: str, party_id: str, amount: Decimal) -> None:
    party = change.adjust(entity, party_id) if amount else None
    if party is None:
        return
    party["Balance"] = number(party.get("Balance")) + amount
    while entity == "Customer" and party is not None:
        party["BalanceWithJobs"] = number(party.get("BalanceWithJobs")) + amount
        party = change.adjust(entity, (party.get("ParentRef") or {}).get("value", ""))
