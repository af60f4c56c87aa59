"""Bills as QuickBooks has them: what arrives there is shown here, and what was sent from here is followed.

Runs in the transaction that stores the documents, so a bill, its state and the budget change together. QuickBooks
is the master of what it has (U6): edits made there are taken over with before and after, edits of ours that are
still on their way are merged with them, and only where both sides changed the same field somebody is asked (N7).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from budgets.bills.before_link import restore_before_link
from budgets.bills.edit_pushes import follow_edit, may_have_arrived
from budgets.bills.facts import (
    dump_facts,
    facts_of,
    load_facts,
    total_of_lines,
    write_facts,
    write_facts_of_many,
)
from budgets.bills.file_upkeep import forget_attachments, hand_files_over
from budgets.bills.merging import BillFacts, BillFactsLine, FieldChange, Merged, differences, merge
from budgets.bills.mirrored import find_document
from budgets.bills.moving import customers_named, follow_to_project
from budgets.bills.numbers import normalise_number
from budgets.bills.own_lines import count_own_lines, drop_own_lines
from budgets.bills.paying import paid_state, read_payment_parts
from budgets.bills.pushes import KIND
from budgets.bills.reading import BillHead, customer_refs, read_bill_facts, read_head
from budgets.bills.recognising import is_same_bill, was_made_before
from budgets.bills.words import Wording
from budgets.knowledge import load_known_projects
from budgets.models import Bill, BillChange, BillLine, BillOrigin, BillPaymentPart, BillState
from budgets.reading import Json
from integrations.gateway.rows import Row
from integrations.models import Connection, Push, PushOperation, PushState
from integrations.outbox import creates_in_flight, look_again
from integrations.registry import register_projector
from ressio.bulk import bulk_insert
from ressio.money import ZERO, round_cents

AT_ONCE = 500


def register_bill_projectors() -> None:
    """After the cost lines' own, so that a document's lines are there when our own are dropped."""
    register_projector("Bill", follow_bills)
    register_projector("BillPayment", follow_payments)


# Bills --------------------------------------------------------------------------------------------------------------


def follow_bills(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    now = timezone.now()
    documents = {str(row.data["Id"]): row.data for row in changed}
    known = _known_bills(connection, [*documents, *deleted_ids])
    known |= _recognise_sent(connection, {key: doc for key, doc in documents.items() if key not in known})
    known |= _recognise_arrivals(connection, {key: doc for key, doc in documents.items() if key not in known})
    projects = load_known_projects(connection) if any(bill.is_ours for bill in known.values()) else {}
    read_only: list[Bill] = []
    arrived: list[Arrival] = []
    for quickbooks_id, document in documents.items():
        bill = known.get(quickbooks_id)
        if bill is None:
            continue
        if bill.is_ours and not bill.quickbooks_id:
            arrived.append(_read_arrival(bill, document, projects))
        elif bill.is_ours:
            follow_own_bill(bill, connection, document, projects, now=now)
        else:
            _take_head(bill, read_head(document), now=now)
            read_only.append(bill)
    _link(connection, arrived, now=now)
    Bill.objects.bulk_update(read_only, _HEAD_COLUMNS, batch_size=AT_ONCE)
    _add_bills(connection, [doc for key, doc in documents.items() if key not in known], now=now)
    _bury([known[key] for key in deleted_ids if key in known], now=now)
    refresh_paid(connection, list(documents))


def _known_bills(connection: Connection, ids: Sequence[str]) -> dict[str, Bill]:
    found: dict[str, Bill] = {}
    for start in range(0, len(ids), AT_ONCE):
        bills = _locked().filter(connection=connection, quickbooks_id__in=ids[start : start + AT_ONCE])
        found |= {bill.quickbooks_id: bill for bill in bills}
    return found


def _locked() -> "QuerySet[Bill]":
    """What somebody is changing here at this moment is waited for, and not written over."""
    found: QuerySet[Bill] = Bill.objects.select_for_update(of=("self",)).select_related("vendor")
    return found.order_by("pk")


def _recognise_sent(connection: Connection, documents: Mapping[str, Json]) -> dict[str, Bill]:
    """Answers to our own pushes, being recorded in this very transaction."""
    if not documents:
        return {}
    pushes = Push.objects.filter(
        connection=connection, kind=KIND, state=PushState.DONE, quickbooks_id__in=list(documents)[:AT_ONCE]
    ).filter(operation=PushOperation.CREATE)
    subjects = {int(push.subject_id): push.quickbooks_id for push in pushes}
    bills = _locked().filter(pk__in=subjects, quickbooks_id="", state=BillState.APPROVED)
    return {subjects[bill.pk]: bill for bill in bills}


def _recognise_arrivals(connection: Connection, documents: Mapping[str, Json]) -> dict[str, Bill]:
    """A document that came by a sync while the push that made it has no answer yet: it is ours, and counts once."""
    in_flight = _in_flight(connection) if documents else []
    found: dict[str, Bill] = {}
    for quickbooks_id, document in documents.items():
        for index, (bill, payload, sent_at) in enumerate(in_flight):
            if is_same_bill(payload, document) and not _is_older(document, sent_at):
                found[quickbooks_id] = bill
                del in_flight[index]
                break
    return found


def _in_flight(connection: Connection) -> list[tuple[Bill, Json, datetime | None]]:
    sent = creates_in_flight(connection, KIND)
    bills = _locked().filter(quickbooks_id="", state=BillState.APPROVED)
    by_pk = bills.in_bulk([int(each.subject_id) for each in sent])
    return [
        (by_pk[int(each.subject_id)], each.payload, each.first_sent_at)
        for each in sent
        if int(each.subject_id) in by_pk
    ]


def _is_older(document: Json, first_sent_at: datetime | None) -> bool:
    """Made well before we sent anything: somebody entered it by hand. Clocks may differ by some minutes."""
    return first_sent_at is not None and was_made_before(document, first_sent_at)


# A bill of ours -----------------------------------------------------------------------------------------------------


def follow_own_bill(
    bill: Bill, connection: Connection, document: Json, projects: Mapping[str, str], *, now: datetime
) -> None:
    """Link it if this is the first sight of it, else take over what changed there."""
    if bill.quickbooks_id:
        theirs = read_bill_facts(document, projects=projects)
        _take_over(bill, theirs, read_head(document), now=now)
    else:
        _link(connection, [_read_arrival(bill, document, projects)], now=now)


class Arrival(NamedTuple):
    """A bill of ours and the document that it has become."""

    bill: Bill
    quickbooks_id: str
    theirs: BillFacts
    head: BillHead


def _read_arrival(bill: Bill, document: Json, projects: Mapping[str, str]) -> Arrival:
    theirs = read_bill_facts(document, projects=projects)
    return Arrival(bill, str(document["Id"]), theirs, read_head(document))


def _link(connection: Connection, arrived: Sequence[Arrival], *, now: datetime) -> None:
    """QuickBooks' lines count from now on, ours no longer. A fixed number of statements for a whole batch."""
    if not arrived:
        return
    ids = [each.bill.pk for each in arrived]
    drop_own_lines(ids)
    lines: dict[int, list[BillLine]] = {pk: [] for pk in ids}
    for line in BillLine.objects.filter(bill__in=ids):
        lines[line.bill_id].append(line)
    notes = [_arrive(each, connection, lines[each.bill.pk], now=now) for each in arrived]
    write_facts_of_many(connection, [(each.bill, each.theirs, lines[each.bill.pk]) for each in arrived])
    BillChange.objects.bulk_create(notes)


