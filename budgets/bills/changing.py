"""Editing a bill that is in QuickBooks: here first, then there, merged with what changed there meanwhile (N7)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from budgets.bills.building import line_document, write_json
from budgets.bills.drafting import BillInput, LineInput, amount_of, check_input, lock_bill
from budgets.bills.edit_pushes import CONFLICT, drop_edit, refuse_while_on_its_way, request_edit_push
from budgets.bills.errors import BillRefused
from budgets.bills.facts import facts_of, load_facts, write_facts
from budgets.bills.merging import BillFacts, BillFactsLine, Side, Undecided, differences, merge, resolve
from budgets.bills.mirrored import find_document
from budgets.bills.readiness import CLOSED_PERIOD, Surroundings, is_in_closed_period
from budgets.bills.rights import may_approve_bills
from budgets.bills.seen import refuse_if_changed
from budgets.bills.twins import note_change, settle
from budgets.bills.words import Wording, say_day
from budgets.models import Bill, BillLine
from budgets.reading import Json, read_list, read_object
from integrations.models import CostCodeLink, ProjectLink, VendorLink
from integrations.outbox import Hold
from ressio.activity import record_activity
from ressio.models import TeamMember, Vendor
from ressio.money import ZERO

EARLIER_BOOKS = "earlier_books"
BILLED = "HasBeenBilled"


def change_sent_bill(
    *, bill: Bill, given: BillInput, member: TeamMember, now: datetime, mark: str = ""
) -> Bill:
    """Only by whoever may approve: saving is the word that sends it. Lines of `given` that carry a `line_ref` are those
    that QuickBooks has. `mark`: `seen.mark_of` the bill that `given` was made from, so that nothing that came from
    QuickBooks since is taken for an edit of ours, and undone. Raises `BillRefused`.
    """
    with transaction.atomic():
        locked = lock_bill(bill)
        _check_may_change(locked, member)
        refuse_if_changed(locked, mark)
        refuse_while_on_its_way(locked)
        assert locked.project is not None
        check_input(given, locked.project, keeps=locked)
        lines = list(locked.lines.select_related("cost_code"))
        before = facts_of(locked, lines)
        after = facts_as_given(locked, lines, given)
        locked.internal_notes, locked.vendor = given.internal_notes, given.vendor
        if before != after:
            locked.changed_there_at = None  # whoever edits it now has seen what was changed there
        write_facts(locked, after)
        changes = Wording(locked.connection).changes(differences(before, after))
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="changed, in QuickBooks too,",
            subject=locked,
            changes={label: [said_before, said_after] for label, said_before, said_after in changes},
        )
        if differences(load_facts(locked.agreed), after):
            request_edit_push(locked, requested_by=member.user, now=now)
    return locked


def _check_may_change(bill: Bill, member: TeamMember) -> None:
    if not may_approve_bills(member):
        raise BillRefused(
            "You may not change a bill that is in QuickBooks. Ask an Admin.", code="not_allowed"
        )
    if not bill.is_ours:
        raise BillRefused("This bill was made in QuickBooks and is changed there.", code="not_ours")
    if refusal := why_not_changed(bill):
        raise refusal


def why_not_changed(bill: Bill) -> BillRefused | None:
    """What keeps anybody from changing this bill of ours there as it stands; it has been approved."""
    if not bill.is_sent:
        return BillRefused("This bill is not in QuickBooks.", code="not_sent")
    if bill.is_in_earlier_books:
        return BillRefused(
            f"This bill is in the earlier books ({bill.connection}). Connect them again to change it there, or copy "
            "it as a new bill for the books of now.",
            code=EARLIER_BOOKS,
        )
    if bill.conflicts:
        return BillRefused(
            "QuickBooks changed this bill, and so did somebody here. Decide first about what changed on both sides.",
            code=CONFLICT,
        )
    return None


def facts_as_given(bill: Bill, lines: Sequence[BillLine], given: BillInput) -> BillFacts:
    """What a form says, as facts. Raises `BillRefused` for a vendor or code that QuickBooks does not know."""
    known = {line.line_ref: line for line in lines if line.line_ref}
    return BillFacts(
        vendor_ref=_vendor_ref(bill, given.vendor),
        number=given.number.strip(),
        issued_on=given.issued_on,
        due_on=given.due_on,
        memo=given.description.strip(),
        lines=tuple(_fact_line(bill, known, line, place) for place, line in enumerate(given.lines, start=1)),
    )


def _vendor_ref(bill: Bill, vendor: Vendor) -> str:
    if vendor.pk == bill.vendor_id:
        return bill.vendor_ref
    if bill.paid > ZERO:
        raise BillRefused("A bill that is paid in part keeps its vendor.", field="vendor")
    link = VendorLink.objects.filter(connection=bill.connection, vendor=vendor).first()
    if link is None:
        raise BillRefused(f"{vendor} is not linked to a vendor in QuickBooks.", field="vendor")
    return str(link.vendor_ref)


def _fact_line(bill: Bill, known: Mapping[str, BillLine], given: LineInput, place: int) -> BillFactsLine:
    old = known.get(given.line_ref)
    item_ref, account_ref = _code_refs(bill, old, given, place)
    return BillFactsLine(
        key=old.line_ref if old else f"new-{place}",
        item_ref=item_ref,
        account_ref=account_ref,
        description=given.description.strip(),
        quantity=given.quantity,
        unit_price=given.unit_price,
        amount=amount_of(given) or ZERO,
        is_billable=given.is_billable,
        customer_ref=old.customer_ref if old else _customer_ref(bill),
    )


def _code_refs(bill: Bill, old: BillLine | None, given: LineInput, place: int) -> tuple[str, str]:
    """A line that keeps its code keeps what QuickBooks has, also where that is no code of ours."""
    if old is not None and old.cost_code == given.cost_code:
        return old.item_ref, old.account_ref
    if given.cost_code is None:
        raise BillRefused(f"Line {place}: choose a cost code.", field="lines")
    link = CostCodeLink.objects.filter(connection=bill.connection, cost_code=given.cost_code).first()
    if link is None:
        raise BillRefused(
            f"Line {place}: “{given.cost_code}” is not linked to a product or service in QuickBooks.",
            field="lines",
        )
    return str(link.item_ref), ""


def _customer_ref(bill: Bill) -> str:
    link = ProjectLink.objects.filter(connection=bill.connection, project=bill.project).first()
    if link is None:
        raise BillRefused("The project is not linked to QuickBooks any more.", code="not_linked")
    return str(link.customer_ref)


def conflict_mark(bill: Bill) -> str:
    """Changes when the question does: an answer to an older one is not taken."""
    return sha256(json.dumps(bill.conflicts, sort_keys=True).encode()).hexdigest()[:16]


def decide_conflicts(
    *, bill: Bill, choices: Mapping[str, Side], mark: str, member: TeamMember, now: datetime
) -> Bill:
    """Field by field ours or theirs; nothing is taken by itself. `mark` is `conflict_mark` of what the person saw.
    Raises `BillRefused`.
    """
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
        if not locked.conflicts:
            raise BillRefused("There is nothing to decide any more.", code="settled")
        if mark != conflict_mark(locked):
            raise BillRefused("QuickBooks changed the bill again. Look at it once more.", code="changed")
        refuse_while_on_its_way(locked)
        theirs = load_facts(locked.conflicts["theirs"])
        ours = facts_of(locked, list(locked.lines.all()))
        merged = merge(load_facts(locked.agreed), ours, theirs)
        try:
            decided = resolve(merged, choices)
        except Undecided as error:
            raise BillRefused(str(error), field="choices") from error
        locked.changed_there_at = None  # somebody has looked at it and decided
        settle(locked, theirs, decided)
        note_change(locked, "Decided what holds", differences(ours, decided), now=now)
        record_activity(
            company=locked.company, actor=member.user, verb="decided what holds of", subject=locked
        )
        if differences(theirs, decided):
            request_edit_push(locked, requested_by=member.user, now=now)
        else:
            drop_edit(locked, by=member.user, now=now)
    return locked


# The document -----------------------------------------------------------------------------------------------------


def change_document(bill: Bill, lines: Sequence[BillLine], around: Surroundings) -> bytes:
    """A sparse update of what we changed and nothing else, on QuickBooks' version of now. Raises `Hold`."""
    if bill.conflicts:
        raise Hold(CONFLICT, "Changed here and in QuickBooks. Decide what holds.")
    document = find_document(around.connection, bill.quickbooks_id) if bill.is_sent else None
    if document is None:
        raise Hold("gone_there", "The bill is not in QuickBooks any more.")
    ours, theirs = facts_of(bill, lines), load_facts(bill.agreed)
    for day in (ours.issued_on, theirs.issued_on):
        if is_in_closed_period(day, around.connection.closing_date):
            raise Hold(
                CLOSED_PERIOD,
                f"QuickBooks' books are closed up to {say_day(around.connection.closing_date)}, and this bill is dated "
                f"{say_day(day)}.",
            )
    switches = around.switches.get(bill.project_id or 0)
    if switches is None or not switches.push_bills:
        raise Hold("pushing_off", "Pushing bills is off for this project.")
    update: dict[str, Any] = {"Id": bill.quickbooks_id, "SyncToken": document["SyncToken"], "sparse": True}
    update["VendorRef"] = {"value": ours.vendor_ref}
    update |= _changed_head(ours, theirs)
    if {line.key: line for line in ours.lines} != {line.key: line for line in theirs.lines}:
        update["Line"] = _merge_lines(
            document, ours, {line.line_ref or f"new-{line.position}": line for line in lines}
        )
    return write_json(update)


