"""Changed in QuickBooks: flagged with both versions, and one of three ways out (U6). Payments are no change (C14)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import PushState, SyncIssue
from invoicing.invoices.changing import change_sent_invoice
from invoicing.invoices.conflicts import conflict_mark, decide_conflict
from invoicing.invoices.drafting import SectionInput, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import Invoice, InvoiceState
from tests.invoicing.office import InvoiceOffice, price
from tests.invoicing.steps import invoice_push, send, settle


def edited_there(office: InvoiceOffice) -> Invoice:
    """First line 1,000 → 1,200 with other words and another item, the second one gone, a new one of 30."""
    first = price("1000.00", office.codes[0], markup_percent=Decimal(10))
    invoice = settle(office, first, price("5.00", office.codes[1]), memo="Ours")
    [there] = office.invoices_there()
    lines = [line for line in there["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    item = {"value": office.refs["09 Paint"]}
    lines[0] |= {"Amount": 1200, "Description": "Theirs"}
    new = {"Amount": 30, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": item}}
    office.edit_invoice_there(invoice, Line=[lines[0], new], CustomerMemo={"value": "Theirs"})
    office.sync()
    return office.again(invoice)


def decide(office: InvoiceOffice, invoice: Invoice, choice: str) -> Invoice:
    mark = conflict_mark(invoice)
    return decide_conflict(invoice=invoice, choice=choice, mark=mark, member=office.admin, now=timezone.now())


def test_both_versions_are_shown_and_nothing_is_taken(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = edited_there(office)
    assert invoice.conflicts["fields"] == [
        ["Message to the client", "Ours", "Theirs"],
        ["Total", "1,105.00", "1,230.00"],
        ["Line 1", "06 Framing · Draw · 1,100.00 · NON", "06 Framing · Theirs · 1,200.00 · NON"],
        ["Line 2", "03 Concrete · Draw · 5.00 · NON", "nothing"],
        ["New line", "nothing", "09 Paint · 30.00 · NON"],
    ]
    assert (invoice.memo, invoice.total, invoice.amount_due) == ("Ours", Decimal(1105), Decimal(1230))
    assert [each.reason for each in SyncIssue.objects.filter(resolved_at=None)] == ["invoice_conflict"]
    with pytest.raises(InvoiceRefused, match="changed the invoice again"):
        decide_conflict(invoice=invoice, choice="ours", mark="old", member=office.admin, now=timezone.now())


def test_ours_is_sent_again_over_theirs(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = decide(office, edited_there(office), "ours")
    invoice = send(office, invoice)
    assert (invoice_push(invoice).state, invoice.conflicts) == (PushState.DONE, {})
    [there] = office.invoices_there()
    assert (there["TotalAmt"], there["CustomerMemo"]["value"], len(there["Line"])) == (1105, "Ours", 3)
    assert invoice.total_difference == 0
    refs = {line["Id"] for line in there["Line"] if "Id" in line}
    assert {line.line_ref for line in invoice.lines.all()} == refs
    office.sync()
    assert office.again(invoice).conflicts == {}
    assert not SyncIssue.objects.filter(resolved_at=None).exists()


def test_theirs_is_taken_as_fixed_amounts(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = decide(office, edited_there(office), "theirs")
    invoice.refresh_from_db()
    assert [
        (str(line.cost_code), line.description, line.cost, line.markup, line.amount)
        for line in invoice.lines.select_related("cost_code")
    ] == [
        ("06 Framing", "Theirs", Decimal(1200), Decimal(0), Decimal(1200)),
        ("09 Paint", "", Decimal(30), Decimal(0), Decimal(30)),
    ]
    assert (invoice.memo, invoice.total, invoice.total_difference) == ("Theirs", Decimal(1230), Decimal(0))
    assert invoice.conflicts == {}
    assert invoice_push(invoice).state == PushState.DONE  # nothing more is sent


def test_both_may_stay_and_a_later_change_asks_again(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = decide(office, edited_there(office), "both")
    office.sync()
    invoice = office.again(invoice)
    assert (invoice.conflicts, invoice.total, invoice.amount_due) == ({}, Decimal(1105), Decimal(1230))
    assert invoice.difference_accepted_at is not None
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
    office.edit_invoice_there(invoice, DueDate="2026-09-01")
    office.sync()
    assert office.again(invoice).conflicts["fields"] == [["Due date", "1 Apr 2026", "1 Sep 2026"]]
    office.edit_invoice_there(invoice, DueDate="2026-04-01")
    office.sync()
    assert office.again(invoice).conflicts == {}


def test_a_payment_is_no_change_and_goes_before_our_version(invoice_office: InvoiceOffice) -> None:
    """A payment arrives between the decision and the push: the token is stale, nothing is asked anew."""
    office = invoice_office
    invoice = decide(office, edited_there(office), "ours")
    office.receive_there("100.00", (invoice, "100.00"))
    send(office, invoice)
    push = invoice_push(invoice)
    assert (push.state, push.generation) == (PushState.WAITING, 2)
    invoice = send(office, invoice)
    assert invoice_push(invoice).state == PushState.DONE
    office.sync()
    invoice = office.again(invoice)
    assert (invoice.conflicts, invoice.state, invoice.paid) == ({}, InvoiceState.PARTLY_PAID, Decimal(100))
    assert office.invoices_there()[0]["Balance"] == 1005


def test_an_update_whose_answer_was_lost_is_ours(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = decide(office, edited_there(office), "ours")
    office.realm.fail_next("drop_after")
    send(office, invoice)
    office.sync()
    assert office.again(invoice).conflicts == {}
    office.realm.forget_replays()
    invoice = send(office, invoice)
    assert (invoice_push(invoice).state, invoice.conflicts) == (PushState.DONE, {})


def test_a_sent_invoice_is_changed_here_and_there(invoice_office: InvoiceOffice) -> None:
    """Not below what is paid; what was changed there meanwhile is asked about, and nothing is overwritten."""
    office = invoice_office
    first, second = price("1000.00", office.codes[0]), price("50.00", office.codes[1], description="Fee")
    invoice = settle(office, first, second)
    [kept, _] = [line.line_ref for line in invoice.lines.all()]

    def change(*costs: str, **values: Any) -> Invoice:
        lines = [price(cost, office.codes[0]) for cost in costs]
        given = replace(input_of(invoice), sections=(SectionInput(lines=tuple(lines)),), **values)
        return change_sent_invoice(invoice=invoice, values=given, member=office.admin, now=timezone.now())

    office.receive_there("300.00", (invoice, "300.00"))
    office.sync()
    with pytest.raises(InvoiceRefused, match=r"300\.00 are paid on it already"):
        change("200.00")
    change("1100.00", "7.00", memo="More")
    invoice = send(office, invoice)
    assert (invoice_push(invoice).state, invoice.total_difference, invoice.conflicts) == (
        PushState.DONE,
        Decimal(0),
        {},
    )
    [there] = office.invoices_there()
    assert (there["TotalAmt"], there["Balance"], there["CustomerMemo"]["value"]) == (1107, 807, "More")
    assert invoice.lines.all()[0].line_ref == kept
    office.sync()
    assert office.again(invoice).conflicts == {}
    change("1200.00")
    office.edit_invoice_there(invoice, DueDate="2026-09-01")
    send(office, invoice)
    push, invoice = invoice_push(invoice), office.again(invoice)
    assert (push.state, push.hold_code) == (PushState.HELD, "conflict")
    assert office.invoices_there()[0]["TotalAmt"] == 1107
    decide(office, invoice, "ours")
    invoice = send(office, invoice)
    assert (office.invoices_there()[0]["TotalAmt"], invoice.total_difference) == (1200, Decimal(0))