def _arrive(arrival: Arrival, connection: Connection, lines: list[BillLine], *, now: datetime) -> BillChange:
    """On the rows only; returns what there is to say of it."""
    bill, quickbooks_id, theirs, head = arrival
    bill.connection, bill.quickbooks_id, bill.vendor_ref = connection, quickbooks_id, theirs.vendor_ref
    bill.waits_for_reopening = False
    _name_our_lines(lines, theirs)
    changes = _worth_saying(differences(facts_of(bill, lines), theirs))
    bill.agreed = dump_facts(theirs)
    _take_head(bill, head, now=now)
    what = "Arrived in QuickBooks" if not changes else "Arrived in QuickBooks, which holds it like this"
    return make_note(bill, what, changes, now=now)


def _name_our_lines(lines: Sequence[BillLine], theirs: BillFacts) -> list[BillLine]:
    """A line of ours that QuickBooks had not seen gets the id of its like there: same amount, same text, in order.
    Returns those, which are not saved yet.
    """
    known = {line.line_ref for line in lines if line.line_ref}
    free = [fact for fact in theirs.lines if fact.key not in known]
    named = []
    for line in lines:
        match = next((fact for fact in free if not line.line_ref and _is_same_line(line, fact)), None)
        if match is not None:
            free.remove(match)
            line.line_ref, line.item_ref, line.account_ref = match.key, match.item_ref, match.account_ref
            line.customer_ref = match.customer_ref
            named.append(line)
    return named


