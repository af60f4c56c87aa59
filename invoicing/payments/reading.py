"""What clients paid, from QuickBooks' Payment and CreditMemo documents (N9, U15). Pure.

Payments are read, never guessed from a balance. All amounts are in the document's own currency.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from budgets.reading import ID_LENGTH, Json, read_date, read_decimal, read_list, read_ref, read_text
from invoicing.models import PaymentKind
from ressio.money import ZERO, round_cents

INVOICE, CREDIT_MEMO, JOURNAL_ENTRY = "Invoice", "CreditMemo", "JournalEntry"
REFUNDS = ("Expense", "Check")
"""What pays a client money back: such a line uses up a payment, as an invoice does."""
_REFERENCE_LENGTH = 40
_MEMO_LENGTH = 4000
_SOURCE_LENGTH = 80
_VOIDED_NOTE = re.compile(r"voided\b", re.IGNORECASE)
_NO_NUMBERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class PaymentHead:
    """A Payment without its lines."""

    payment_ref: str
    customer_ref: str
    received_on: date | None
    total: Decimal
    """Money received; 0 where only credits were applied."""
    unapplied: Decimal
    """Held for the client: UnappliedAmt, or where QuickBooks does not say it what the lines leave over."""
    refunded: Decimal
    """Paid back to the client out of it, by an expense or a check."""
    method_ref: str
    reference: str
    memo: str
    is_void: bool


class InvoicePart(NamedTuple):
    """What one payment applied to one invoice from one source. The parts of an invoice come to its line exactly."""

    payment_ref: str
    invoice_ref: str
    amount: Decimal
    kind: PaymentKind
    applied_on: date | None
    credit_ref: str
    source: str


class _Applied(NamedTuple):
    """What the lines of a payment link, by what they link to. Cents, in the order of the lines."""

    invoices: dict[str, Decimal]
    credit_memos: dict[str, Decimal]
    refunded: Decimal
    others: list[str]
    """Types of everything else, in words."""


def read_payment(document: Json) -> PaymentHead:
    applied = _read_lines(document)
    return PaymentHead(
        payment_ref=read_text(document.get("Id"), ID_LENGTH),
        customer_ref=read_ref(document, "CustomerRef"),
        received_on=read_date(document.get("TxnDate")),
        total=_cents(document.get("TotalAmt")),
        unapplied=_read_unapplied(document, applied),
        refunded=applied.refunded,
        method_ref=read_ref(document, "PaymentMethodRef"),
        reference=read_text(document.get("PaymentRefNum"), _REFERENCE_LENGTH),
        memo=read_text(document.get("PrivateNote"), _MEMO_LENGTH),
        is_void=_is_void(document, applied),
    )


def read_parts(document: Json, *, numbers: Mapping[str, str] = _NO_NUMBERS) -> list[InvoicePart]:
    """The parts that a payment applied to invoices; none when it is voided or applied to nothing.

    Where one payment holds credits and money for several invoices, QuickBooks does not say which paid what. Credits are
    used up first, in the order of the lines, as the invoices come; money pays the rest. `numbers` gives the number of a
    credit memo by its id, for people.
    """
    applied = _read_lines(document)
    payment_ref, applied_on = read_text(document.get("Id"), ID_LENGTH), read_date(document.get("TxnDate"))
    sources = _Sources(_list_sources(document, applied, numbers))
    return [
        InvoicePart(payment_ref, invoice_ref, amount, kind, applied_on, credit_ref, source)
        for invoice_ref, owed in applied.invoices.items()
        for amount, kind, credit_ref, source in sources.take(owed)
    ]


# Credits, then money ------------------------------------------------------------------------------------------------


class _Source(NamedTuple):
    amount: Decimal
    kind: PaymentKind
    credit_ref: str = ""
    words: str = ""


class _Sources:
    """Used up in their order; what none of them covers is money."""

    def __init__(self, sources: Sequence[_Source]) -> None:
        self._left = list(sources)

    def take(self, owed: Decimal) -> Iterator[_Source]:
        while owed > ZERO and self._left:
            first = self._left[0]
            amount = min(owed, first.amount)
            yield first._replace(amount=amount)
            owed -= amount
            if amount == first.amount:
                self._left.pop(0)
            else:
                self._left[0] = first._replace(amount=first.amount - amount)
        if owed:
            yield _Source(owed, PaymentKind.PAYMENT)


def _list_sources(document: Json, applied: _Applied, numbers: Mapping[str, str]) -> list[_Source]:
    sources = [
        _Source(amount, PaymentKind.CREDIT, credit_ref, name_credit(numbers.get(credit_ref, "")))
        for credit_ref, amount in applied.credit_memos.items()
        if amount > ZERO
    ]
    other = _read_other(document, applied)
    if other > ZERO:
        words = ", ".join(dict.fromkeys(applied.others)) or "Not said by QuickBooks"
        sources.append(_Source(other, PaymentKind.OTHER, words=words[:_SOURCE_LENGTH]))
    return sources


def name_credit(number: str) -> str:
    """As it stands at the parts of a credit."""
    return f"Credit memo {number}".strip()[:_SOURCE_LENGTH]


def _read_other(document: Json, applied: _Applied) -> Decimal:
    """What came from journal entries and the like: whatever money and credit memos do not explain.

    A journal entry can be a credit or a charge, and its line has no sign. The sum over all of the payment says which.
    """
    return _applied_total(applied) + _read_unapplied(document, applied) - _known_sources(document, applied)


def _applied_total(applied: _Applied) -> Decimal:
    return sum(applied.invoices.values(), ZERO) + applied.refunded


def _known_sources(document: Json, applied: _Applied) -> Decimal:
    return _cents(document.get("TotalAmt")) + sum(applied.credit_memos.values(), ZERO)


def _read_unapplied(document: Json, applied: _Applied) -> Decimal:
    stated = read_decimal(document.get("UnappliedAmt"))
    if stated is not None:
        return round_cents(stated)
    return max(ZERO, _known_sources(document, applied) - _applied_total(applied))


# Lines --------------------------------------------------------------------------------------------------------------


def _read_lines(document: Json) -> _Applied:
    """A line names one document. Of more the first known one has it all, so that no money counts twice."""
    invoices: dict[str, Decimal] = {}
    credit_memos: dict[str, Decimal] = {}
    refunded, others = ZERO, []
    for line in read_list(document, "Line"):
        kind, ref = _linked(line)
        amount = _cents(line.get("Amount"))
        if kind == INVOICE:
            invoices[ref] = invoices.get(ref, ZERO) + amount
        elif kind == CREDIT_MEMO:
            credit_memos[ref] = credit_memos.get(ref, ZERO) + amount
        elif kind in REFUNDS:
            refunded += amount
        elif kind:
            others.append(_in_words(kind))
    return _Applied(
        {ref: amount for ref, amount in invoices.items() if amount}, credit_memos, refunded, others
    )


def _linked(line: Json) -> tuple[str, str]:
    links = [
        (read_text(link.get("TxnType")), read_text(link.get("TxnId"), ID_LENGTH))
        for link in read_list(line, "LinkedTxn")
    ]
    known = [link for link in links if link[1] and link[0] in (INVOICE, CREDIT_MEMO, *REFUNDS)]
    return next(iter(known or links), ("", ""))


def _in_words(kind: str) -> str:
    """JournalEntry → Journal entry."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def _is_void(document: Json, applied: _Applied) -> bool:
    """QuickBooks has no flag for it: a void leaves no amount and no line, and "Voided" in front of the memo (U7)."""
    if not _VOIDED_NOTE.match(read_text(document.get("PrivateNote")).lstrip()):
        return False
    return not _cents(document.get("TotalAmt")) and not applied.invoices and not applied.credit_memos


