"""What happened to an invoice in QuickBooks, kept with it in words; and the issues of the sync log about it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from budgets.bills.words import say_amount
from integrations.issues import FoundIssue, close_issues, open_issue
from integrations.models import Connection, PushOperation, QuickBooksCustomer, QuickBooksItem
from integrations.outbox import find_open_push
from invoicing.invoices.facts import Change, InvoiceFacts
from invoicing.invoices.places import invoice_url
from invoicing.invoices.pushes import KIND
from invoicing.models import Invoice, InvoiceChange

TOTAL = "invoice_total"
CONFLICT = "invoice_conflict"


def note_change(invoice: Invoice, what: str, changes: Sequence[Change] = (), *, now: datetime) -> None:
    InvoiceChange.objects.create(
        company_id=invoice.company_id,
        invoice=invoice,
        at=now,
        what=what,
        fields=[[each.label, each.before, each.after] for each in changes],
    )


def load_names(connection: Connection | None, *facts: InvoiceFacts) -> dict[str, str]:
    """What `facts.differences` says instead of ids. Two queries."""
    items = {line.item_ref for each in facts for line in each.lines}
    customers = {each.customer_ref for each in facts}
    found = {}
    for row in QuickBooksItem.objects.filter(connection=connection, quickbooks_id__in=items):
        found[f"item/{row.quickbooks_id}"] = row.full_name
    for customer in QuickBooksCustomer.objects.filter(connection=connection, quickbooks_id__in=customers):
        found[f"customer/{customer.quickbooks_id}"] = customer.full_name
    return found


def show_difference(invoice: Invoice, *, now: datetime) -> None:
    """An open issue as long as QuickBooks' total differs and nobody has taken it (N12)."""
    assert invoice.connection is not None
    if not _is_shown(invoice):
        close_issues(invoice.connection, TOTAL, str(invoice.pk), now=now)
        return
    theirs = invoice.quickbooks_total or Decimal(0)
    why = " QuickBooks' automated sales tax decides the tax." if invoice.tax_is_estimate else ""
    open_issue(
        invoice.connection,
        FoundIssue(
            reason=TOTAL,
            subject_type=TOTAL,
            subject_id=str(invoice.pk),
            subject_label=str(invoice),
            title=f"{invoice} comes to {say_amount(theirs)} in QuickBooks, and to {say_amount(invoice.total)} here.",
            way_out=f"Accept QuickBooks' total, or void the invoice and make it anew.{why}",
            fix_url=invoice_url(invoice.company, invoice.pk),
            fix_label="Look at it",
            amount=abs(invoice.total_difference),
        ),
        now=now,
    )


def differs(invoice: Invoice) -> bool:
    """QuickBooks' total is another one, and nobody has accepted it."""
    is_open = invoice.is_in_quickbooks and invoice.difference_accepted_at is None
    return bool(is_open and invoice.total_difference)


def _is_shown(invoice: Invoice) -> bool:
    """While there are two versions, which one holds is the question; while ours is on its way, the answer tells."""
    return differs(invoice) and not invoice.conflicts and not is_change_on_its_way(invoice)


def is_change_on_its_way(invoice: Invoice) -> bool:
    if invoice.connection is None:
        return False
    push = find_open_push(connection=invoice.connection, kind=KIND, subject_id=str(invoice.pk))
    return push is not None and push.operation == PushOperation.UPDATE


def show_conflict(invoice: Invoice, *, now: datetime) -> None:
    """An open issue until somebody decides."""
    if invoice.connection is None:
        return
    if not invoice.conflicts:
        close_issues(invoice.connection, CONFLICT, str(invoice.pk), now=now)
        return
    open_issue(
        invoice.connection,
        FoundIssue(
            reason=CONFLICT,
            subject_type=CONFLICT,
            subject_id=str(invoice.pk),
            subject_label=str(invoice),
            title=f"{invoice} was changed in QuickBooks.",
            way_out="Look at both versions and decide which one holds.",
            fix_url=invoice_url(invoice.company, invoice.pk),
            fix_label="Decide",
        ),
        now=now,
    )
