"""Asking for invoices to be sent: when one goes by itself, and earlier ones as an explicit, counted deed (U3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from budgets.bills.pushes import find_project_connection
from integrations.models import OPEN_STATES, Push, PushOperation, PushState
from integrations.outbox import (
    DecisionRefused,
    find_subject_push,
    push_or_retry,
    skip_in_earlier_books,
)
from integrations.outbox.holding import waits_as_decided
from integrations.switches import switches_of
from invoicing.invoices.codes import fill_default_code
from invoicing.invoices.drafting import lock_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.rights import may_release_invoices
from invoicing.invoices.words import Standing
from invoicing.models import Invoice, InvoiceState, ReceivedPayment
from ressio.activity import record_activity
from ressio.models import Project, TeamMember, User
from ressio.money import ZERO

KIND = "invoice"
NOT_LINKED = "The project is not connected to a customer in QuickBooks."


@dataclass(frozen=True)
class Earlier:
    """Released invoices of a project that are not in QuickBooks and not on their way."""

    invoices: int
    amount: Decimal


def should_push(invoice: Invoice) -> bool:
    """By itself after the release: the project is linked, and sending was turned on before the release."""
    switches = switches_of(invoice.project)
    if not switches.push_invoices or find_project_connection(invoice.project) is None:
        return False
    since = switches.push_invoices_since
    return since is None or (invoice.released_at is not None and invoice.released_at >= since)


def find_invoice_push(invoice: Invoice) -> Push | None:
    """The open one, if the invoice is on its way or held."""
    return find_subject_push(KIND, str(invoice.pk), connection_id=invoice.connection_id)


def leave_earlier_books(invoices: Sequence[Invoice], *, actor: User | None, now: datetime) -> None:
    """Raises `InvoiceRefused` where one may have arrived there."""
    try:
        skip_in_earlier_books(KIND, [str(invoice.pk) for invoice in invoices], actor=actor, now=now)
    except DecisionRefused as error:
        raise InvoiceRefused(str(error), code="on_its_way") from error


def held_words(invoices: Collection[Invoice]) -> dict[int, Standing]:
    """By the invoice's id, those whose way to QuickBooks is held, or waits as somebody decided (N13). One query."""
    ids = [str(invoice.pk) for invoice in invoices]
    held = Push.objects.filter(
        kind=KIND, subject_id__in=ids, state=PushState.HELD, connection__is_current=True
    )
    return {
        int(push.subject_id): Standing("Waits", "neutral")
        if waits_as_decided(push)
        else Standing("Held", "bad")
        for push in held
    }


def request_invoice_push(
    invoice: Invoice,
    *,
    requested_by: User | None,
    now: datetime,
    is_bulk: bool = False,
    operation: PushOperation = PushOperation.CREATE,
) -> Push:
    """One that is held is tried again. Raises `InvoiceRefused`."""
    connection = invoice.connection or find_project_connection(invoice.project)
    if connection is None:
        raise InvoiceRefused(NOT_LINKED, code="not_linked")
    return push_or_retry(
        connection=connection,
        kind=KIND,
        subject_id=str(invoice.pk),
        subject_label=str(invoice),
        requested_by=requested_by,
        now=now,
        operation=operation,
        quickbooks_id=invoice.quickbooks_id,
        is_bulk=is_bulk,
    )


def send_invoice(*, invoice: Invoice, member: TeamMember, now: datetime) -> Push:
    """Send a released invoice that did not go by itself. Raises `InvoiceRefused`."""
    with transaction.atomic():
        locked = lock_invoice(invoice)
        check_may_send(locked.project, member)
        if locked.state != InvoiceState.RELEASED:
            raise InvoiceRefused("Only a released invoice that is not in QuickBooks yet.", code="not_open")
        push = _send(locked, member.user, now)
        record_activity(company=locked.company, actor=member.user, verb="sent to QuickBooks", subject=locked)
    return push


