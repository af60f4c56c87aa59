"""Which entry of QuickBooks a shift is: the answer to its push says so, or a person, and a guess gives way (N6)."""

import json
from datetime import datetime
from decimal import Decimal

from budgets.quickbooks import project_again
from integrations.gateway.rows import Row
from integrations.models import Connection, Document, Push
from integrations.outbox import look_again
from timeclock.facts import read_entry
from timeclock.models import Shift, ShiftChange, ShiftState
from timeclock.own_time import count_own_time
from timeclock.pushes import KIND
from timeclock.twins import ENTITY, Surroundings, bury, follow_shifts, locked_shifts, take_over


def find_document(connection: Connection, quickbooks_id: str) -> Document | None:
    """From the mirror, also when it is deleted: what is there now, not what an old answer says."""
    found: Document | None = Document.objects.filter(
        connection=connection, entity=ENTITY, quickbooks_id=quickbooks_id
    ).first()
    return found


def relink(shift: Shift, connection: Connection, quickbooks_id: str, *, now: datetime) -> None:
    """QuickBooks' answer, or a person, says which entry this shift is: whoever holds that one lets go of it.

    Runs in the transaction that records the answer; the books are locked, and so is the shift.
    """
    if shift.quickbooks_id == quickbooks_id and shift.connection_id == connection.pk:
        return
    around = Surroundings(connection)
    _take_from_holder(shift, around, quickbooks_id, now=now)
    document = find_document(connection, quickbooks_id)
    if document is None:
        return
    former = shift.quickbooks_id
    mine = locked_shifts().get(pk=shift.pk)
    if former:
        mine.connection, mine.quickbooks_id, mine.agreed = None, "", {}
    take_over([(mine, read_entry(document.data, around.known_projects))], around, now=now)
    if document.deleted_at is not None:
        bury([mine], now=now)
    project_again(connection, ENTITY, [quickbooks_id])
    if former:
        _show_by_itself(connection, former)


def _take_from_holder(shift: Shift, around: Surroundings, quickbooks_id: str, *, now: datetime) -> None:
    held = locked_shifts().filter(connection=around.connection, quickbooks_id=quickbooks_id)
    holder = held.exclude(pk=shift.pk).first()
    if holder is not None and holder.is_ours:
        _release(holder, around, now=now)
    elif holder is not None:
        holder.delete()


def _show_by_itself(connection: Connection, quickbooks_id: str) -> None:
    """An entry that is no shift of ours after all."""
    document = find_document(connection, quickbooks_id)
    if document is not None and document.deleted_at is None:
        follow_shifts(connection, [Row(dict(document.data), "")], [])
        project_again(connection, ENTITY, [quickbooks_id])


def _release(shift: Shift, around: Surroundings, *, now: datetime) -> None:
    """It is no entry of QuickBooks' any more, says again what was sent of it, and counts by itself. Its own push finds,
    or makes, another one, also where it had taken this one for its own.
    """
    taken_for = shift.quickbooks_id
    shift.connection, shift.quickbooks_id, shift.agreed = None, "", {}
    shift.state, shift.gone_at = ShiftState.APPROVED, None
    shift.billable_status, shift.quickbooks_rate = "", None
    _restore(shift, around)
    if shift.project is None or shift.cost_code is None:  # the links of then are gone: somebody has to say
        shift.state = ShiftState.DRAFT
    shift.save()
    count_own_time([shift] if shift.state == ShiftState.APPROVED else [])
    ShiftChange.objects.create(
        company_id=shift.company_id, shift=shift, at=now, what="is another entry of QuickBooks' after all"
    )
    look_again(
        connection=around.connection,
        kind=KIND,
        subject_id=str(shift.pk),
        quickbooks_id=taken_for,
        sentence="The time entry that this was linked to turned out to be another shift. Decide again.",
        now=now,
    )


def _restore(shift: Shift, around: Surroundings) -> None:
    """What somebody changed in the entry was never said of this shift."""
    sent = Push.objects.filter(
        connection=around.connection, kind=KIND, subject_id=str(shift.pk), payload__gt=""
    )
    push = sent.order_by("-pk").first()
    if push is None:
        return
    entry = read_entry(json.loads(push.payload, parse_float=Decimal), around.known_projects)
    line = entry.line
    shift.worked_seconds, shift.worked_on = line.seconds or 0, line.txn_date or shift.worked_on
    shift.description, shift.is_billable = line.description, entry.is_billable
    shift.project = around.projects.get(line.customer_ref) or shift.project
    shift.team_member = around.members.get(line.employee_ref) or shift.team_member
    shift.cost_code = around.codes.get(line.item_ref) or shift.cost_code
