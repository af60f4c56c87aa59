"""Costs on an invoice that leaves the books, and one that comes back."""

from django.db.models import Q

from invoicing.invoices.actuals import unbill
from invoicing.models import BilledCost, Invoice

_KEPT = ("line_id", "bill_line_id", "connection_id", "entity", "document_ref", "line_ref", "said")


def free_costs(invoice: Invoice) -> None:
    """What it billed may be billed again. The row keeps what that was; the caller saves it."""
    rows = BilledCost.objects.filter(line__invoice=invoice)
    invoice.unbilled = [
        {**{name: getattr(row, name) for name in _KEPT}, "amount": str(row.amount)} for row in rows
    ]
    unbill(invoice)


def bill_again(invoice: Invoice) -> int:
    """How many of the costs are on other invoices by now. The caller saves the invoice."""
    missing = 0
    kept = set(invoice.lines.values_list("pk", flat=True))
    for values in invoice.unbilled:
        if values["line_id"] not in kept or _is_billed(values):
            missing += 1
            continue
        BilledCost.objects.create(company_id=invoice.company_id, project_id=invoice.project_id, **values)
    invoice.unbilled = []
    return missing


def _is_billed(values: dict[str, object]) -> bool:
    which = Q(bill_line=values["bill_line_id"]) if values["bill_line_id"] else Q(pk=None)
    if values["connection_id"]:
        names = ("connection_id", "entity", "document_ref", "line_ref")
        which |= Q(**{name: values[name] for name in names})
    return BilledCost.objects.filter(which).exists()
