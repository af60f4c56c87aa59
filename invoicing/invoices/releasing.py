"""From draft to released, and back while nothing has left: who may say so, and what follows at once (R42, U3)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from budgets.bills.readiness import CLOSED_PERIOD, WAITS_FOR_REOPENING, move_dates, say_waiting
from integrations.models import Push, PushState
from integrations.outbox import DecisionRefused, is_still_here, restate_hold, retry_push, skip_push
from invoicing.invoices.checking import has_line_breaks, refuse_number_in_use
from invoicing.invoices.codes import empty_default_code, fill_default_code
from invoicing.invoices.drafting import lock_invoice, telling_collisions
from invoicing.invoices.due import due_by_terms
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.figuring import refresh_figures
from invoicing.invoices.numbering import take_number
from invoicing.invoices.pushes import (
    KIND,
    Earlier,
    earlier_invoices,
    find_invoice_push,
    leave_earlier_books,
    partly_paid_here,
    refuse_if_archived,
    request_invoice_push,
    send_earlier_invoices,
    send_invoice,
    should_push,
)
from invoicing.invoices.rights import may_release_invoices
from invoicing.invoices.seen import refuse_if_changed
from invoicing.invoices.voiding import void_invoice
from invoicing.models import CLOSED_INVOICE_STATES, Invoice, InvoiceState
from ressio.activity import record_activity
from ressio.models import TeamMember
from ressio.money import ZERO

__all__ = [
    "KIND",
    "Earlier",
    "change_number",
    "earlier_invoices",
    "move_to_open_period",
    "partly_paid_here",
    "release_invoice",
    "send_earlier_invoices",
    "send_invoice",
    "take_back_release",
    "void_invoice",
    "wait_for_reopening",
]

ON_ITS_WAY = "The invoice is on its way to QuickBooks. Wait for the answer, then decide."


def release_invoice(*, invoice: Invoice, member: TeamMember, now: datetime, mark: str = "") -> Invoice:
    """The client has it from now on, and QuickBooks where the project says so (U3). Released already, it stays as it
    is: a button pressed twice releases once. `mark`: `seen.mark_of` what the member saw. Raises `InvoiceRefused`.
    """
    with telling_collisions(invoice.number), transaction.atomic():
        locked = lock_invoice(invoice)
        _check_may_release(locked, member)
        if locked.counts:
            return locked
        if not locked.is_draft:
            raise InvoiceRefused(f"This invoice is {locked.get_state_display().lower()}.", code="not_draft")
        refuse_if_changed(locked, mark)
        refuse_if_archived(locked.project)
        locked.state, locked.released_by, locked.released_at = InvoiceState.RELEASED, member.user, now
        is_sent = should_push(locked)
        fill_default_code(locked, is_sent=is_sent)
        locked.issued_on = locked.issued_on or timezone.localdate(now)
        locked.due_on = locked.due_on or due_by_terms(locked.terms, locked.issued_on)
        locked.number = locked.number or take_number(locked.project)
        refresh_figures(locked)
        _check_complete(locked)
        locked.save()
        record_activity(company=locked.company, actor=member.user, verb="released", subject=locked)
        if is_sent:
            leave_earlier_books([locked], actor=member.user, now=now)
            request_invoice_push(locked, requested_by=member.user, now=now)
    return locked


def take_back_release(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """Back to draft, with its number. Refused once it may have reached QuickBooks, or money was recorded on it."""
    with transaction.atomic():
        locked = lock_invoice(invoice)
        _check_may_release(locked, member)
        _check_is_here(locked)
        if locked.received_payments.filter(removed_at=None).exists():
            raise InvoiceRefused("A payment is recorded on it. Remove the payment first.", code="paid")
        withdraw_push(find_invoice_push(locked), member, now)
        empty_default_code(locked)
        locked.state, locked.released_by, locked.released_at = InvoiceState.DRAFT, None, None
        locked.waits_for_reopening = False
        locked.save()
        record_activity(
            company=locked.company, actor=member.user, verb="took back the release of", subject=locked
        )
    return locked


def withdraw_push(push: Push | None, member: TeamMember, now: datetime) -> None:
    """Raises `InvoiceRefused` where it may have arrived."""
    if push is None:
        return
    try:
        skip_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise InvoiceRefused(ON_ITS_WAY, code="on_its_way") from error


# While it is held -----------------------------------------------------------------------------------------------------


def change_number(*, invoice: Invoice, number: str, member: TeamMember, now: datetime) -> Invoice:
    """Another number for one that is not in QuickBooks, whose number is taken there (6140); it is sent at once."""
    number = number.strip()
    with telling_collisions(number), transaction.atomic():
        locked, push = _lock_unsent(invoice, member)
        if not number or len(number) > 21:
            raise InvoiceRefused("A number has 1 to 21 characters.", field="number")
        if has_line_breaks(number):
            raise InvoiceRefused("A number stands on one line.", field="number")
        others = Invoice.objects.filter(company=locked.company, number=number).exclude(pk=locked.pk)
        if others.exclude(state__in=CLOSED_INVOICE_STATES).exists():
            raise refuse_number_in_use(number)
        changes = {"number": [locked.number, number]}
        locked.number = number
        locked.save(update_fields=["number"])
        record_activity(
            company=locked.company, actor=member.user, verb="renumbered", subject=locked, changes=changes
        )
        _send_again(push, locked, member, now)
    return locked


def move_to_open_period(*, invoice: Invoice, issued_on: date, member: TeamMember, now: datetime) -> Invoice:
    """One of N13's three ways: a held invoice gets a date after the closing date, and is sent."""
    with transaction.atomic():
        locked, push = _lock_unsent(invoice, member)
        closing = push.connection.closing_date if push else None
        if closing and issued_on <= closing:
            raise InvoiceRefused(
                f"The books are closed up to {closing}. Choose a later date.", field="issued_on"
            )
        changes = move_dates(locked, issued_on)
        locked.save()
        refresh_figures(locked)
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="moved to an open period",
            subject=locked,
            changes=changes,
        )
        _send_again(push, locked, member, now)
    return locked


