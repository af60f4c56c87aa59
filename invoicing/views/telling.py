"""What an invoice's page tells: its road so far, what happened to it, and what may be done about it now."""

from dataclasses import dataclass

from budgets.bills.pushes import find_project_connection
from budgets.bills.telling import CLOSED, Event, Step, event_of
from integrations.models import Push, PushOperation, PushState, PushTry
from integrations.switches import switches_of
from invoicing.invoices.notes import differs
from invoicing.invoices.pushes import KIND, find_invoice_push
from invoicing.invoices.rights import may_draft_on, may_release_invoices
from invoicing.invoices.voiding import why_not_voidable
from invoicing.models import Invoice, InvoiceState
from invoicing.payments.recording import why_not_recordable
from ressio.models import Activity, TeamMember
from ressio.money import ZERO

HERE = (InvoiceState.DRAFT, InvoiceState.RELEASED, InvoiceState.PARTLY_PAID, InvoiceState.PAID)
THERE = (
    InvoiceState.DRAFT,
    InvoiceState.RELEASED,
    InvoiceState.UNPAID,
    InvoiceState.PARTLY_PAID,
    InvoiceState.PAID,
)
ROAD_WORDS = {InvoiceState.UNPAID: "In QuickBooks, unpaid"}


def road_of(invoice: Invoice) -> list[Step]:
    """Through QuickBooks only where the project sends its invoices. A void one has left the road."""
    if invoice.is_closed:
        return [Step(invoice.get_state_display(), False, True)]
    goes = bool(invoice.quickbooks_id) or switches_of(invoice.project).push_invoices
    states = THERE if goes or invoice.state == InvoiceState.UNPAID else HERE
    place = states.index(InvoiceState(invoice.state))
    return [
        Step(ROAD_WORDS.get(state, str(state.label)), number < place, number == place)
        for number, state in enumerate(states)
    ]


def history_of(invoice: Invoice) -> list[Event]:
    """Newest first; three queries."""
    pushes = Push.objects.filter(kind=KIND, subject_id=str(invoice.pk)).values_list("pk", flat=True)
    deeds = Activity.objects.filter(
        subject_type="invoicing.invoice", subject_id=str(invoice.pk)
    ) | Activity.objects.filter(subject_type="integrations.push", subject_id__in=[str(pk) for pk in pushes])
    events = [event_of(deed) for deed in deeds.select_related("actor")]
    events += [Event(change.at, "QuickBooks", change.what, change.fields) for change in invoice.changes.all()]
    return sorted(events, key=lambda event: event.at, reverse=True)


def tries_of(invoice: Invoice) -> list[PushTry]:
    """Every request that carried it, newest first."""
    pushes = Push.objects.filter(kind=KIND, subject_id=str(invoice.pk)).prefetch_related("attempts")
    tries = [attempt for push in pushes for attempt in push.attempts.all()]
    return sorted(tries, key=lambda attempt: attempt.began_at, reverse=True)[:20]


@dataclass(frozen=True)
class Choices:
    """What this member may do with the invoice as it stands; a page offers exactly these."""

    edit: bool = False
    remove: bool = False
    release: bool = False
    take_back: bool = False
    send: bool = False
    decide: bool = False
    """About a push that is held: try again, or do not send."""
    withdraw: bool = False
    renumber: bool = False
    closed_period: bool = False
    link: bool = False
    void: bool = False
    why_not_void: str = ""
    """A sentence; "" where it can be voided, or never could by this member."""
    copy: bool = False
    """As a new draft, of one that is void or gone."""
    conflict: bool = False
    accept: bool = False
    """The difference between our total and QuickBooks'."""
    record: bool = False
    why_not_record: str = ""
    """In a sentence without its full stop; "" where a payment can be recorded, or never will be."""
    remove_payments: bool = False
    share: bool = False
    mail: bool = False
    preview: bool = False


def choices_of(invoice: Invoice, member: TeamMember) -> Choices:
    drafts, decides = may_draft_on(member, invoice.project), may_release_invoices(member)
    if invoice.is_draft:
        return Choices(edit=drafts, remove=drafts, release=decides, share=decides, preview=True)
    push = find_invoice_push(invoice)
    is_held = push is not None and push.state == PushState.HELD
    is_movable = push is None or push.state in (PushState.HELD, PushState.WAITING)
    is_here = invoice.state == InvoiceState.RELEASED
    is_new = push is None or push.operation == PushOperation.CREATE
    stays_behind = push is not None and is_movable and not push.connection.is_current
    is_earlier = invoice.is_in_earlier_books
    is_voidable = invoice.counts and invoice.void_requested_at is None and invoice.paid == ZERO
    holds = push.hold_code if push is not None and is_held and decides else ""
    why_not = why_not_recordable(invoice)
    return Choices(
        edit=may_edit(invoice, member),
        take_back=is_here and decides and is_movable and not invoice.paid,
        send=is_here and decides and (push is None or stays_behind) and goes_to_quickbooks(invoice),
        decide=is_held and decides,
        withdraw=push is not None and is_movable and decides,
        renumber=is_here and is_held and decides and holds not in CLOSED and is_new,
        link=is_here and is_held and decides and is_new and not stays_behind,
        closed_period=holds in CLOSED and is_new,
        void=is_voidable and decides and not is_earlier,
        why_not_void=why_not_voidable(invoice) if decides and invoice.counts and invoice.paid else "",
        copy=drafts and invoice.is_closed,
        conflict=bool(invoice.conflicts) and decides and not (invoice.is_closed or is_earlier),
        accept=differs(invoice) and decides and not invoice.conflicts,
        record=invoice.counts and decides and not why_not,
        why_not_record=why_not if invoice.counts and invoice.outstanding > ZERO else "",
        remove_payments=decides and not invoice.quickbooks_id,
        share=decides,
        mail=decides and invoice.counts,
        preview=not invoice.is_closed,
    )


def may_edit(invoice: Invoice, member: TeamMember) -> bool:
    """A draft, or one that is in QuickBooks: saving that sends the change. Else the release is taken back first."""
    if invoice.is_draft:
        return may_draft_on(member, invoice.project)
    is_settled = not (invoice.conflicts or invoice.void_requested_at or invoice.is_in_earlier_books)
    return invoice.is_in_quickbooks and is_settled and may_release_invoices(member)


def goes_to_quickbooks(invoice: Invoice) -> bool:
    """The project sends its invoices there: a release makes it leave at once."""
    switches = switches_of(invoice.project)
    return switches.push_invoices and find_project_connection(invoice.project) is not None
