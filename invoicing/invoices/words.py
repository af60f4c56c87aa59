"""How an invoice is spoken of: its state in a word, its lines in a sentence."""

from dataclasses import dataclass
from datetime import date

from budgets.bills.words import say_amount, say_day, say_plain
from invoicing.models import Invoice, InvoiceState

NOTHING = "nothing"
_LEVELS = {
    InvoiceState.DRAFT: "neutral",
    InvoiceState.RELEASED: "info",
    InvoiceState.UNPAID: "info",
    InvoiceState.PARTLY_PAID: "warn",
    InvoiceState.PAID: "ok",
    InvoiceState.VOID: "neutral",
    InvoiceState.DELETED: "bad",
}


@dataclass(frozen=True)
class Standing:
    """For a chip: the words, and `ok`, `warn`, `bad`, `info` or `neutral`."""

    words: str
    level: str


def is_overdue(invoice: Invoice, today: date) -> bool:
    """The client has it, its day is past and something is open."""
    is_open = invoice.counts and invoice.state != InvoiceState.PAID
    return bool(is_open and invoice.due_on and invoice.due_on < today)


def standing_of(invoice: Invoice, *, today: date) -> Standing:
    if is_overdue(invoice, today):
        return Standing("Overdue", "bad")
    state = InvoiceState(invoice.state)
    return Standing(str(state.label), _LEVELS[state])


def describe_lines(invoice: Invoice) -> str:
    """For the activity: what the lines say, shortly."""
    lines = invoice.lines.select_related("cost_code")
    return "; ".join(
        f"{line.cost_code or 'no code'} {line.amount} {line.description}".strip() for line in lines
    )[:2000]


__all__ = [
    "NOTHING",
    "Standing",
    "describe_lines",
    "is_overdue",
    "say_amount",
    "say_day",
    "say_plain",
    "standing_of",
]
