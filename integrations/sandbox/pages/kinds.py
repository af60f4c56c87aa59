"""The kinds of transactions as people name them, and which document of the API each one is."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.wire import Document


@dataclass(frozen=True)
class Kind:
    """``sign`` says how the amount counts in a list: credits and refunds lower what was spent."""

    slug: str
    label: str
    entity: str
    sign: int = 1
    # Purchases only: how the money left, and whether it came back.
    payment_type: str = ""
    refund: bool = False

    @property
    def has_vendor(self) -> bool:
        """Bills and vendor credits need a vendor; an expense may be without a payee."""
        return self.entity in ("Bill", "VendorCredit")


COSTS = (
    Kind("bill", "Bill", "Bill"),
    Kind("expense", "Expense", "Purchase", payment_type="Cash"),
    Kind("check", "Check", "Purchase", payment_type="Check"),
    Kind("card-charge", "Credit card charge", "Purchase", payment_type="CreditCard"),
    Kind("card-credit", "Credit card credit", "Purchase", sign=-1, payment_type="CreditCard", refund=True),
    Kind("vendor-credit", "Vendor credit", "VendorCredit", sign=-1),
)
TIME = Kind("time", "Time entry", "TimeActivity")
OTHERS = (
    Kind("bill-payment", "Bill payment", "BillPayment"),
    Kind("invoice", "Invoice", "Invoice"),
    Kind("payment", "Payment received", "Payment"),
    Kind("credit-memo", "Credit memo", "CreditMemo", sign=-1),
    Kind("journal-entry", "Journal entry", "JournalEntry"),
)
KINDS = (*COSTS, TIME, *OTHERS)
BY_SLUG = {kind.slug: kind for kind in KINDS}
ENTERED = {kind.slug: kind for kind in (*COSTS, TIME)}
ENTITIES = tuple(dict.fromkeys(kind.entity for kind in KINDS))
BY_SEGMENT = {entity.lower(): entity for entity in ENTITIES}


def kind_of(entity: str, document: Document) -> Kind:
    if entity != "Purchase":
        return next(kind for kind in KINDS if kind.entity == entity)
    payment_type, refund = document.get("PaymentType"), document.get("Credit") is True
    for kind in COSTS:
        if (kind.payment_type, kind.refund) == (payment_type, refund):
            return kind
    return BY_SLUG["expense"]


def address_of(entity: str, document_id: str) -> str:
    return f"/books/{entity.lower()}/{document_id}"
