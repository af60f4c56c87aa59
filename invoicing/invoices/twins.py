"""Invoices of ours as QuickBooks has them. Those made there are not imported (M69).

Runs in the transaction that stores the documents. An invoice's words are ours: a change made there is flagged with both
versions and never taken over, nor overwritten, by itself (U6). Payments move nothing here but the balance (C14).
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from budgets.reading import Json, read_decimal
from integrations.gateway.rows import Row
from integrations.models import Connection, ProjectLink, Push, PushOperation, PushState
from integrations.outbox import (
    IN_FLIGHT,
    NOT_LEFT,
    DecisionRefused,
    creates_in_flight,
    note_as_done,
    retry_push,
    skip_push,
)
from integrations.outbox.holding import hold
from integrations.registry import register_projector
from invoicing.invoices.applied import PAID, paid_sentence
from invoicing.invoices.facts import (
    InvoiceFacts,
    differences,
    dump_facts,
    is_voided,
    load_facts,
    read_applied,
    read_invoice_facts,
)
from invoicing.invoices.naming import name_lines
from invoicing.invoices.notes import load_names, note_change, show_conflict, show_difference
from invoicing.invoices.pushes import KIND, find_invoice_push
from invoicing.invoices.recognising import is_older, is_same_invoice, says_the_same
from invoicing.invoices.selling import sold_lines
from invoicing.invoices.unbilling import bill_again, free_costs
from invoicing.models import CLOSED_INVOICE_STATES, Invoice, InvoiceState
from invoicing.payments.paid import refresh_paid
from ressio.money import ZERO, round_cents

STALE = "5010"
AT_ONCE = 500
_HEAD = ("number", "issued_on", "due_on", "memo", "total")


def register_invoice_projector() -> None:
    """Before the payments' own, so that an invoice is known when its payments are."""
    register_projector("Invoice", follow_invoices)


def follow_invoices(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    now = timezone.now()
    documents = {str(row.data["Id"]): row.data for row in changed}
    known = _known(connection, [*documents, *deleted_ids])
    known |= _recognise_sent(connection, {key: each for key, each in documents.items() if key not in known})
    known |= _recognise_arrivals(
        connection, {key: each for key, each in documents.items() if key not in known}
    )
    for quickbooks_id, document in documents.items():
        if invoice := known.get(quickbooks_id):
            follow(invoice, connection, document, now=now)
    for quickbooks_id in deleted_ids:
        if invoice := known.get(quickbooks_id):
            _close(invoice, InvoiceState.DELETED, "Deleted in QuickBooks", now=now)


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Invoice]:
    found: dict[str, Invoice] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = Invoice.objects.filter(connection=connection, quickbooks_id__in=ids[start : start + AT_ONCE])
        found |= {invoice.quickbooks_id: invoice for invoice in _locked(some)}
    return found


def _locked(invoices: "QuerySet[Invoice]") -> "QuerySet[Invoice]":
    """Always in this order, as `lock_invoices`."""
    return invoices.select_for_update(of=("self",)).select_related("company", "project").order_by("pk")


def _recognise_sent(connection: Connection, documents: Mapping[str, Json]) -> dict[str, Invoice]:
    """Answers to our own pushes, being recorded in this very transaction."""
    found: dict[str, Invoice] = {}
    ids = list(documents)
    for start in range(0, len(ids), AT_ONCE):
        done = Push.objects.filter(
            connection=connection,
            kind=KIND,
            state=PushState.DONE,
            operation=PushOperation.CREATE,
            quickbooks_id__in=ids[start : start + AT_ONCE],
        )
        subjects = {int(push.subject_id): push.quickbooks_id for push in done}
        released = Invoice.objects.filter(pk__in=subjects, quickbooks_id="", state=InvoiceState.RELEASED)
        found |= {subjects[invoice.pk]: invoice for invoice in _locked(released)}
    return found


def _recognise_arrivals(connection: Connection, documents: Mapping[str, Json]) -> dict[str, Invoice]:
    """A document that came by a sync while the push that made it has no answer yet: it is ours."""
    sent = creates_in_flight(connection, KIND) if documents else []
    if not sent:
        return {}
    released = Invoice.objects.filter(quickbooks_id="", state=InvoiceState.RELEASED)
    ours = {each.pk: each for each in _locked(released.filter(pk__in=[push.subject_id for push in sent]))}
    found: dict[str, Invoice] = {}
    for quickbooks_id, document in documents.items():
        for push in sent:
            invoice = ours.get(int(push.subject_id))
            if invoice is None or not is_same_invoice(push.payload, document):
                continue
            if not is_older(document, push.first_sent_at):
                found[quickbooks_id] = ours.pop(invoice.pk)
                break
    return found


def follow(invoice: Invoice, connection: Connection, document: Json, *, now: datetime) -> None:
    """Link it if this is the first sight of it, else look at what changed there."""
    if not invoice.quickbooks_id:
        _arrive(invoice, connection, document, now=now)
    elif is_voided(document):
        take_figures(invoice, document)
        _close(invoice, InvoiceState.VOID, "Voided in QuickBooks", now=now)
        _follow_push(invoice, document, now=now)
    else:
        _compare(invoice, document, now=now)
        _follow_push(invoice, document, now=now)


