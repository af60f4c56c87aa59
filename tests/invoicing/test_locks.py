"""The books, then the invoice, then its push: whoever meets an answer on its way waits, and nobody is killed for it."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from integrations.mirror import lock_books
from integrations.models import Push, PushState
from integrations.outbox import perform_push
from invoicing.invoices.decisions import link_invoice
from invoicing.invoices.drafting import lock_invoice
from invoicing.invoices.releasing import take_back_release
from invoicing.models import Invoice, InvoiceState
from ressio.scoping import scope
from tests.budgets.bills.test_locks import LONGEST_WAIT, wait_until_somebody_waits
from tests.invoicing.office import InvoiceOffice
from tests.invoicing.steps import invoice_push, release

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for nobody."
)


def beside(office: InvoiceOffice, deed: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    said: list[object] = []

    def run() -> None:
        try:
            with scope(company=office.company), transaction.atomic():
                deed()
        except Exception as error:
            said.append(getattr(error, "code", "") or type(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, said


def test_a_release_that_is_taken_back_while_its_answer_comes(invoice_office: InvoiceOffice) -> None:
    """The verb has the invoice and wants its push; the answer has what it needs first, and wants the invoice."""
    office = invoice_office
    invoice = release(office, office.draft())
    has_invoice = threading.Event()

    def take_back() -> None:
        lock_invoice(Invoice(pk=invoice.pk))
        has_invoice.set()
        wait_until_somebody_waits()
        take_back_release(invoice=invoice, member=office.admin, now=timezone.now())

    person, said = beside(office, take_back)
    assert has_invoice.wait(LONGEST_WAIT)
    perform_push(invoice_push(invoice).pk)
    person.join(LONGEST_WAIT)
    assert said == ["on_its_way"]
    assert office.again(invoice).state == InvoiceState.UNPAID


def test_linking_by_hand_while_a_sync_has_the_books(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = release(office, office.draft())
    Push.objects.update(
        state=PushState.HELD, hold_code="6140", next_try_at=timezone.now() + timedelta(days=1)
    )
    with transaction.atomic():
        lock_books(office.connection.pk)
        person, said = beside(
            office,
            lambda: link_invoice(
                invoice=invoice, quickbooks_id="none", member=office.admin, now=timezone.now()
            ),
        )
        wait_until_somebody_waits()
        lock_invoice(invoice)
    person.join(LONGEST_WAIT)
    assert said == [
        "on_its_way"
    ]  # refused in words, as there is no such document; not killed by the database