def _name_changed_lines(bill: Bill, lines: Sequence[BillLine], theirs: BillFacts) -> list[BillLine]:
    """Lines of ours that may have arrived without an answer and were changed there since: theirs of the same code, in
    order, is the same line, and somebody is asked. Taken for another one it would be sent, and count, twice.
    """
    unnamed = [line for line in lines if not line.line_ref]
    known = {line.line_ref for line in lines} | {fact["key"] for fact in bill.agreed.get("lines", ())}
    free = [fact for fact in theirs.lines if fact.key not in known]
    if not unnamed or not free or not may_have_arrived(bill):
        return []
    named = []
    for line in unnamed:
        match = next((fact for fact in free if fact.item_ref == line.item_ref), None)
        if match is not None:
            free.remove(match)
            line.line_ref = match.key
            named.append(line)
    return named


def _is_same_line(line: BillLine, fact: BillFactsLine) -> bool:
    is_same_item = line.item_ref in ("", fact.item_ref)
    return is_same_item and round_cents(fact.amount) == line.amount and fact.description == line.description


def _worth_saying(changes: Sequence[FieldChange]) -> list[FieldChange]:
    """A due date that QuickBooks fills in from its terms is not worth a word where we gave none."""
    return [change for change in changes if not (change.field == "due_on" and change.before is None)]


def _take_over(bill: Bill, theirs: BillFacts, head: BillHead, *, now: datetime) -> None:
    """Their edits come in, ours stay on their way. Where they clash our rows stay until somebody decides."""
    if head.is_voided:
        _close(bill, BillState.VOIDED, "Voided in QuickBooks", now=now)
        return
    came_back = bill.is_gone
    lines = list(bill.lines.all())
    for line in [*_name_our_lines(lines, theirs), *_name_changed_lines(bill, lines, theirs)]:
        line.save()
    ours = facts_of(bill, lines)
    merged = merge(load_facts(bill.agreed) if bill.agreed else ours, ours, theirs)
    _take_head(bill, head, now=now)
    if merged.taken or merged.conflicts or came_back:
        bill.changed_there_at = now
    if merged.conflicts:
        keep_conflicts(bill, merged, theirs, now=now)
        return
    settle(bill, theirs, merged.facts)
    if merged.taken or came_back:
        what = "Is back in QuickBooks" if came_back else "Changed in QuickBooks"
        note_change(bill, what, merged.taken, now=now)
    follow_edit(bill, has_edits=bool(merged.kept), now=now)


def keep_conflicts(bill: Bill, merged: Merged, theirs: BillFacts, *, now: datetime) -> None:
    wording = Wording(bill.connection)
    stored = {"theirs": dump_facts(theirs), "fields": [wording.conflict(each) for each in merged.conflicts]}
    is_news = stored != bill.conflicts
    bill.conflicts = stored
    bill.save()
    if is_news:
        note_change(bill, "Changed here and in QuickBooks: somebody has to decide", (), now=now)


def settle(bill: Bill, theirs: BillFacts, facts: BillFacts) -> None:
    """`facts` is what stands here now, `theirs` what both sides know."""
    before = customers_named(load_facts(bill.agreed)) if bill.agreed else set()
    bill.agreed, bill.conflicts = dump_facts(theirs), {}
    write_facts(bill, facts)
    if before and before != customers_named(facts):
        follow_to_project(bill, facts)


