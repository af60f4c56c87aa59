"""Which line there is which line here."""

from collections.abc import Sequence

from invoicing.invoices.facts import InvoiceFacts, LineFacts
from invoicing.invoices.wire import WireLine, wire_lines
from invoicing.models import Invoice, InvoiceLine
from ressio.money import round_cents


def name_lines(invoice: Invoice, theirs: InvoiceFacts) -> bool:
    """Each line of ours gets the id of its like there, and of its profit line where profit stands apart: same amount
    and text, in order. Saves them; False when some line of either side has no like.
    """
    free = list(theirs.lines)
    named: dict[int, InvoiceLine] = {}
    is_complete = True
    for wire in wire_lines(invoice):
        match = _find(wire, free)
        if match is None:
            is_complete = False
            continue
        free.remove(match)
        line = named.setdefault(wire.line.pk, wire.line)
        if wire.is_profit:
            line.profit_line_ref = match.key
        else:
            line.line_ref = match.key
    InvoiceLine.objects.bulk_update(named.values(), ["line_ref", "profit_line_ref"])
    return is_complete and not free


def _find(wire: WireLine, free: Sequence[LineFacts]) -> LineFacts | None:
    """QuickBooks may have trimmed a text, but never an amount."""
    alike = [each for each in free if round_cents(each.amount) == wire.amount]
    same = (each for each in alike if each.description == wire.description)
    return next(same, next(iter(alike), None))
