"""What an invoice comes to: the lines as the client and QuickBooks see them, and the total (N12)."""

from decimal import Decimal

from invoicing.models import Invoice
from ressio.money import ZERO, round_cents

HUNDRED = Decimal(100)


def refresh_figures(invoice: Invoice) -> None:
    """Stores subtotal, discount, tax and total, from the lines as they are stored."""
    invoice.subtotal = sum((line.amount for line in invoice.lines.all()), ZERO)
    invoice.discount = invoice.discount_amount or ZERO
    if invoice.discount_percent is not None:
        invoice.discount = round_cents(invoice.subtotal * invoice.discount_percent / HUNDRED)
    invoice.tax = ZERO
    invoice.total = invoice.subtotal - invoice.discount
    invoice.save(update_fields=["subtotal", "discount", "tax", "total"])
