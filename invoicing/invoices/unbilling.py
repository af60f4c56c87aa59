"""Costs on an invoice that leaves the books, and one that comes back."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from budgets.models import BillLine
from invoicing.invoices.actuals import unbill
from invoicing.invoices.cost_finding import IDENTITY
from invoicing.invoices.cost_keys import our_shifts
from invoicing.models import BilledCost, Invoice

_KEPT = ("line_id", *IDENTITY, "said")


def free_costs(invoice: Invoice) -> None:
    """What it billed may be billed again. The row keeps what that was; the caller saves it."""
    rows = BilledCost.objects.filter(line__invoice=invoice)
    invoice.unbilled += [  # voided, then deleted, it has let go of them before
        {**{name: getattr(row, name) for name in _KEPT}, "amount": str(row.amount)} for row in rows
    ]
    unbill(invoice)


def bill_again(invoice: Invoice) -> int:
    """How many of the costs are gone, or on other invoices by now. The caller saves the invoice."""
    kept = set(invoice.lines.values_list("pk", flat=True))
    missing = sum(not _bill(invoice, values, kept) for values in invoice.unbilled)
    invoice.unbilled = []
    return missing


def _bill(invoice: Invoice, values: Mapping[str, Any], kept: Collection[int]) -> bool:
    if values["line_id"] not in kept or _is_gone(values) or _is_billed(values):
        return False
    try:
        with transaction.atomic():
            owner = {"company_id": invoice.company_id, "project_id": invoice.project_id}
            BilledCost.objects.create(**owner, **values)
    except IntegrityError:  # somebody was faster
        return False
    return True


def _is_gone(values: Mapping[str, Any]) -> bool:
    """A line of a bill of ours, or a shift, that was removed since."""
    line, shift = values["bill_line_id"], values.get("shift_id")
    if shift is not None and not our_shifts().filter(pk=shift).exists():
        return True
    return line is not None and not BillLine.objects.filter(pk=line).exists()


def _is_billed(values: Mapping[str, Any]) -> bool:
    which = Q(bill_line=values["bill_line_id"]) if values["bill_line_id"] else Q(pk=None)
    if values.get("shift_id"):
        which |= Q(shift_id=values["shift_id"])
    if values["connection_id"]:
        names = ("connection_id", "entity", "document_ref", "line_ref")
        which |= Q(**{name: values[name] for name in names})
    return BilledCost.objects.filter(which).exists()