def note_change(bill: Bill, what: str, changes: Sequence[FieldChange], *, now: datetime) -> None:
    make_note(bill, what, changes, now=now).save()


def make_note(bill: Bill, what: str, changes: Sequence[FieldChange], *, now: datetime) -> BillChange:
    return BillChange(
        company_id=bill.company_id,
        bill=bill,
        at=now,
        what=what,
        fields=Wording(bill.connection).changes(changes),
    )


def relink(bill: Bill, connection: Connection, document: Json, *, now: datetime) -> None:
    """QuickBooks' answer, or a person, says which document this bill is: whoever holds that one lets go of it."""
    quickbooks_id = str(document["Id"])
    if bill.quickbooks_id == quickbooks_id and bill.connection_id == connection.pk:
        return
    with transaction.atomic():
        holder = (
            Bill.objects.filter(connection=connection, quickbooks_id=quickbooks_id)
            .exclude(pk=bill.pk)
            .first()
        )
        if holder is not None:
            _let_go(holder, bill, connection, now=now)
        if bill.quickbooks_id:
            unlink_twin(bill, now=now)
        follow_own_bill(bill, connection, document, load_known_projects(connection), now=now)


def _let_go(holder: Bill, taker: Bill, connection: Connection, *, now: datetime) -> None:
    """One of ours counts by itself again, and its own push finds, or makes, another one: also where it was done."""
    hand_files_over(holder, taker)
    taken_for = holder.quickbooks_id
    if holder.is_ours:
        release_twin(holder)
        holder.save()
        count_own_lines(holder, holder.lines.all())
        look_again(
            connection=connection,
            kind=KIND,
            subject_id=str(holder.pk),
            quickbooks_id=taken_for,
            sentence="The bill in QuickBooks that this was linked to turned out to be another one. Decide again.",
            now=now,
        )
    else:
        holder.changes.update(bill=taker)
        holder.delete()


def release_twin(bill: Bill) -> None:
    """Forget which document it is. What it says stays; what a person linked by hand says again what it did before."""
    bill.connection, bill.quickbooks_id, bill.vendor_ref = None, "", ""
    bill.state, bill.paid, bill.balance, bill.agreed, bill.conflicts = BillState.APPROVED, ZERO, None, {}, {}
    restore_before_link(bill)
    bill.total, bill.currency = total_of_lines(bill.lines.all()), bill.company.currency
    bill.lines.update(line_ref="", item_ref="", account_ref="", customer_ref="")
    forget_attachments(bill)


def unlink_twin(bill: Bill, *, now: datetime) -> None:
    """The document goes on as a bill made in QuickBooks, or as another one of ours that is on its way and looks the
    same; this one is approved and nowhere. The caller decides what then.
    """
    connection, quickbooks_id = bill.connection, bill.quickbooks_id
    assert connection is not None
    document = find_document(connection, quickbooks_id)
    release_twin(bill)
    bill.save()
    if document is not None:
        follow_bills(connection, [Row(dict(document), "")], [])
        refresh_paid(connection, [quickbooks_id])
    twin = Bill.objects.filter(connection=connection, quickbooks_id=quickbooks_id).first()
    if twin is not None:
        hand_files_over(bill, twin)


# Bills made there -----------------------------------------------------------------------------------------------------

_HEAD_COLUMNS = (
    *("number", "plain_number", "issued_on", "due_on", "description", "total", "currency"),
    *("vendor_ref", "vendor_name", "balance", "state", "gone_at"),
)
_INSERTED = (
    *("company_id", "connection_id", "quickbooks_id", "origin"),
    *_HEAD_COLUMNS,
    *("created_at", "internal_notes", "duplicate_is_intended", "returned_note", "waits_for_reopening"),
    *("paid", "agreed", "conflicts", "before_link"),
)


def _add_bills(connection: Connection, documents: Sequence[Json], *, now: datetime) -> None:
    """Only what names a customer or project: the rest concerns no project."""
    owner = (connection.company_id, connection.pk)
    rows = []
    for document in documents:
        if customer_refs(document):
            bill = Bill(origin=BillOrigin.QUICKBOOKS, state=BillState.UNPAID)
            _take_head(bill, read_head(document), now=now)
            head = (getattr(bill, name) for name in _HEAD_COLUMNS)
            rest: tuple[object, ...] = (now, "", False, "", False, ZERO, {}, {}, {})
            rows.append((*owner, str(document["Id"]), BillOrigin.QUICKBOOKS.value, *head, *rest))
    bulk_insert(Bill, _INSERTED, rows)


