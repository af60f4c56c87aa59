"""No cost is billed twice and no invoice is made twice, by whatever way people and answers come."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from budgets.bills.approval import take_back_approval
from budgets.bills.drafting import change_bill
from budgets.bills.linking import link_bill, unlink_bill
from budgets.models import Bill
from integrations.connecting import switch_to
from integrations.models import Connection, Document, ProjectLink, Push, PushState
from invoicing.invoices.actuals import changed_since_billed, lines_from_actuals, uninvoiced_costs
from invoicing.invoices.changing import change_sent_invoice
from invoicing.invoices.copying import copy_invoice
from invoicing.invoices.decisions import link_invoice, skip_invoice
from invoicing.invoices.drafting import SectionInput, input_of, remove_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.pushes import send_invoice
from invoicing.invoices.releasing import earlier_invoices, release_invoice, take_back_release, void_invoice
from invoicing.models import InvoiceState
from ressio.models import Project
from tests.budgets.bills.test_edits import document_of_another
from tests.invoicing.office import InvoiceOffice, price
from tests.invoicing.steps import invoice_push, release, send, settle, void
from tests.support.cast import SignIn
from tests.support.quickbooks import CLIENT_ID, read_tokens
from tests.support.sandbox import Sandbox


@pytest.fixture
def other_books(invoice_office: InvoiceOffice, sandbox: Sandbox) -> Iterator[Connection]:
    """Not connected yet."""
    realm = sandbox.open_company()
    tokens = read_tokens(realm.issue_tokens(CLIENT_ID))
    yield Connection.objects.create(
        company=invoice_office.company, realm_id=realm.id, is_current=False, books_name="New Books", **tokens
    )
    realm.close()


def test_a_bill_that_is_edited_after_its_costs_were_billed(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    bill = office.approve(office.enter("B-1", office.line("100.00"), office.line("50.00", 1)))
    invoice = office.draft(*lines_from_actuals(uninvoiced_costs(office.project), by="line"))
    assert (invoice.total, uninvoiced_costs(office.project)) == (Decimal("150.00"), [])

    take_back_approval(bill=bill, member=office.admin, now=timezone.now())
    assert [each.now for each in changed_since_billed(invoice)] == [None, None]
    given = office.given("B-1", office.line("7.00", 2), office.line("50.00", 1), office.line("110.00"))
    office.approve(change_bill(bill=bill, given=given, member=office.admin, now=timezone.now()))

    assert [cost.amount for cost in uninvoiced_costs(office.project)] == [Decimal("7.00")]
    [changed] = changed_since_billed(invoice)
    assert (changed.then, changed.now) == (Decimal("100.00"), Decimal("110.00"))


def test_a_billed_bill_is_linked_by_hand_and_unlinked(invoice_office: InvoiceOffice) -> None:
    """In other words there: linked it is one cost. Unlinked, theirs is another one, and ours stays billed."""
    office = invoice_office
    document = {**document_of_another(office), "DocNumber": "B-1"}
    by_hand = office.realm.enter_document("Bill", document)["Id"]
    office.sync()
    bill = office.approve(office.enter("B-1"), duplicate_is_intended=True)
    [theirs] = [cost for cost in uninvoiced_costs(office.project) if cost.place.document_ref == by_hand]
    [ours] = [cost for cost in uninvoiced_costs(office.project) if cost.key != theirs.key]
    invoice = office.draft(*lines_from_actuals([ours]))
    second = office.draft(*lines_from_actuals([theirs]))
    who: dict[str, Any] = {"member": office.admin, "now": timezone.now()}
    link_bill(bill=bill, quickbooks_id=by_hand, **who)
    assert uninvoiced_costs(office.project) == []
    assert [each.why for each in changed_since_billed(second)] == [f"It stands on {invoice} as well."]
    remove_invoice(invoice=second, member=office.admin)
    unlink_bill(bill=office.fresh(bill), **who)
    assert [cost.place for cost in uninvoiced_costs(office.project)] == [theirs.place]
    office.approve(office.fresh(bill), duplicate_is_intended=True)
    assert [cost.place for cost in uninvoiced_costs(office.project)] == [theirs.place]

    # Billed as theirs while they were one, it is theirs; ours, approved anew, is another cost.
    remove_invoice(invoice=invoice, member=office.admin)
    take_back_approval(bill=office.fresh(bill), **who)
    link_bill(
        bill=office.approve(office.fresh(bill), duplicate_is_intended=True), quickbooks_id=by_hand, **who
    )
    invoice = office.draft(*lines_from_actuals(uninvoiced_costs(office.project)))
    unlink_bill(bill=office.fresh(bill), **who)
    assert uninvoiced_costs(office.project) == []
    assert changed_since_billed(invoice) == []
    office.approve(office.fresh(bill), duplicate_is_intended=True)
    [again] = uninvoiced_costs(office.project)
    office.draft(*lines_from_actuals([again]))
    assert uninvoiced_costs(office.project) == []


def test_a_billed_bill_that_moves_to_another_project_is_not_offered_there(
    invoice_office: InvoiceOffice,
) -> None:
    """Billed while it was only here; QuickBooks' lines stand for it now, on the other project."""
    office = invoice_office
    bill = office.approve(office.enter())
    office.draft(*lines_from_actuals(uninvoiced_costs(office.project)))
    bill = office.send(bill)
    other = Project.objects.create(company=office.company, name="Other house")
    Bill.objects.filter(pk=bill.pk).update(project=other)
    customer = office.realm.enter_document("Customer", {"DisplayName": "Other house"})
    ProjectLink.objects.create(
        company=office.company, connection=office.connection, project=other, customer_ref=customer["Id"]
    )
    [there] = office.bills_there()
    lines = there["Line"]
    lines[0]["ItemBasedExpenseLineDetail"]["CustomerRef"] = {"value": customer["Id"]}
    office.edit_there(bill, Line=lines)
    office.sync()
    assert uninvoiced_costs(other) == []


