"""What an invoice comes to, kept with it: the total that QuickBooks will compute (N12)."""

from integrations.models import Document
from invoicing.invoices.selling import books_of, figures_of, predict_invoice, sold_lines
from invoicing.invoices.wire import WireLine, wire_lines
from invoicing.models import Invoice
from invoicing.totals import Predicted

__all__ = ["WireLine", "figures_of", "predict_invoice", "refresh_figures", "sold_lines", "wire_lines"]

_FIGURES = ["subtotal", "discount", "tax", "total", "tax_is_estimate", "tax_lines"]


def refresh_figures(invoice: Invoice) -> Predicted:
    """Stores subtotal (net), discount, tax and total, from the lines as they are stored. Raises `InvoiceRefused`."""
    predicted = predict_invoice(invoice, sold_lines(invoice))
    invoice.subtotal, invoice.discount = predicted.subtotal, predicted.discount
    invoice.tax, invoice.total = predicted.total_tax, predicted.total
    invoice.tax_is_estimate = predicted.is_estimate
    invoice.tax_lines = _tax_lines(invoice, predicted)
    invoice.save(update_fields=_FIGURES)
    return predicted


def _tax_lines(invoice: Invoice, predicted: Predicted) -> list[list[str]]:
    """[name, percent, net, tax] of each rate; its name as QuickBooks has it."""
    connection = books_of(invoice) if predicted.taxes else None
    if connection is None:
        return []
    wanted = {each.rate_id for each in predicted.taxes}
    rates = Document.objects.filter(connection=connection, entity="TaxRate", quickbooks_id__in=wanted)
    names = {rate.quickbooks_id: str(rate.data.get("Name") or "") for rate in rates}
    return [
        [
            names.get(each.rate_id) or "Tax",
            f"{each.percent.normalize():f}",
            str(each.net_taxable),
            str(each.tax),
        ]
        for each in predicted.taxes
    ]