def wait_for_reopening(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """Another of the three: it stays held and leaves by itself once the period is open again."""
    with transaction.atomic():
        locked = lock_invoice(invoice)
        _check_may_release(locked, member)
        _check_is_here(locked)
        locked.waits_for_reopening = True
        locked.save(update_fields=["waits_for_reopening"])
        push = find_invoice_push(locked)
        if push is not None and push.state == PushState.HELD and push.hold_code == CLOSED_PERIOD:
            sentence = say_waiting(push.connection.closing_date)
            restate_hold(push=push, code=WAITS_FOR_REOPENING, sentence=sentence, now=now)
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="waits for the period to be reopened with",
            subject=locked,
        )
    return locked


def _lock_unsent(invoice: Invoice, member: TeamMember) -> tuple[Invoice, Push | None]:
    """Nothing of it can have arrived."""
    locked = lock_invoice(invoice)
    _check_may_release(locked, member)
    _check_is_here(locked)
    push = find_invoice_push(locked)
    if push is not None and not is_still_here(push):
        raise InvoiceRefused(ON_ITS_WAY, code="on_its_way")
    return locked, push


def _send_again(push: Push | None, invoice: Invoice, member: TeamMember, now: datetime) -> None:
    if push is None:
        return
    Push.objects.filter(pk=push.pk).update(subject_label=str(invoice)[:300])
    if push.state == PushState.HELD:
        retry_push(push=push, actor=member.user, now=now)


# Checks ---------------------------------------------------------------------------------------------------------------


def _check_may_release(invoice: Invoice, member: TeamMember) -> None:
    if not may_release_invoices(member):
        raise InvoiceRefused("You may not release invoices. Ask an Admin.", code="not_allowed")


def _check_is_here(invoice: Invoice) -> None:
    if invoice.state != InvoiceState.RELEASED:
        raise InvoiceRefused("Only a released invoice that is not in QuickBooks yet.", code="not_open")


def _check_complete(invoice: Invoice) -> None:
    if not invoice.client_name.strip():
        raise InvoiceRefused("Say who the client is first.", field="client_name")
    if not invoice.lines.exists():
        raise InvoiceRefused("The invoice has no line yet.", field="lines")
    if invoice.total <= ZERO:
        raise InvoiceRefused("The invoice comes to nothing. Enter its amounts first.", field="lines")
    if invoice.due_on and invoice.issued_on and invoice.due_on < invoice.issued_on:
        raise InvoiceRefused("It is due before its date.", field="due_on")
