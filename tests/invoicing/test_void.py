"""Voided here, voided or deleted there: costs are free again, nothing is made anew by itself (U3, U7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import PushState, SyncIssue
from integrations.switches import set_switches
from invoicing.invoices.actuals import lines_from_actuals, uninvoiced_costs
from invoicing.invoices.copying import copy_invoice
from invoicing.invoices.decisions import retry_invoice, skip_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import BilledCost, Invoice, InvoiceState
from tests.invoicing.office import InvoiceOffice
from tests.invoicing.steps import invoice_push, release, send, settle, void


def bill_a_cost(office: InvoiceOffice) -> Invoice:
    """An invoice in QuickBooks that bills 125.50 of lumber."""
    office.settle()
    [cost] = uninvoiced_costs(office.project)
    return settle(office, *lines_from_actuals([cost]))


def test_a_void_is_done_in_quickbooks_first_and_frees_the_costs(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = bill_a_cost(office)
    assert void(office, invoice).state == InvoiceState.UNPAID
    assert void(office, invoice).void_requested_at is not None
    invoice = send(office, invoice)
    assert (invoice.state, invoice.voided_by, invoice.void_requested_at) == (
        InvoiceState.VOID,
        office.admin.user,
        None,
    )
    assert invoice.changes.latest("pk").what == "Voided in QuickBooks, as was asked for here"
    [there] = office.invoices_there()
    assert (there["TotalAmt"], there["PrivateNote"]) == (0, "Voided")
    assert len(uninvoiced_costs(office.project)) == 1
    office.sync()
    assert (office.again(invoice).state, office.again(invoice).total) == (InvoiceState.VOID, invoice.total)
    copy = copy_invoice(invoice=office.again(invoice), member=office.admin, now=timezone.now())
    assert (copy.state, copy.number, copy.total) == (InvoiceState.DRAFT, "", invoice.total)
    assert uninvoiced_costs(office.project) == []
    assert BilledCost.objects.count() == 1
    with pytest.raises(InvoiceRefused, match="None of its costs is left"):
        copy_invoice(invoice=office.again(invoice), member=office.admin, now=timezone.now())
    with pytest.raises(InvoiceRefused):
        copy_invoice(invoice=copy, member=office.admin, now=timezone.now())


def test_a_payment_stands_in_the_way_whenever_it_arrives(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = settle(office)
    payment = office.receive_there("300.00", (invoice, "300.00"))
    set_switches(project=office.project, changes={"push_invoices": False}, actor=None, now=timezone.now())
    with pytest.raises(InvoiceRefused, match="off for this project"):
        void(office, invoice)
    set_switches(project=office.project, changes={"push_invoices": True}, actor=None, now=timezone.now())
    void(office, invoice)  # nothing is known of the payment yet
    send(office, invoice)
    push = invoice_push(invoice)
    assert (push.state, push.hold_code) == (PushState.HELD, "payments_applied")
    assert push.hold_sentence.startswith("A payment of 300.00 arrived.")
    assert SyncIssue.objects.filter(reason="push_payments_applied", resolved_at=None).exists()
    assert office.invoices_there()[0]["TotalAmt"] == 1000
    skip_invoice(invoice=invoice, member=office.admin, now=push.requested_at)
    assert office.again(invoice).void_requested_at is None
    office.sync()
    with pytest.raises(InvoiceRefused, match=r"300\.00 are applied"):
        void(office, invoice)
    office.realm.delete_document("Payment", payment["Id"])
    office.sync()
    void(office, invoice)
    assert send(office, invoice).state == InvoiceState.VOID


def test_a_stale_token_without_a_payment_is_read_again(invoice_office: InvoiceOffice) -> None:
    """A payment came and went; and a void whose answer was lost is found to be done."""
    office = invoice_office
    invoice = settle(office)
    payment = office.receive_there("10.00", (invoice, "10.00"))
    office.realm.delete_document("Payment", payment["Id"])
    void(office, invoice)
    send(office, invoice)
    assert invoice_push(invoice).state == PushState.WAITING
    office.realm.fail_next("drop_after")
    send(office, invoice)
    office.realm.forget_replays()
    invoice = send(office, invoice)
    assert (invoice.state, invoice_push(invoice).state) == (InvoiceState.VOID, PushState.DONE)


def test_an_edit_there_is_looked_at_before_it_is_voided(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = settle(office)
    office.edit_invoice_there(invoice, DueDate="2026-09-01")
    void(office, invoice)
    send(office, invoice)
    assert invoice_push(invoice).hold_code == "conflict"
    retry_invoice(invoice=invoice, member=office.admin, now=invoice_push(invoice).requested_at)
    assert send(office, invoice).state == InvoiceState.VOID


def test_what_is_not_there_is_void_at_once(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = release(office, office.draft())
    office.realm.fail_next("drop_after")
    send(office, invoice)
    with pytest.raises(InvoiceRefused, match="on its way"):
        void(office, invoice)
    waiting = release(office, office.draft())
    assert void(office, waiting).state == InvoiceState.VOID
    assert invoice_push(waiting).state == PushState.SKIPPED


def test_voided_deleted_and_restored_there(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = bill_a_cost(office)
    [there] = office.invoices_there()
    office.realm.delete_document("Invoice", invoice.quickbooks_id)
    office.sync()
    invoice = office.again(invoice)
    assert (invoice.state, BilledCost.objects.count()) == (InvoiceState.DELETED, 0)
    assert office.invoices_there() == []
    later = (timezone.now() + timedelta(seconds=5)).isoformat(timespec="seconds")
    there["MetaData"]["LastUpdatedTime"] = later
    office.realm.load_documents({"Invoice": there})
    office.sync()
    invoice = office.again(invoice)
    assert (invoice.state, BilledCost.objects.count()) == (InvoiceState.UNPAID, 1)
    said = [change.what for change in invoice.changes.order_by("pk")]
    assert said == ["Arrived in QuickBooks", "Deleted in QuickBooks", "Is back in QuickBooks"]
    other = settle(office)
    office.realm.void_document("Invoice", other.quickbooks_id)
    office.sync()
    other = office.again(other)
    assert (other.state, other.total, other.quickbooks_total) == (InvoiceState.VOID, 1000, 1000)


def test_deleted_there_while_its_void_is_on_the_way(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = void(office, settle(office))
    office.realm.delete_document("Invoice", invoice.quickbooks_id)
    send(office, invoice)
    assert invoice_push(invoice).hold_code == "610"
    office.sync()
    assert (office.again(invoice).state, invoice_push(invoice).state) == (
        InvoiceState.DELETED,
        PushState.SKIPPED,
    )
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
