"""Which tax codes the invoices use."""

from collections.abc import Mapping

from django.db.models import Count

from integrations.models import Connection
from invoicing.models import CLOSED_INVOICE_STATES, InvoiceLine


def count_invoices_by_tax_code(connection: Connection) -> Mapping[str, int]:
    """Living invoices by the id of the code, drafts too, as they go to the books in use. One query."""
    lines = InvoiceLine.objects.filter(company=connection.company_id).exclude(tax_code_ref="")
    living = lines.exclude(invoice__state__in=CLOSED_INVOICE_STATES).order_by()
    return dict(living.values_list("tax_code_ref").annotate(Count("invoice", distinct=True)))
