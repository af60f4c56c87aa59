"""What our own checks held leaves by itself when its cause is gone; earlier invoices leave when somebody says so."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import CostCodeLink, ProjectLink, Push, PushState, SyncIssue
from integrations.outbox import perform_push_batch
from integrations.switches import set_switches
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.held import release_held_invoices
from invoicing.invoices.pushes import held_words
from invoicing.invoices.releasing import (
    earlier_invoices,
    move_to_open_period,
    partly_paid_here,
    release_invoice,
    send_earlier_invoices,
    send_invoice,
    wait_for_reopening,
)
from invoicing.models import Invoice, InvoiceState
from invoicing.payments.recording import (
    STAYS_HERE,
    PaymentInput,
    record_payment,
    remove_payment,
    why_not_recordable,
)
from ressio.models import Project, Role, TeamMember
from tests.invoicing.office import InvoiceOffice, price
from tests.invoicing.steps import invoice_push, release, send


def let_go(office: InvoiceOffice) -> int:
    office.connection.refresh_from_db()
    return release_held_invoices(office.connection, timezone.now())


def switch(office: InvoiceOffice, **changes: Any) -> None:
    set_switches(project=office.project, changes=changes, actor=office.admin.user, now=timezone.now())


def drop_link(model: Any, **which: Any) -> Callable[[], None]:
    link = model.objects.get(**which)
    link.delete()
    return lambda: link.save(force_insert=True)


def edit_item(office: InvoiceOffice) -> Callable[[], None]:
    """It is not sold any more."""
    item = office.refs["06 Framing"]
    [before] = [each for each in office.realm.list_documents("Item") if each["Id"] == item]
    office.realm.edit_document("Item", item, {"IncomeAccountRef": None})
    office.sync()

    def put_right() -> None:
        office.realm.edit_document("Item", item, {"IncomeAccountRef": before["IncomeAccountRef"]})
        office.sync()

    return put_right


def archive(office: InvoiceOffice) -> Callable[[], None]:
    projects = Project.objects.filter(pk=office.project.pk)
    projects.update(is_archived=True)

    def put_right() -> None:
        projects.update(is_archived=False)

    return put_right


def turn_off(office: InvoiceOffice) -> Callable[[], None]:
    switch(office, push_invoices=False)
    return lambda: switch(office, push_invoices=True)


OBSTACLES: dict[str, Callable[[InvoiceOffice], Callable[[], None]]] = {
    "project_not_linked": lambda office: drop_link(ProjectLink),
    "code_not_linked": lambda office: drop_link(CostCodeLink, cost_code=office.codes[0]),
    "item_ineligible": edit_item,
    "project_archived": archive,
    "pushing_off": turn_off,
}


def test_each_obstacle_holds_and_lets_go_when_it_is_gone(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    for code, put_in_the_way in OBSTACLES.items():
        invoice = release(office, office.draft())
        put_right = put_in_the_way(office)
        send(office, invoice)
        push = invoice_push(invoice)
        assert (push.state, push.hold_code) == (PushState.HELD, code)
        assert SyncIssue.objects.filter(reason=f"push_{code}", resolved_at=None).exists()
        assert let_go(office) == 0
        put_right()
        let_go(office)
        assert invoice_push(invoice).state == PushState.WAITING, code
        assert send(office, invoice).state == InvoiceState.UNPAID
    assert not SyncIssue.objects.filter(subject_type="push", resolved_at=None).exists()


def test_a_closed_period_has_three_ways_out(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    office.connection.closing_date = date(2026, 3, 31)
    office.connection.save()
    moved, waits, undecided = (release(office, office.draft()) for _ in range(3))
    for invoice in (moved, waits, undecided):
        send(office, invoice)
        assert invoice_push(invoice).hold_code == "closed_period"
    move_to_open_period(invoice=moved, issued_on=date(2026, 4, 2), member=office.admin, now=timezone.now())
    assert send(office, moved).state == InvoiceState.UNPAID
    assert office.invoices_there()[0]["DueDate"] == "2026-04-02"
    wait_for_reopening(invoice=waits, member=office.admin, now=timezone.now())
    assert invoice_push(waits).hold_code == "waits_for_reopening"
    issues = SyncIssue.objects.filter(subject_type="push", resolved_at=None)
    assert list(issues.values_list("subject_id", flat=True)) == [str(invoice_push(undecided).pk)]
    found = held_words([moved, waits, undecided])
    assert {pk: held.words for pk, held in found.items()} == {waits.pk: "Waits", undecided.pk: "Held"}
    assert let_go(office) == 0
    assert invoice_push(waits).hold_code == "waits_for_reopening"
    office.connection.closing_date = None
    office.connection.save()
    assert let_go(office) == 1
    assert [invoice_push(each).state for each in (waits, undecided)] == [PushState.WAITING, PushState.HELD]


def test_earlier_invoices_leave_counted_and_in_a_batch(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    switch(office, push_invoices=False, default_invoice_code=None)
    bare = release(office, office.draft(price("20.00", None)))
    release(office, office.draft())
    assert bare.lines.get().cost_code is None
    part_paid = release(office, office.draft())
    received = PaymentInput(date(2026, 3, 3), Decimal("400.00"))
    payment = record_payment(invoice=part_paid, values=received, member=office.admin, now=timezone.now())
    switch(office, push_invoices=True, default_invoice_code=office.codes[0])
    earlier = earlier_invoices(office.project)
    assert (earlier.invoices, earlier.amount) == (2, Decimal(1020))

    def send_them(expected: int) -> int:
        return send_earlier_invoices(
            project=office.project, expected=expected, member=office.admin, now=timezone.now()
        )

    with pytest.raises(InvoiceRefused, match="2 invoices now, not 3"):
        send_them(3)
    assert send_them(2) == 2
    assert perform_push_batch(office.connection.pk) == 1
    sent = Invoice.objects.exclude(pk=part_paid.pk)
    assert {each.state for each in sent} == {InvoiceState.UNPAID}
    assert {document["TotalAmt"] for document in office.invoices_there()} == {20, 1000}
    assert earlier_invoices(office.project).invoices == 0

    # In QuickBooks it would be unpaid: what was recorded here comes off first.
    assert partly_paid_here(office.project) == [part_paid]
    assert why_not_recordable(office.again(part_paid)) == STAYS_HERE
    remove_payment(payment=payment, member=office.admin, now=timezone.now())
    send_invoice(invoice=part_paid, member=office.admin, now=timezone.now())
    assert send(office, part_paid).state == InvoiceState.UNPAID
    assert partly_paid_here(office.project) == []


def test_what_a_release_asks_for(invoice_office: InvoiceOffice) -> None:
    office = invoice_office

    def refuse(invoice: Invoice, sentence: str, **how: Any) -> None:
        who = {"member": office.admin, "now": timezone.now(), **how}
        with pytest.raises(InvoiceRefused, match=sentence):
            release_invoice(invoice=invoice, **who)

    refuse(office.draft(), "Ask an Admin", member=office.member)
    refuse(office.draft(price("0.00", office.codes[0])), "comes to nothing")
    refuse(office.draft(), "meanwhile", mark="another")
    nobody = office.draft()
    Invoice.objects.filter(pk=nobody.pk).update(client_name="")
    refuse(nobody, "who the client is")
    assert not Push.objects.filter(kind="invoice").exists()
    released = release(office, office.draft())
    TeamMember.objects.filter(pk=office.admin.pk).update(role=Role.TEAM_MEMBER)
    send(office, released)
    assert invoice_push(released).hold_code == "releaser_gone"