def _take_head(bill: Bill, head: BillHead, *, now: datetime) -> None:
    """What a person cannot edit here. A voided or deleted bill keeps its last figures (U7)."""
    if head.is_voided:
        if bill.state != BillState.VOIDED:
            bill.state, bill.gone_at = BillState.VOIDED, now
        if bill.pk is not None:
            return
        # Void already when it is first seen: what is left of it is all there is to tell.
    bill.vendor_name = head.vendor_name
    bill.total, bill.balance = round_cents(head.total), round_cents(head.balance)
    bill.currency = head.currency or bill.currency
    if not bill.is_sent and not head.is_voided:
        bill.state, bill.gone_at = BillState.UNPAID, None
    if not bill.is_ours:
        bill.vendor_ref = head.vendor_ref
        bill.number, bill.plain_number = head.number[:40], normalise_number(head.number)[:40]
        bill.issued_on, bill.due_on, bill.description = head.issued_on, head.due_on, head.memo[:4000]


def _bury(bills: Sequence[Bill], *, now: datetime) -> None:
    """Out of the budget with its lines, kept here with its last figures, and never made again by itself."""
    for bill in bills:
        _close(bill, BillState.DELETED, "Deleted in QuickBooks", now=now)


def _close(bill: Bill, state: BillState, what: str, *, now: datetime) -> None:
    if bill.state != state:
        bill.state, bill.gone_at, bill.conflicts = state, now, {}
        bill.save()
        if bill.is_ours:
            note_change(bill, what, (), now=now)


# Payments -------------------------------------------------------------------------------------------------------------


def follow_payments(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    """All parts of a payment are replaced together; both the bills it paid before and those it pays now follow."""
    payments = [*(str(row.data["Id"]) for row in changed), *deleted_ids]
    affected: set[str] = set()
    for start in range(0, len(payments), AT_ONCE):
        parts = BillPaymentPart.objects.filter(
            connection=connection, payment_ref__in=payments[start : start + AT_ONCE]
        )
        affected |= set(parts.values_list("bill_ref", flat=True))
        parts.delete()
    found = [part for row in changed for part in read_payment_parts(row.data)]
    BillPaymentPart.objects.bulk_create(
        [
            BillPaymentPart(
                company_id=connection.company_id,
                connection=connection,
                payment_ref=part.payment_ref,
                bill_ref=part.bill_ref,
                amount=round_cents(part.amount),
                paid_on=part.paid_on,
                pay_type=part.pay_type,
                reference=part.reference,
            )
            for part in found
        ],
        batch_size=AT_ONCE,
    )
    refresh_paid(connection, sorted(affected | {part.bill_ref for part in found}))


def refresh_paid(connection: Connection, bill_refs: Sequence[str]) -> None:
    """Paid and state of these bills, from the payments that are here."""
    for start in range(0, len(bill_refs), AT_ONCE):
        _refresh_some(connection, bill_refs[start : start + AT_ONCE])


def _refresh_some(connection: Connection, bill_refs: Sequence[str]) -> None:
    parts = BillPaymentPart.objects.filter(connection=connection, bill_ref__in=bill_refs)
    paid = dict(parts.values_list("bill_ref").annotate(paid=Sum("amount")).order_by())
    bills = Bill.objects.filter(connection=connection, quickbooks_id__in=bill_refs)
    moved = []
    for bill in bills.exclude(state__in=[BillState.VOIDED, BillState.DELETED]):
        amount = paid.get(bill.quickbooks_id) or ZERO
        state = paid_state(bill.total, amount, bill.balance)
        if (bill.paid, bill.state) != (amount, state):
            bill.paid, bill.state = amount, state
            moved.append(bill)
    Bill.objects.bulk_update(moved, ["paid", "state"], batch_size=AT_ONCE)
