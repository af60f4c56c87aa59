"""Short words for an invoice's way in tests."""

from typing import Any

from django.utils import timezone

from integrations.models import Push
from integrations.outbox import perform_push
from invoicing.invoices.drafting import LineInput
from invoicing.invoices.releasing import release_invoice, void_invoice
from invoicing.models import Invoice
from tests.invoicing.office import InvoiceOffice


def release(office: InvoiceOffice, invoice: Invoice) -> Invoice:
    return release_invoice(invoice=invoice, member=office.admin, now=timezone.now())


def void(office: InvoiceOffice, invoice: Invoice) -> Invoice:
    return void_invoice(invoice=invoice, member=office.admin, now=timezone.now())


def invoice_push(invoice: Invoice) -> Push:
    """The latest that was asked for."""
    push: Push = Push.objects.filter(kind="invoice", subject_id=str(invoice.pk)).order_by("-pk")[0]
    return push


def send(office: InvoiceOffice, invoice: Invoice) -> Invoice:
    """One visit of a worker, whose turn it is."""
    push = invoice_push(invoice)
    Push.objects.filter(pk=push.pk).update(next_try_at=timezone.now())
    perform_push(push.pk)
    return office.again(invoice)


def settle(office: InvoiceOffice, *lines: LineInput, **values: Any) -> Invoice:
    """Drafted, released, in QuickBooks."""
    return send(office, release(office, office.draft(*lines, **values)))