def _changed_head(ours: BillFacts, theirs: BillFacts) -> dict[str, Any]:
    head: dict[str, Any] = {}
    if ours.number != theirs.number:
        head["DocNumber"] = ours.number
    if ours.issued_on != theirs.issued_on and ours.issued_on:
        head["TxnDate"] = ours.issued_on.isoformat()
    if ours.due_on != theirs.due_on and ours.due_on:
        head["DueDate"] = ours.due_on.isoformat()
    if ours.memo != theirs.memo:
        head["PrivateNote"] = ours.memo
    return head


def _merge_lines(document: Json, ours: BillFacts, rows: Mapping[str, BillLine]) -> list[Json]:
    """QuickBooks' own lines with our edits in place, then ours: what we cannot edit stays as it is."""
    wanted = {line.key: line for line in ours.lines}
    merged: list[Json] = []
    for line in read_list(document, "Line"):
        key = str(line.get("Id", ""))
        if line.get("DetailType") not in _DETAILS or not key:
            merged.append(line)
        elif key in wanted:
            merged.append(_edit_line(line, wanted.pop(key)))
    for fact in wanted.values():
        merged.append(line_document(rows[fact.key], item_ref=fact.item_ref, customer_ref=fact.customer_ref))
    return merged


_DETAILS = ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail")


