"""From the stand-in's books over HTTP: the tick of every 15 minutes, and a changed invoice fetched at once."""

from decimal import Decimal

from django.utils import timezone

from integrations.models import RunKind, RunTrigger, SyncRun
from integrations.outbox import perform_push
from integrations.sync import perform_sync
from invoicing.invoices.pushes import find_invoice_push
from invoicing.invoices.releasing import release_invoice
from invoicing.models import Invoice, InvoiceState
from invoicing.payments.fetching import fetch_invoices
from invoicing.payments.schedule import request_invoice_syncs
from tests.invoicing.office import InvoiceOffice, price


def send(office: InvoiceOffice, amount: str) -> Invoice:
    invoice = office.draft(price(amount, office.codes[0]))
    release_invoice(invoice=invoice, member=office.admin, now=timezone.now())
    push = find_invoice_push(invoice)
    assert push is not None
    perform_push(push.pk)
    return office.again(invoice)


def tick() -> int:
    """As beat and one worker; returns how many requests it took."""
    runs = [SyncRun.objects.get(pk=run_id) for run_id in request_invoice_syncs(now=timezone.now())]
    for run in runs:
        perform_sync(run.pk)
        run.refresh_from_db()
        assert (run.kind, run.trigger, run.error) == (RunKind.INVOICES, RunTrigger.SCHEDULE, "")
    return sum(run.request_count for run in runs)


def says(office: InvoiceOffice, invoice: Invoice) -> tuple[str, Decimal, Decimal]:
    found = office.again(invoice)
    assert found.outstanding == found.balance
    return found.state, found.paid, found.outstanding


def test_paid_in_two_parts_and_taken_off_again(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    assert tick() == 0  # no invoice in QuickBooks: nothing to look for
    invoice, other = send(office, "500.00"), send(office, "80.00")
    assert says(office, invoice) == (InvoiceState.UNPAID, Decimal(0), Decimal(500))

    office.receive_there("200", (invoice, "200"))
    assert tick() == 1
    assert says(office, invoice) == (InvoiceState.PARTLY_PAID, Decimal(200), Decimal(300))
    last = office.receive_there("400", (invoice, "300"), (other, "80"))
    assert tick() == 1
    assert says(office, invoice) == (InvoiceState.PAID, Decimal(500), Decimal(0))
    assert says(office, other) == (InvoiceState.PAID, Decimal(80), Decimal(0))

    office.realm.void_document("Payment", last["Id"])
    office.realm.forget_requests()
    ids = [invoice.quickbooks_id, other.quickbooks_id, "999999"]
    assert fetch_invoices(office.connection, ids) == ["999999"]
    assert office.realm.count_requests()["total"] == 2
    assert says(office, invoice) == (InvoiceState.PARTLY_PAID, Decimal(200), Decimal(300))
    assert says(office, other) == (InvoiceState.UNPAID, Decimal(0), Decimal(80))
