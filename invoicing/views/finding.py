"""The invoice an address names, as this member sees it."""

from django.http import Http404

from invoicing.invoices.listing import invoices_for
from invoicing.models import Invoice
from ressio.http import CompanyRequest


def get_invoice(request: CompanyRequest, invoice_id: int) -> Invoice:
    """404 for what the member may not see: it looks like one that does not exist."""
    invoices = invoices_for(request.member).select_related(
        "project", "connection", "created_by", "released_by"
    )
    invoice: Invoice | None = invoices.filter(pk=invoice_id).first()
    if invoice is None:
        raise Http404("No such invoice.")
    invoice.company = invoice.project.company = request.company
    return invoice
