"""What people decide about an invoice that is held on its way to QuickBooks (N6, N13)."""

from datetime import datetime

from django.db import transaction

from budgets.reading import read_ref
from integrations.mirror import lock_books
from integrations.models import Document, Push, PushState
from integrations.outbox import DecisionRefused, link_to_existing, retry_push, skip_push
from invoicing.invoices.drafting import lock_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.facts import is_voided
from invoicing.invoices.pushes import find_invoice_push
from invoicing.invoices.rights import may_release_invoices
from invoicing.models import Invoice
from ressio.models import TeamMember


def retry_invoice(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """Build and send it anew; whatever still stands in its way holds it again. Raises `InvoiceRefused`."""
    with transaction.atomic():
        locked, push = _held(invoice, member)
        try:
            retry_push(push=push, actor=member.user, now=now)
        except DecisionRefused as error:
            raise InvoiceRefused(str(error), code="on_its_way") from error
    return locked


def skip_invoice(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """It is not sent, changed or voided there after all; here it stays as it is. Raises `InvoiceRefused`."""
    with transaction.atomic():
        locked, push = _held(invoice, member, PushState.HELD, PushState.WAITING)
        try:
            skip_push(push=push, actor=member.user, now=now)
        except DecisionRefused as error:
            raise InvoiceRefused(str(error), code="on_its_way") from error
        locked.refresh_from_db()
    return locked


def link_invoice(*, invoice: Invoice, quickbooks_id: str, member: TeamMember, now: datetime) -> Invoice:
    """A held invoice is that one of QuickBooks, entered there by hand. Nothing is sent. Raises `InvoiceRefused`."""
    with transaction.atomic():
        if (found := find_invoice_push(invoice)) is not None:
            lock_books(found.connection_id)  # before the invoice (`outbox.locking`)
        locked, push = _held(invoice, member, PushState.HELD, PushState.WAITING)
        taken = Invoice.objects.filter(connection=push.connection, quickbooks_id=quickbooks_id)
        if not quickbooks_id or taken.exists():
            raise InvoiceRefused(
                "Choose an invoice of QuickBooks that is not linked to another one.", field="document"
            )
        _refuse_unless_alike(push, quickbooks_id)
        try:
            link_to_existing(push=push, quickbooks_id=quickbooks_id, actor=member.user, now=now)
        except DecisionRefused as error:
            raise InvoiceRefused(str(error), code="on_its_way") from error
        locked.refresh_from_db()
    return locked


def _refuse_unless_alike(push: Push, quickbooks_id: str) -> None:
    """Its amounts would be read as our currency's, or the client be asked for nothing."""
    document = Document.objects.filter(
        connection=push.connection, entity="Invoice", quickbooks_id=quickbooks_id, deleted_at=None
    ).first()
    if document is None:
        return
    currency = read_ref(document.data, "CurrencyRef")
    if currency and currency != push.connection.home_currency:
        raise InvoiceRefused(f"That invoice is in {currency}. It stays in QuickBooks.", field="document")
    if is_voided(document.data):
        raise InvoiceRefused("That invoice is void in QuickBooks.", field="document")


def _held(invoice: Invoice, member: TeamMember, *states: PushState) -> tuple[Invoice, Push]:
    locked = lock_invoice(invoice)
    if not may_release_invoices(member):
        raise InvoiceRefused("You may not decide this. Ask an Admin.", code="not_allowed")
    push = find_invoice_push(locked)
    if push is None or push.state not in (states or (PushState.HELD,)):
        raise InvoiceRefused("Nothing of this invoice waits for a decision any more.", code="settled")
    return locked, push