def _edit_line(line: Json, fact: BillFactsLine) -> Json:
    detail_type = "ItemBasedExpenseLineDetail" if fact.item_ref else "AccountBasedExpenseLineDetail"
    detail: dict[str, Any] = dict(read_object(line, str(line["DetailType"])))
    if detail.get("BillableStatus") == BILLED:
        # QuickBooks refuses the word (2170), and without it would call the line not billable.
        raise Hold(
            "already_billed", "A line was invoiced to the client already. Change this bill in QuickBooks."
        )
    for name in ("Qty", "UnitPrice", "ItemRef", "AccountRef", "ItemAccountRef"):
        detail.pop(name, None)
    if fact.item_ref:
        detail["ItemRef"] = {"value": fact.item_ref}
    else:
        detail["AccountRef"] = {"value": fact.account_ref}
    if fact.quantity is not None and fact.unit_price is not None and fact.item_ref:
        detail["Qty"], detail["UnitPrice"] = fact.quantity, fact.unit_price
    if fact.customer_ref:
        detail["CustomerRef"] = {"value": fact.customer_ref}
    detail["BillableStatus"] = "Billable" if fact.is_billable else "NotBillable"
    kept = {name: value for name, value in line.items() if name not in (*_DETAILS, "Description")}
    text = {"Description": fact.description} if fact.description else {}
    return {**kept, **text, "Amount": fact.amount, "DetailType": detail_type, detail_type: detail}


def as_given(line: BillLine) -> LineInput:
    """A stored line as a form would give it back unchanged."""
    return LineInput(
        cost_code=line.cost_code,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        is_billable=line.is_billable,
        line_ref=line.line_ref,
    )
