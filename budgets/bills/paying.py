"""What was paid on bills, from QuickBooks' BillPayment documents (N9). Pure.

A bill is paid in QuickBooks only, and its payments are read, never inferred from its balance.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets.bills.reading import read_currency, read_exchange_rate
from budgets.models import BillState
from budgets.reading import ID_LENGTH, Json, read_date, read_decimal, read_list, read_object, read_text
from ressio.money import ZERO

CHECK = "Check"
CREDIT_CARD = "CreditCard"
_PAY_TYPES = {"check": CHECK, "creditcard": CREDIT_CARD}
_REFERENCE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class PaidPart:
    """What one payment took off one bill, in the bill's currency."""

    payment_ref: str
    bill_ref: str
    amount: Decimal
    """Money and vendor credits used up with it: both settle the bill."""
    paid_on: date | None
    pay_type: str
    """CHECK (any bank account), CREDIT_CARD, or '' where QuickBooks does not say."""
    reference: str
    """The check number, where there is one."""
    currency: str
    """'' is the company's own."""
    exchange_rate: Decimal


def read_payment_parts(document: Json) -> list[PaidPart]:
    """One part for each bill of a payment. Vendor credits, journal entries and deposits on its other lines, and money
    that it leaves unapplied, are no part of a bill. A voided payment has no amounts left and gives nothing.
    """
    return [
        PaidPart(
            payment_ref=read_text(document.get("Id"), ID_LENGTH),
            bill_ref=bill_ref,
            amount=amount,
            paid_on=read_date(document.get("TxnDate")),
            pay_type=_read_pay_type(document),
            reference=_read_reference(document),
            currency=read_currency(document),
            exchange_rate=read_exchange_rate(document),
        )
        for bill_ref, amount in _paid_by_bill(document).items()
        if amount
    ]


def _paid_by_bill(document: Json) -> dict[str, Decimal]:
    paid: dict[str, Decimal] = {}
    for line in read_list(document, "Line"):
        bill_ref = _linked_bill(line)
        if bill_ref:
            paid[bill_ref] = paid.get(bill_ref, ZERO) + (read_decimal(line.get("Amount")) or ZERO)
    return paid


def _linked_bill(line: Json) -> str:
    """The bill a line pays. QuickBooks names one; of more the first has it all, so that no money counts twice."""
    links = read_list(line, "LinkedTxn")
    bills = (read_text(link.get("TxnId"), ID_LENGTH) for link in links if link.get("TxnType") == "Bill")
    return next(bills, "")


def _read_pay_type(document: Json) -> str:
    """Some answers write it as a constant (CREDIT_CARD)."""
    stated = read_text(document.get("PayType")).replace("_", "").lower()
    return _PAY_TYPES.get(stated, "")


def _read_reference(document: Json) -> str:
    check = read_object(read_object(document, "CheckPayment"), "CheckDetail")
    return read_text(document.get("DocNumber") or check.get("CheckNum"), _REFERENCE_LENGTH)


def paid_state(total: Decimal, paid: Decimal, balance: Decimal | None) -> BillState:
    """How far a bill is paid, by its payments alone (N9, U15); `paid` is what they come to.

    A bill of 0 has no payment to read. It is paid where QuickBooks holds it with nothing owed (`balance` 0), and
    unpaid while it is not there (None). A voided bill is one of those: ask `is_voided` first.
    """
    if total <= ZERO:
        return BillState.PAID if balance == ZERO else BillState.UNPAID
    if paid <= ZERO:
        return BillState.UNPAID
    return BillState.PAID if paid >= total else BillState.PARTLY_PAID
