"""Payments recorded here, for projects that do not send their invoices to QuickBooks (M71, M77)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from integrations.models import Push
from integrations.models.outbox import OPEN_STATES
from integrations.switches import switches_of
from invoicing.invoices.drafting import lock_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.rights import may_release_invoices
from invoicing.models import Invoice, InvoiceState, ReceivedPayment
from invoicing.payments.paid import paid_state
from ressio.activity import record_activity
from ressio.models import TeamMember
from ressio.money import ZERO, round_cents

PUSH_KIND = "invoice"
IN_QUICKBOOKS = "Payments of this project are recorded in QuickBooks"
"""The one sentence of M71; the disabled control says it too."""
STAYS_HERE = (
    "Payments of this project are recorded in QuickBooks, which does not have this invoice. Take off what was recorded "
    "here, send the invoice, and record the payments there"
)
IS_THERE = "This invoice is in QuickBooks, and so are its payments"
ON_ITS_WAY = "This invoice is on its way to QuickBooks, and its payments are recorded there"
_TEXT_LENGTH = 40


@dataclass(frozen=True)
class PaymentInput:
    received_on: date
    amount: Decimal
    method: str = ""
    """In words, such as “Check”."""
    reference: str = ""


def why_not_recordable(invoice: Invoice) -> str:
    """Why no payment can be recorded here as things stand, in a sentence without its full stop; empty when one can."""
    refusal = _why_closed(invoice) or _why_switched(invoice) or _why_there(invoice)
    return refusal or ("Nothing is owed on this invoice" if invoice.outstanding <= ZERO else "")


def _why_closed(invoice: Invoice) -> str:
    if invoice.is_draft:
        return "Release the invoice first"
    return f"This invoice is {invoice.get_state_display().lower()}" if invoice.is_closed else ""


def _why_switched(invoice: Invoice) -> str:
    """M71: while the switch is on, payments are recorded in QuickBooks only."""
    if not switches_of(invoice.project).push_invoices:
        return ""
    is_kept_here = invoice.paid and not invoice.quickbooks_id and invoice.outstanding > ZERO
    return STAYS_HERE if is_kept_here else IN_QUICKBOOKS


def _why_there(invoice: Invoice) -> str:
    if invoice.quickbooks_id:
        return IS_THERE
    pushes = Push.objects.filter(kind=PUSH_KIND, subject_id=str(invoice.pk), state__in=OPEN_STATES)
    return ON_ITS_WAY if pushes.exists() else ""


def record_payment(
    *, invoice: Invoice, values: PaymentInput, member: TeamMember, now: datetime
) -> ReceivedPayment:
    """An Admin's word. Never more than is owed. Raises `InvoiceRefused`."""
    with transaction.atomic():
        locked = _lock(invoice, member)
        refusal = why_not_recordable(locked)
        if refusal:
            raise InvoiceRefused(f"{refusal}.", code="not_recordable")
        _check(values, locked, now=now)
        payment = ReceivedPayment.objects.create(
            company_id=locked.company_id,
            invoice=locked,
            received_on=values.received_on,
            amount=round_cents(values.amount),
            method=values.method.strip()[:_TEXT_LENGTH],
            reference=values.reference.strip()[:_TEXT_LENGTH],
            recorded_by=member.user,
            recorded_at=now,
        )
        _settle(locked, member, "recorded a payment of")
    _show_on(invoice, locked)
    return payment


def remove_payment(*, payment: ReceivedPayment, member: TeamMember, now: datetime) -> None:
    """It was a mistake, or the check bounced. The invoice is open again. The switch does not stand in the way: what was
    recorded before it was turned on must come off for the invoice to be sent. Raises `InvoiceRefused`.
    """
    with transaction.atomic():
        locked = _lock(payment.invoice, member)
        refusal = _why_closed(locked) or _why_there(locked)
        if refusal:
            raise InvoiceRefused(f"{refusal}.", code="not_recordable")
        standing = ReceivedPayment.objects.filter(pk=payment.pk, removed_at=None)
        if not standing.update(removed_by=member.user, removed_at=now):
            raise InvoiceRefused("This payment was removed already.", code="changed")
        _settle(locked, member, "removed a payment of")
    _show_on(payment.invoice, locked)


def _lock(invoice: Invoice, member: TeamMember) -> Invoice:
    if not may_release_invoices(member):
        raise InvoiceRefused("You may not record payments. Ask an Admin.", code="not_allowed")
    return lock_invoice(invoice)


def _check(values: PaymentInput, invoice: Invoice, *, now: datetime) -> None:
    if round_cents(values.amount) != values.amount:
        raise InvoiceRefused("Give an amount in whole cents.", field="amount")
    if values.amount <= ZERO:
        raise InvoiceRefused("Give an amount above zero.", field="amount")
    if values.amount > invoice.outstanding:
        raise InvoiceRefused(f"Only {invoice.outstanding:.2f} is still owed on this invoice.", field="amount")
    if values.received_on > timezone.localdate(now):
        raise InvoiceRefused("The day lies in the future.", field="received_on")


def _settle(invoice: Invoice, member: TeamMember, verb: str) -> None:
    """Paid and state follow from what stands recorded."""
    before = invoice.paid
    standing = ReceivedPayment.objects.filter(invoice=invoice, removed_at=None)
    found = standing.aggregate(paid=Sum("amount"), last_on=Max("received_on"))
    invoice.paid = found["paid"] or ZERO
    invoice.state = paid_state(invoice.amount_due, invoice.paid, is_in_quickbooks=False)
    invoice.paid_on = found["last_on"] if invoice.state == InvoiceState.PAID else None
    invoice.save(update_fields=["paid", "state", "paid_on"])
    record_activity(
        company=invoice.company,
        actor=member.user,
        verb=verb,
        subject=invoice,
        changes={"paid": [f"{before:.2f}", f"{invoice.paid:.2f}"]},
    )


def _show_on(shown: Invoice, locked: Invoice) -> None:
    """The row the caller holds says the same."""
    shown.paid, shown.state, shown.paid_on = locked.paid, locked.state, locked.paid_on