def follow_answer(invoice: Invoice, push: Push, document: Json, *, now: datetime) -> None:
    """QuickBooks' answer is in the mirror, and the invoice follows it already, unless a person has just said which
    document it is.
    """
    quickbooks_id = str(document["Id"])
    if push.operation != PushOperation.CREATE or invoice.quickbooks_id:
        return
    _arrive(invoice, push.connection, document, now=now, is_linked=True)
    refresh_paid(push.connection, [quickbooks_id], now=now)


def _arrive(
    invoice: Invoice, connection: Connection, document: Json, *, now: datetime, is_linked: bool = False
) -> None:
    """`is_linked`: a person said that this document is it, which may say other things than ours."""
    theirs = read_invoice_facts(document)
    said = _HEAD if is_linked else ("number",)  # QuickBooks may number by itself
    ours = replace(theirs, **{name: getattr(invoice, name) for name in said})
    if is_linked:
        ours = replace(ours, customer_ref=_customer_of(invoice, connection) or theirs.customer_ref)
    invoice.due_on = invoice.due_on or theirs.due_on
    invoice.connection, invoice.quickbooks_id = connection, str(document["Id"])
    invoice.state, invoice.waits_for_reopening = InvoiceState.UNPAID, False
    invoice.agreed = dump_facts(theirs)
    take_figures(invoice, document)
    is_all_named = name_lines(invoice, theirs)
    note_change(invoice, "Arrived in QuickBooks", now=now)
    if is_voided(document):
        _close(invoice, InvoiceState.VOID, "Voided in QuickBooks", now=now)
        return
    names = load_names(connection, ours, theirs) if is_linked else {}
    fields = [[each.label, each.before, each.after] for each in differences(ours, theirs, names)]
    if not is_all_named:
        fields.append(["Lines", "as here", "others"])
    if fields:
        flag(invoice, theirs, fields)
    invoice.save()
    show_conflict(invoice, now=now)
    show_difference(invoice, now=now)


def _customer_of(invoice: Invoice, connection: Connection) -> str:
    """Whom the project is linked to."""
    links = ProjectLink.objects.filter(connection=connection, project=invoice.project_id)
    return links.values_list("customer_ref", flat=True).first() or ""


def take_figures(invoice: Invoice, document: Json) -> None:
    """What QuickBooks computes. A difference that somebody accepted was of that total, and no other."""
    if is_voided(document):
        invoice.balance = ZERO
        return
    total = round_cents(read_decimal(document.get("TotalAmt")) or ZERO)
    balance = read_decimal(document.get("Balance"))
    if invoice.quickbooks_total != total:
        invoice.difference_accepted_at = None
    invoice.quickbooks_total, invoice.quickbooks_tax = total, round_cents(read_invoice_facts(document).tax)
    invoice.balance = total if balance is None else round_cents(balance)


# Changed there --------------------------------------------------------------------------------------------------------


def _compare(invoice: Invoice, document: Json, *, now: datetime) -> None:
    theirs = read_invoice_facts(document)
    take_figures(invoice, document)
    if invoice.is_closed:
        _come_back(invoice, now=now)
    if not invoice.agreed or theirs == load_facts(invoice.agreed):
        if invoice.conflicts:
            note_change(invoice, "Changed back in QuickBooks", now=now)
        invoice.agreed, invoice.conflicts = dump_facts(theirs), {}
    elif _is_our_change(invoice, document):
        invoice.agreed, invoice.conflicts = dump_facts(theirs), {}
        name_lines(invoice, theirs)
        note_change(invoice, "QuickBooks has our version again", now=now)
    else:
        names = load_names(invoice.connection, load_facts(invoice.agreed), theirs)
        changes = differences(load_facts(invoice.agreed), theirs, names)
        fields = [[each.label, each.before, each.after] for each in changes]
        if flag(invoice, theirs, fields):
            note_change(invoice, "Changed in QuickBooks: somebody has to decide", changes, now=now)
    invoice.save()
    show_conflict(invoice, now=now)
    show_difference(invoice, now=now)


def flag(invoice: Invoice, theirs: InvoiceFacts, fields: list[list[str]]) -> bool:
    """Both versions, until a person decides; False when the question is the same as before."""
    stored = {"theirs": dump_facts(theirs), "fields": fields}
    is_news = stored != invoice.conflicts
    invoice.conflicts = stored
    return is_news


