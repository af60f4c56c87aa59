"""Is this document the one that our request made, or says what it asked for? Pure (N6)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from budgets.bills.recognising import was_made_before
from budgets.reading import Json
from invoicing.invoices.facts import LineFacts, read_invoice_facts
from ressio.money import round_cents


def is_same_invoice(payload: Json, document: Json) -> bool:
    """`payload` is what we sent, `document` what QuickBooks has: customer, number, date and lines agree. Totals are
    left out, which QuickBooks computes itself (N12), and so is what it fills in where we said nothing.
    """
    ours, theirs = read_invoice_facts(payload), read_invoice_facts(document)
    if (ours.customer_ref, ours.number) != (theirs.customer_ref, theirs.number):
        return False
    if ours.issued_on is not None and ours.issued_on != theirs.issued_on:
        return False
    return _said(ours.lines) == _said(theirs.lines)


def says_the_same(payload: Json, document: Json) -> bool:
    """As `is_same_invoice`, and the words of head and lines agree too: nobody edited it after it had arrived."""
    ours, theirs = read_invoice_facts(payload), read_invoice_facts(document)
    texts = [[line.description for line in facts.lines] for facts in (ours, theirs)]
    is_due_alike = ours.due_on in (None, theirs.due_on)
    heads_agree = (ours.memo, ours.discount_percent) == (theirs.memo, theirs.discount_percent)
    return (
        is_same_invoice(payload, document)
        and sorted(texts[0]) == sorted(texts[1])
        and is_due_alike
        and heads_agree
    )


def is_older(document: Json, first_sent_at: datetime | None) -> bool:
    """Made well before we sent anything: somebody entered it by hand."""
    return first_sent_at is not None and was_made_before(document, first_sent_at)


def _said(lines: Sequence[LineFacts]) -> Counter[tuple[str, Decimal]]:
    return Counter((line.item_ref, round_cents(line.amount)) for line in lines)