def _cents(value: object) -> Decimal:
    return round_cents(read_decimal(value) or ZERO)


# Credit memos, and what an invoice says of itself -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreditHead:
    credit_ref: str
    customer_ref: str
    number: str
    issued_on: date | None
    total: Decimal
    remaining: Decimal
    """What no invoice has used yet."""


def read_credit(document: Json) -> CreditHead:
    remaining = read_decimal(document.get("RemainingCredit"))
    return CreditHead(
        credit_ref=read_text(document.get("Id"), ID_LENGTH),
        customer_ref=read_ref(document, "CustomerRef"),
        number=read_text(document.get("DocNumber"), _REFERENCE_LENGTH),
        issued_on=read_date(document.get("TxnDate")),
        total=_cents(document.get("TotalAmt")),
        remaining=_cents(document.get("Balance")) if remaining is None else round_cents(remaining),
    )


@dataclass(frozen=True, slots=True)
class InvoiceStanding:
    """What QuickBooks itself says of an invoice's money."""

    total: Decimal
    balance: Decimal
    deposit: Decimal
    """Paid with the invoice itself; no Payment document tells of it."""
    issued_on: date | None
    payment_refs: tuple[str, ...]
    """Payments that it is linked to."""
    other_links: tuple[str, ...]
    """Whatever else it is linked to that may have changed its balance, in words."""


_NO_MONEY = ("Payment", "Estimate", "TimeActivity", "ReimburseCharge", "StatementCharge")


def read_standing(document: Json) -> InvoiceStanding:
    total, balance = _cents(document.get("TotalAmt")), read_decimal(document.get("Balance"))
    deposit = _cents(document.get("Deposit"))
    links = [
        (read_text(link.get("TxnType")), read_text(link.get("TxnId"), ID_LENGTH))
        for link in read_list(document, "LinkedTxn")
    ]
    return InvoiceStanding(
        total=total,
        # An invoice that does not tell its balance is owed, never paid.
        balance=total - deposit if balance is None else round_cents(balance),
        deposit=deposit,
        issued_on=read_date(document.get("TxnDate")),
        payment_refs=tuple(ref for kind, ref in links if kind == "Payment"),
        other_links=tuple(
            f"{_in_words(kind)} {ref}".strip() for kind, ref in links if kind and kind not in _NO_MONEY
        ),
    )


def read_deposit(document: Json) -> InvoicePart | None:
    """The deposit as a part of its invoice; it has no payment."""
    standing = read_standing(document)
    if not standing.deposit:
        return None
    ref = read_text(document.get("Id"), ID_LENGTH)
    return InvoicePart("", ref, standing.deposit, PaymentKind.DEPOSIT, standing.issued_on, "", "Deposit")
