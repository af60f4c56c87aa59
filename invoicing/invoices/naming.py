"""Which line there is which line here."""

from collections.abc import Sequence
from decimal import Decimal

from invoicing.invoices.facts import InvoiceFacts, LineFacts
from invoicing.invoices.selling import SoldLine, sold_lines
from invoicing.models import Invoice, InvoiceLine
from ressio.money import round_cents


def name_lines(invoice: Invoice, theirs: InvoiceFacts) -> bool:
    """Each line of ours gets the id of its like there, and of its profit line where profit stands apart: same amount
    and text, in order. Saves them; False when some line of either side has no like.
    """
    free = list(theirs.lines)
    named: dict[int, InvoiceLine] = {}
    is_complete = True
    for sold in sold_lines(invoice):
        match = _find(sold, free)
        if match is None:
            is_complete = False
            continue
        free.remove(match)
        line = named.setdefault(sold.line.pk, sold.line)
        if sold.is_profit:
            line.profit_line_ref = match.key
        else:
            line.line_ref = match.key
    InvoiceLine.objects.bulk_update(named.values(), ["line_ref", "profit_line_ref"])
    return is_complete and not free


def price_of(fact: LineFacts) -> Decimal:
    """As our lines have it: with tax where prices include it."""
    return round_cents(fact.amount if fact.gross is None else fact.gross)


def _find(sold: SoldLine, free: Sequence[LineFacts]) -> LineFacts | None:
    """QuickBooks may have trimmed a text, but never an amount."""
    alike = [each for each in free if price_of(each) == sold.amount]
    same = (each for each in alike if each.description == sold.description)
    return next(same, next(iter(alike), None))
