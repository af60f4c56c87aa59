"""QuickBooks' own document behind an invoice, and what payments have taken off it, as far as anybody here knows."""

from decimal import Decimal

from budgets.bills.words import say_amount
from budgets.reading import Json
from integrations.models import Document
from invoicing.invoices.facts import read_applied
from invoicing.models import AppliedPart, Invoice
from ressio.money import ZERO

PAID = "payments_applied"


def find_mirrored(invoice: Invoice) -> Json | None:
    """As it is alive there; None when it is deleted or was never read."""
    found = Document.objects.filter(
        connection=invoice.connection_id,
        entity="Invoice",
        quickbooks_id=invoice.quickbooks_id,
        deleted_at=None,
    ).first()
    return found.data if found else None


def applied_to(invoice: Invoice) -> Decimal:
    """The most that the payments we have read, or the document itself, say."""
    parts = AppliedPart.objects.filter(connection=invoice.connection, invoice_ref=invoice.quickbooks_id)
    read = sum(parts.values_list("amount", flat=True), ZERO) if invoice.quickbooks_id else ZERO
    document = find_mirrored(invoice) if invoice.quickbooks_id else None
    return max(invoice.paid, read, read_applied(document) if document else ZERO)


def paid_sentence(applied: Decimal) -> str:
    return f"A payment of {say_amount(applied)} arrived. Take it off the invoice in QuickBooks first, then void it."