def test_a_copy_charges_only_what_no_other_invoice_bills(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    office.approve(
        office.enter("B-1", office.line("100.00"), office.line("50.00", 0), office.line("30.00", 1))
    )
    first = release(
        office,
        office.draft(*lines_from_actuals(uninvoiced_costs(office.project)), price("9.00", office.codes[2])),
    )
    void(office, first)
    office.draft(*lines_from_actuals(cost for cost in uninvoiced_costs(office.project) if cost.amount != 50))
    copy = copy_invoice(invoice=office.again(first), member=office.admin, now=timezone.now())
    assert sorted(line.cost for line in copy.lines.all()) == [Decimal("9.00"), Decimal("50.00")]
    again = copy_invoice(invoice=office.again(first), member=office.admin, now=timezone.now())
    assert [line.cost for line in again.lines.all()] == [Decimal("9.00")]


@pytest.mark.parametrize("fate", ["deleted", "edited"])
def test_an_answer_that_was_lost_and_a_document_that_is_another_by_now(
    invoice_office: InvoiceOffice, settings: Settings, fate: str
) -> None:
    """A sync has told that it arrived: asked for again, it is neither made a second time nor taken for missing."""
    office, settings.QBO_REPLAY_TRUSTED = invoice_office, 0.0
    invoice = release(office, office.draft())
    office.realm.fail_next("drop_after")
    send(office, invoice)
    office.sync()
    invoice = office.again(invoice)
    assert (invoice.state, invoice_push(invoice).state) == (InvoiceState.UNPAID, PushState.UNKNOWN)
    if fate == "deleted":
        office.realm.delete_document("Invoice", invoice.quickbooks_id)
    else:
        office.edit_invoice_there(invoice, DocNumber="X-1")
    office.sync()
    office.realm.forget_replays()
    invoice = send(office, invoice)
    assert len(office.invoices_there()) == (0 if fate == "deleted" else 1)
    assert (invoice_push(invoice).state, invoice_push(invoice).quickbooks_id) == (
        PushState.DONE,
        invoice.quickbooks_id,
    )
    assert invoice.state == (InvoiceState.DELETED if fate == "deleted" else InvoiceState.UNPAID)


def test_other_books_are_connected(
    invoice_office: InvoiceOffice, other_books: Connection, sign_in: SignIn
) -> None:
    """What is there, or may be, stays as it is until those books are back; what only waited is free (U10)."""
    office, now = invoice_office, timezone.now()
    who: dict[str, Any] = {"member": office.admin, "now": now}
    sent, lost, waiting = settle(office), release(office, office.draft()), release(office, office.draft())
    office.realm.fail_next("drop_after")
    send(office, lost)
    assert office.admin.user is not None
    switch_to(other_books, replaced=office.connection, actor=office.admin.user, now=now)

    for deed in (take_back_release, void_invoice):
        with pytest.raises(InvoiceRefused) as refused:
            deed(invoice=office.again(lost), **who)
        assert refused.value.code == "on_its_way"
    with pytest.raises(InvoiceRefused) as refused:
        change_sent_invoice(invoice=sent, values=input_of(sent), **who)
    assert refused.value.code == "other_books"
    client = sign_in(office.admin)
    pages = [client.get(f"/c/ridge/invoices/{each.pk}/") for each in (sent, waiting, lost)]
    for page, said in zip(
        pages, ("In the earlier books", "waits for the earlier books", "may have it"), strict=True
    ):
        assert said in page.content.decode()
    choices = pages[0].context["choices"]
    assert (choices.edit, choices.void, pages[0].context["quickbooks_url"], pages[0].context["as_of"]) == (
        False,
        False,
        "",
        None,
    )
    taken = take_back_release(invoice=waiting, **who)
    assert (taken.state, invoice_push(waiting).state) == (InvoiceState.DRAFT, PushState.SKIPPED)
    assert Push.objects.get(subject_id=str(lost.pk)).state == PushState.UNKNOWN


def test_an_archived_project_releases_nothing(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    draft, released = office.draft(), release(office, office.draft())
    Push.objects.all().delete()
    sent = settle(office)
    Project.objects.filter(pk=office.project.pk).update(is_archived=True)
    for deed, invoice in ((release_invoice, draft), (send_invoice, released)):
        with pytest.raises(InvoiceRefused, match="archived"):
            deed(invoice=invoice, member=office.admin, now=timezone.now())
    assert earlier_invoices(office.project).invoices == 1
    # What QuickBooks has may be corrected.
    values = input_of(office.again(sent))
    change_sent_invoice(
        invoice=sent, values=replace(values, memo="Ours"), member=office.admin, now=timezone.now()
    )
    send(office, sent)
    assert invoice_push(sent).state == PushState.DONE


def test_an_invoice_is_dated_by_the_company_s_day(invoice_office: InvoiceOffice) -> None:
    """Evening in New York is tomorrow in Greenwich."""
    office = invoice_office
    evening = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)
    with timezone.override("America/New_York"):
        draft = office.draft(issued_on=None, due_on=None)
        invoice = release_invoice(invoice=draft, member=office.admin, now=evening)
    assert invoice.issued_on == date(2026, 3, 2)


def test_linked_by_hand_to_what_cannot_be_it(invoice_office: InvoiceOffice) -> None:
    """Of another customer it is asked about; in another currency, or void, it is no answer to ours."""
    office = invoice_office
    detail = {"ItemRef": {"value": office.refs["06 Framing"]}}
    other = office.realm.enter_document("Customer", {"DisplayName": "Somebody else"})["Id"]
    line = {"Amount": 1000, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    given = {"CustomerRef": {"value": other}, "DocNumber": "1001", "TxnDate": "2026-03-02", "Line": [line]}
    there = office.realm.enter_document("Invoice", given)["Id"]
    office.sync()
    invoice = send(office, release(office, office.draft(number="1001")))
    assert invoice_push(invoice).hold_code == "duplicate_number"
    who: dict[str, Any] = {
        "invoice": invoice,
        "quickbooks_id": there,
        "member": office.admin,
        "now": timezone.now(),
    }
    mirrored = Document.objects.filter(entity="Invoice", quickbooks_id=there)
    body = mirrored.get().body
    for changes in ({"CurrencyRef": {"value": "EUR"}}, {"TotalAmt": 0, "PrivateNote": "Voided", "Line": []}):
        mirrored.update(body=json.dumps(json.loads(body) | changes))
        with pytest.raises(InvoiceRefused):
            link_invoice(**who)
    mirrored.update(body=body)
    link_invoice(**who)
    fields = office.again(invoice).conflicts["fields"]
    assert ["Customer", office.project.name, "Somebody else"] in fields


def test_a_project_that_is_linked_to_another_customer_takes_no_money_along(
    invoice_office: InvoiceOffice,
) -> None:
    office = invoice_office
    invoice = settle(office)
    office.receive_there("300.00", (invoice, "300.00"))
    other = office.realm.enter_document("Customer", {"DisplayName": "Somebody else"})["Id"]
    office.sync()
    ProjectLink.objects.filter(project=office.project).update(customer_ref=other)
    given = replace(input_of(office.again(invoice)), memo="Ours")
    change_sent_invoice(invoice=invoice, values=given, member=office.admin, now=timezone.now())
    invoice = send(office, invoice)
    assert invoice_push(invoice).hold_code == "payments_applied"
    [there] = office.invoices_there()
    assert (there["CustomerRef"]["value"], invoice.paid) == (office.refs["customer"], Decimal("300.00"))


def test_a_change_that_is_not_sent_leaves_two_versions_to_decide_about(invoice_office: InvoiceOffice) -> None:
    """Same total, other lines: the cost that it took off is charged in QuickBooks still."""
    office = invoice_office
    office.settle()
    invoice = settle(office, *lines_from_actuals(uninvoiced_costs(office.project)))
    given = replace(input_of(invoice), sections=(SectionInput(lines=(price("125.50", office.codes[0]),)),))
    change_sent_invoice(invoice=invoice, values=given, member=office.admin, now=timezone.now())
    skip_invoice(invoice=invoice, member=office.admin, now=timezone.now())
    assert office.again(invoice).conflicts["fields"] == [["Lines", "as here", "others"]]