def _send(invoice: Invoice, user: User | None, now: datetime, *, is_bulk: bool = False) -> Push:
    leave_earlier_books([invoice], actor=user, now=now)
    fill_default_code(invoice, is_sent=True)
    return request_invoice_push(invoice, requested_by=user, now=now, is_bulk=is_bulk)


def check_may_send(project: Project, member: TeamMember) -> None:
    if not may_release_invoices(member):
        raise InvoiceRefused("You may not send invoices to QuickBooks. Ask an Admin.", code="not_allowed")
    refuse_if_archived(project)
    refuse_while_off(project)
    if find_project_connection(project) is None:
        raise InvoiceRefused(NOT_LINKED, code="not_linked")


def refuse_if_elsewhere(invoice: Invoice) -> None:
    """What is asked of books that are not connected would wait for a day that may never come."""
    if invoice.is_in_earlier_books:
        raise InvoiceRefused(
            f"This invoice is in the earlier books ({invoice.connection}). Connect them again to change it there.",
            code="other_books",
        )


def refuse_if_archived(project: Project) -> None:
    """It is closed: nothing new is asked of its client without a word. Raises `InvoiceRefused`."""
    if project.is_archived:
        raise InvoiceRefused(f"{project} is archived. Restore the project first.", code="project_archived")


def refuse_while_off(project: Project) -> None:
    """Off, nothing leaves, and what is in QuickBooks stays as it is there."""
    if not switches_of(project).push_invoices:
        raise InvoiceRefused(
            "Sending invoices is off for this project. Turn it on in its Financials.", code="pushing_off"
        )


def earlier_invoices(project: Project) -> Earlier:
    """What `send_earlier_invoices` would send."""
    found = _earlier(project).aggregate(invoices=Count("pk"), amount=Sum("total"))
    return Earlier(found["invoices"], found["amount"] or ZERO)


def send_earlier_invoices(*, project: Project, expected: int, member: TeamMember, now: datetime) -> int:
    """Invoices released before sending was turned on, in batches. `expected` is the number that was shown: a different
    one means that something changed meanwhile, and nothing is sent. Raises `InvoiceRefused`.
    """
    check_may_send(project, member)
    with transaction.atomic():
        locked = _earlier(project).select_for_update(of=("self",)).order_by("pk")
        invoices = list(locked.select_related("project__company"))
        if len(invoices) != expected:
            raise InvoiceRefused(
                f"There are {len(invoices)} invoices now, not {expected}. Look again.", code="changed"
            )
        for invoice in invoices:
            _send(invoice, member.user, now, is_bulk=True)
        record_activity(
            company=project.company,
            actor=member.user,
            verb="sent earlier invoices of",
            subject=project,
            changes={"invoices": ["", str(len(invoices))]},
        )
    return len(invoices)


def partly_paid_here(project: Project) -> list[Invoice]:
    """Open invoices that `send_earlier_invoices` leaves here because of the payments recorded here."""
    paid = ReceivedPayment.objects.filter(removed_at=None).values("invoice")
    open_here = Invoice.objects.filter(project=project, state=InvoiceState.PARTLY_PAID, quickbooks_id="")
    return list(open_here.filter(pk__in=paid).order_by("issued_on", "pk"))


def _earlier(project: Project) -> "QuerySet[Invoice]":
    """Not those with payments recorded here: in QuickBooks they would be unpaid."""
    stays_behind = Q(connection__is_current=False, state__in=(PushState.WAITING, PushState.HELD))
    open_pushes = Push.objects.filter(kind=KIND, state__in=OPEN_STATES).exclude(stays_behind)
    on_the_way = [int(pk) for pk in open_pushes.values_list("subject_id", flat=True)]
    paid = ReceivedPayment.objects.filter(removed_at=None).values("invoice")
    invoices: QuerySet[Invoice] = Invoice.objects.filter(project=project, state=InvoiceState.RELEASED)
    return invoices.exclude(pk__in=on_the_way).exclude(pk__in=paid)
