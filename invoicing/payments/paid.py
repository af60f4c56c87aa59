"""How far our invoices are paid, by the parts that payments applied to them (U15). A fixed number of statements."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max, Sum
from django.utils import timezone

from integrations.models import Connection, Document
from invoicing.models import (
    CLOSED_INVOICE_STATES,
    AppliedPart,
    Invoice,
    InvoiceChange,
    InvoiceState,
)
from invoicing.payments.reading import InvoiceStanding, read_standing
from ressio.money import ZERO

AT_ONCE = 1000
_WRITTEN = ("state", "paid", "paid_on", "balance", "quickbooks_total")


def refresh_paid(connection: Connection, invoice_refs: Sequence[str], *, now: datetime | None = None) -> None:
    """Paid, state and balance of those of these invoices that are ours, from the parts that are here.

    Runs in the transaction that stored what changed. Voided and deleted invoices keep their last figures (U7).
    """
    refs = sorted(set(invoice_refs))
    for start in range(0, len(refs), AT_ONCE):
        _refresh_some(connection, refs[start : start + AT_ONCE], now=now or timezone.now())


def _refresh_some(connection: Connection, refs: Sequence[str], *, now: datetime) -> None:
    invoices = _find_ours(connection, refs)
    if not invoices:
        return
    ours = [invoice.quickbooks_id for invoice in invoices]
    applied, standings = _add_up(connection, ours), _load_standings(connection, ours)
    moved: list[Invoice] = []
    notes: list[InvoiceChange] = []
    for invoice in invoices:
        before = _figures(invoice)
        _take(invoice, applied.get(invoice.quickbooks_id, NOTHING), standings.get(invoice.quickbooks_id))
        if _figures(invoice) != before:
            moved.append(invoice)
            notes += _describe(invoice, before, now=now)
    if moved:
        Invoice.objects.bulk_update(moved, _WRITTEN, batch_size=AT_ONCE)
    if notes:
        InvoiceChange.objects.bulk_create(notes)


def _find_ours(connection: Connection, refs: Sequence[str]) -> list[Invoice]:
    """Locked, so that a person's verb and an arriving payment do not overwrite each other."""
    found = Invoice.objects.filter(connection=connection, quickbooks_id__in=refs)
    return list(found.exclude(state__in=CLOSED_INVOICE_STATES).select_for_update().order_by("pk"))


class Applied(NamedTuple):
    amount: Decimal
    last_on: date | None


NOTHING = Applied(ZERO, None)


def _add_up(connection: Connection, refs: Sequence[str]) -> dict[str, Applied]:
    parts = AppliedPart.objects.filter(connection=connection, invoice_ref__in=refs)
    sums = parts.values_list("invoice_ref").annotate(amount=Sum("amount"), last_on=Max("applied_on"))
    return {ref: Applied(amount, last_on) for ref, amount, last_on in sums.order_by()}


def _load_standings(connection: Connection, refs: Sequence[str]) -> Mapping[str, InvoiceStanding]:
    documents = Document.objects.filter(
        connection=connection, entity="Invoice", quickbooks_id__in=refs, deleted_at=None
    )
    return {document.quickbooks_id: read_standing(document.data) for document in documents}


def _take(invoice: Invoice, applied: Applied, standing: InvoiceStanding | None) -> None:
    if standing is not None:
        invoice.quickbooks_total, invoice.balance = standing.total, standing.balance
    invoice.paid = applied.amount
    invoice.state = paid_state(invoice.amount_due, applied.amount, is_in_quickbooks=True)
    invoice.paid_on = applied.last_on if invoice.state == InvoiceState.PAID else None


def paid_state(due: Decimal, paid: Decimal, *, is_in_quickbooks: bool) -> InvoiceState:
    """By payments alone. Nothing is owed on an invoice of 0, so it is paid."""
    if paid >= due:
        return InvoiceState.PAID
    if paid > ZERO:
        return InvoiceState.PARTLY_PAID
    return InvoiceState.UNPAID if is_in_quickbooks else InvoiceState.RELEASED


# Its history --------------------------------------------------------------------------------------------------------

Figures = tuple[str, Decimal, date | None, Decimal | None, Decimal | None]


def _figures(invoice: Invoice) -> Figures:
    return (invoice.state, invoice.paid, invoice.paid_on, invoice.balance, invoice.quickbooks_total)


def _describe(invoice: Invoice, before: Figures, *, now: datetime) -> list[InvoiceChange]:
    """What a person reads when more or less is paid than before; nothing when only other figures moved."""
    was_state, was_paid = before[0], before[1]
    if was_paid == invoice.paid:
        return []
    if invoice.state == InvoiceState.PAID:
        what = "Paid in full in QuickBooks"
    elif was_state == InvoiceState.PAID:
        what = "Open again: a payment was taken off in QuickBooks"
    elif invoice.paid < was_paid:
        what = "A payment was taken off in QuickBooks"
    else:
        what = "Partly paid in QuickBooks"
    change = ["Paid", f"{was_paid:.2f}", f"{invoice.paid:.2f}"]
    return [InvoiceChange(company_id=invoice.company_id, invoice=invoice, at=now, what=what, fields=[change])]
