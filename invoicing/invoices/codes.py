"""The Default Invoice Code: what a line without a cost code of its own falls to at the release (M72, M100)."""

from integrations.switches import switches_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import Invoice, InvoiceLine


def fill_default_code(invoice: Invoice, *, is_sent: bool) -> list[InvoiceLine]:
    """The invoice's lines. Where it goes to QuickBooks each has a code afterwards; else those that have none and no
    default to fall to stay without. Raises `InvoiceRefused`.
    """
    lines = list(invoice.lines.select_related("cost_code"))
    bare = [line for line in lines if line.cost_code_id is None]
    code = switches_of(invoice.project).default_invoice_code if bare else None
    if bare and code is None and is_sent:
        places = ", ".join(str(line.position) for line in bare)
        raise InvoiceRefused(
            f"No cost code on line {places}, and the project has no Default Invoice Code. "
            "Choose a cost code, or set the default in the project's Financials.",
            field="lines",
            code="no_code",
        )
    if bare and code is not None:
        for line in bare:
            line.cost_code, line.is_default_code = code, True
        InvoiceLine.objects.bulk_update(bare, ["cost_code", "is_default_code"])
    return lines


def empty_default_code(invoice: Invoice) -> None:
    """Back in the draft, a line that nobody chose a code for has none again."""
    invoice.lines.filter(is_default_code=True).update(cost_code=None, is_default_code=False)