def flag_unsent(invoice: Invoice, *, now: datetime) -> None:
    """Our change does not go there after all: both versions stand side by side until a person decides, as where
    QuickBooks' was changed. What the change took off the invoice is charged there still.
    """
    theirs = load_facts(invoice.agreed)
    heads = {name: getattr(invoice, name) for name in _HEAD}
    ours = replace(theirs, **heads | {"due_on": invoice.due_on or theirs.due_on})
    fields = [[each.label, each.before, each.after] for each in differences(ours, theirs, {})]
    is_all_named = name_lines(invoice, theirs)
    words = [[line.description.strip() for line in lines] for lines in (sold_lines(invoice), theirs.lines)]
    if not is_all_named or sorted(words[0]) != sorted(words[1]):
        fields.append(["Lines", "as here", "others"])
    if fields:
        flag(invoice, theirs, fields)
        invoice.save(update_fields=["conflicts"])
    show_conflict(invoice, now=now)
    show_difference(invoice, now=now)


def _is_our_change(invoice: Invoice, document: Json) -> bool:
    """An answer to an UPDATE of ours, being recorded now, or one that was lost on the way."""
    push = find_invoice_push(invoice) or _last_push(invoice)
    if push is None or push.operation != PushOperation.UPDATE or not push.payload:
        return False
    payload = json.loads(push.payload, parse_float=Decimal)
    if push.state == PushState.DONE:
        return _is_next_version(payload, document)
    was_lost = push.state in IN_FLIGHT or (push.state == PushState.HELD and push.hold_code == STALE)
    return was_lost and says_the_same(payload, document)


def _is_next_version(payload: Json, document: Json) -> bool:
    """QuickBooks counts versions one by one: a later one is somebody else's."""
    before, after = read_decimal(payload.get("SyncToken")), read_decimal(document.get("SyncToken"))
    return before is not None and after == before + 1


def _last_push(invoice: Invoice) -> Push | None:
    found: Push | None = (
        Push.objects.filter(connection=invoice.connection, kind=KIND, subject_id=str(invoice.pk))
        .order_by("-pk")
        .first()
    )
    return found


def _come_back(invoice: Invoice, *, now: datetime) -> None:
    """Its costs are billed by it again, but for those that another invoice has billed meanwhile."""
    used = Invoice.objects.filter(company=invoice.company_id, number=invoice.number).exclude(pk=invoice.pk)
    if invoice.number and used.exclude(state__in=CLOSED_INVOICE_STATES).exists():
        invoice.number = ""
    invoice.state, invoice.gone_at = InvoiceState.UNPAID, None
    invoice.voided_at, invoice.voided_by = None, None
    missing = bill_again(invoice)
    what = "Is back in QuickBooks"
    if missing:
        what += f"; {missing} of its costs are gone, or on other invoices meanwhile"
    note_change(invoice, what, now=now)


def _close(invoice: Invoice, state: InvoiceState, what: str, *, now: datetime) -> None:
    """It keeps its last figures and is never made again by itself (U7); what it billed is free again."""
    if invoice.state == state:
        return
    was_asked = invoice.void_requested_at is not None and state == InvoiceState.VOID
    if was_asked:
        what = "Voided in QuickBooks, as was asked for here"
        invoice.voided_by = invoice.void_requested_by
    invoice.state, invoice.gone_at, invoice.conflicts = state, now, {}
    invoice.voided_at = now if state == InvoiceState.VOID else None
    invoice.void_requested_at = invoice.void_requested_by = None
    free_costs(invoice)
    invoice.save()
    note_change(invoice, what, now=now)
    show_conflict(invoice, now=now)
    show_difference(invoice, now=now)
    if state == InvoiceState.DELETED:
        _drop_push(invoice, now=now)


# What is on its way meanwhile -----------------------------------------------------------------------------------------


def _follow_push(invoice: Invoice, document: Json, *, now: datetime) -> None:
    """A push that was refused because the document had changed: is it done, still right, or somebody's to decide?"""
    push = find_invoice_push(invoice)
    if push is None or push.operation == PushOperation.CREATE:
        return
    with suppress(DecisionRefused):  # a sender was faster: its answer tells
        _settle(push, invoice, document, now=now)


def _settle(push: Push, invoice: Invoice, document: Json, *, now: datetime) -> None:
    if invoice.is_closed:
        _end_push(push, is_done=push.operation == PushOperation.VOID, now=now)
    elif push.state != PushState.HELD or push.hold_code != STALE:
        return
    elif push.operation == PushOperation.VOID and read_applied(document) > ZERO:
        hold(push, code=PAID, sentence=paid_sentence(read_applied(document)))
    elif invoice.conflicts:
        hold(
            push,
            code="conflict",
            sentence="It was changed in QuickBooks meanwhile. Look at it and decide first.",
        )
    elif push.operation == PushOperation.UPDATE and _is_our_change(invoice, document):
        note_as_done(push=push, now=now)
    else:
        retry_push(push=push, actor=push.requested_by, now=now)


def _end_push(push: Push, *, is_done: bool, now: datetime) -> None:
    if push.state == PushState.HELD and is_done and push.payload:
        note_as_done(push=push, now=now)
    elif push.state in NOT_LEFT:
        skip_push(push=push, actor=None, now=now)


def _drop_push(invoice: Invoice, *, now: datetime) -> None:
    push = find_invoice_push(invoice)
    if push is not None:
        with suppress(DecisionRefused):
            _end_push(push, is_done=False, now=now)
