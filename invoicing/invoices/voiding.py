"""Taking an invoice back that the client has: at once where QuickBooks does not have it, else there first (U3)."""

from datetime import datetime

from django.db import transaction

from budgets.bills.words import say_amount
from integrations.models import PushOperation
from integrations.outbox import DecisionRefused, skip_push
from invoicing.invoices.applied import applied_to, find_mirrored
from invoicing.invoices.drafting import lock_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.pushes import (
    find_invoice_push,
    refuse_if_elsewhere,
    refuse_while_off,
    request_invoice_push,
)
from invoicing.invoices.rights import may_release_invoices
from invoicing.invoices.unbilling import free_costs
from invoicing.models import Invoice, InvoiceState
from ressio.activity import record_activity
from ressio.models import TeamMember
from ressio.money import ZERO


def void_invoice(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """In QuickBooks it is voided by a push, and `state` becomes VOID when QuickBooks has done it: until then
    `void_requested_at` says that it is on its way. Asked for twice is asked for once. Raises `InvoiceRefused`.
    """
    with transaction.atomic():
        locked = lock_invoice(invoice)
        if not may_release_invoices(member):
            raise InvoiceRefused("You may not void invoices. Ask an Admin.", code="not_allowed")
        if locked.is_draft:
            raise InvoiceRefused("A draft is removed, not voided.", code="draft")
        if locked.is_closed:
            raise InvoiceRefused(
                f"This invoice is {locked.get_state_display().lower()} already.", code="closed"
            )
        if locked.void_requested_at is None:
            _refuse_if_paid(locked)
            if locked.quickbooks_id:
                _ask_quickbooks(locked, member, now)
            else:
                _void_here(locked, member, now)
    return locked


def _refuse_if_paid(invoice: Invoice) -> None:
    if refusal := why_not_voidable(invoice):
        raise InvoiceRefused(refusal, code="paid")


def why_not_voidable(invoice: Invoice) -> str:
    """Money is on it: a sentence for the refusal and for the disabled button; "" where nothing is (U3)."""
    if invoice.received_payments.filter(removed_at=None).exists():
        return "Payments are recorded on it. Remove them first, then void it."
    if (applied := applied_to(invoice)) > ZERO:
        return (
            f"Payments or credits of {say_amount(applied)} are applied to it in QuickBooks. Take them off there first, "
            "then void it."
        )
    return ""


def _void_here(invoice: Invoice, member: TeamMember, now: datetime) -> None:
    """Nothing of it can be in QuickBooks."""
    _withdraw(invoice, member, now)
    invoice.state, invoice.voided_by, invoice.voided_at = InvoiceState.VOID, member.user, now
    free_costs(invoice)
    invoice.save()
    record_activity(company=invoice.company, actor=member.user, verb="voided", subject=invoice)


def _ask_quickbooks(invoice: Invoice, member: TeamMember, now: datetime) -> None:
    refuse_if_elsewhere(invoice)
    refuse_while_off(invoice.project)
    if find_mirrored(invoice) is None:
        raise InvoiceRefused(
            "QuickBooks does not have it any more. Sync, then look again.", code="gone_there"
        )
    _withdraw(invoice, member, now)
    invoice.void_requested_at, invoice.void_requested_by = now, member.user
    invoice.save(update_fields=["void_requested_at", "void_requested_by"])
    request_invoice_push(invoice, requested_by=member.user, now=now, operation=PushOperation.VOID)
    record_activity(company=invoice.company, actor=member.user, verb="asked to void", subject=invoice)


def _withdraw(invoice: Invoice, member: TeamMember, now: datetime) -> None:
    """What waits or is held is not sent any more. What may have arrived is waited for."""
    push = find_invoice_push(invoice)
    if push is None:
        return
    try:
        skip_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise InvoiceRefused(
            "Something of this invoice is on its way to QuickBooks. Wait for the answer, then void it.",
            code="on_its_way",
        ) from error
