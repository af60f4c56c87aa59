"""Editing an invoice that is in QuickBooks: here first, then there, unless it was changed there meanwhile (N7, U6)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from budgets.bills.words import say_amount
from integrations.models import PushOperation
from integrations.outbox import is_still_here
from invoicing.invoices.applied import applied_to
from invoicing.invoices.codes import fill_default_code
from invoicing.invoices.drafting import lock_invoice, telling_collisions, write_values
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.inputs import InvoiceInput
from invoicing.invoices.pushes import (
    find_invoice_push,
    refuse_if_elsewhere,
    refuse_while_off,
    request_invoice_push,
)
from invoicing.invoices.rights import may_release_invoices
from invoicing.invoices.seen import refuse_if_changed
from invoicing.models import Invoice, InvoiceLine
from ressio.activity import record_activity
from ressio.models import TeamMember


def change_sent_invoice(
    *, invoice: Invoice, values: InvoiceInput, member: TeamMember, now: datetime, mark: str = ""
) -> Invoice:
    """All of it anew, as `change_invoice` takes it; saving is the word that sends it, an Admin's. A line that says the
    same as before stays the same line in QuickBooks. What was changed there meanwhile is asked about, and not
    overwritten. Raises `InvoiceRefused`.
    """
    with telling_collisions(values.number), transaction.atomic():
        locked = lock_invoice(invoice)
        _check_may_change(locked, member)
        refuse_if_changed(locked, mark)
        before = list(locked.lines.all())
        changes = write_values(locked, replace(values, number=values.number.strip() or locked.number))
        _keep_refs(locked, before)
        fill_default_code(locked, is_sent=True)
        if locked.total < (applied := applied_to(locked)):
            raise InvoiceRefused(
                f"{say_amount(applied)} are paid on it already, which is more than it would come to.",
                field="lines",
            )
        locked.difference_accepted_at = None
        locked.save(update_fields=["difference_accepted_at"])
        if changes:
            record_activity(
                company=locked.company,
                actor=member.user,
                verb="changed, in QuickBooks too,",
                subject=locked,
                changes=changes,
            )
            request_invoice_push(locked, requested_by=member.user, now=now, operation=PushOperation.UPDATE)
    return locked


def _check_may_change(invoice: Invoice, member: TeamMember) -> None:
    if not may_release_invoices(member):
        raise InvoiceRefused(
            "You may not change an invoice that is in QuickBooks. Ask an Admin.", code="not_allowed"
        )
    if not invoice.is_in_quickbooks:
        raise InvoiceRefused("This invoice is not in QuickBooks.", code="not_sent")
    refuse_if_elsewhere(invoice)
    refuse_while_off(invoice.project)
    if invoice.conflicts:
        raise InvoiceRefused(
            "It was changed in QuickBooks. Decide first which version holds.", code="conflict"
        )
    if invoice.void_requested_at:
        raise InvoiceRefused("It is on its way to be voided.", code="on_its_way")
    push = find_invoice_push(invoice)
    if push is not None and not is_still_here(push):
        raise InvoiceRefused(
            "The last change is on its way to QuickBooks. Wait for the answer, then change it again.",
            code="on_its_way",
        )


def _keep_refs(invoice: Invoice, before: Sequence[InvoiceLine]) -> None:
    """By cost code and text, in order: QuickBooks then changes its line instead of making another."""
    free = [line for line in before if line.line_ref]
    kept = []
    for line in invoice.lines.all():
        said = (line.cost_code_id, line.description)
        old = next((each for each in free if (each.cost_code_id, each.description) == said), None)
        if old is not None:
            free.remove(old)
            line.line_ref, line.profit_line_ref = old.line_ref, old.profit_line_ref
            kept.append(line)
    InvoiceLine.objects.bulk_update(kept, ["line_ref", "profit_line_ref"])
