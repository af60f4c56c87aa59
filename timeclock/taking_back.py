"""Taking an approval back: at once where QuickBooks does not have the shift, else its entry is deleted there first."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from budgets.models import BillableStatus
from integrations.models import Push, PushOperation, PushState
from integrations.outbox import Hold
from integrations.switches import switches_of
from ressio.models import TeamMember
from timeclock.errors import ShiftRefused
from timeclock.history import note_change
from timeclock.models import Shift, ShiftState
from timeclock.own_time import drop_own_time
from timeclock.pushes import ON_ITS_WAY, ask_to_delete, find_shift_push, withdraw_push
from timeclock.recording import lock_shift
from timeclock.relinking import find_document
from timeclock.rights import may_review

BILLED_THERE = "billed_there"
BILLED_SENTENCE = "This time is on an invoice in QuickBooks. Take it off that invoice there first."


def take_back_approval(*, shift: Shift, member: TeamMember, now: datetime) -> Shift:
    """Out of the budget and a draft again. A shift that is in QuickBooks stays approved, and counts, until QuickBooks
    has deleted its time entry: a push does that. Asked for twice is asked for once. Raises `ShiftRefused`.
    """
    with transaction.atomic():
        locked = lock_shift(shift)
        if not may_review(member):
            raise ShiftRefused("You may not take back an approval. Ask an Admin.", code="not_allowed")
        if locked.state != ShiftState.APPROVED or not locked.is_ours:
            raise ShiftRefused("Only an approved shift.", code="not_open")
        if locked.is_sent:
            _ask_quickbooks(locked, member, now)
            return locked
        withdraw_push(locked, actor=member.user, now=now)
        drop_own_time([locked.pk])
        make_draft(locked)
        note_change(locked, "approval taken back", member=member, now=now)
    return locked


def _ask_quickbooks(shift: Shift, member: TeamMember, now: datetime) -> None:
    if refusal := why_not_deletable(shift):
        raise ShiftRefused(refusal, code="in_quickbooks")
    assert shift.connection is not None
    push = find_shift_push(shift)
    if push is not None and push.operation != PushOperation.DELETE:
        raise ShiftRefused(ON_ITS_WAY, code="on_its_way")
    if push is not None and push.state != PushState.HELD:
        return
    ask_to_delete(shift, shift.connection, requested_by=member.user, now=now)
    note_change(shift, "approval being taken back in QuickBooks", member=member, now=now)


def why_not_deletable(shift: Shift) -> str:
    """Of a shift that is in QuickBooks, as a sentence; "" where its entry can be deleted there."""
    if shift.connection is None or not shift.connection.is_current:
        return f"This shift is in the earlier books ({shift.connection}). Connect them again to take it back there."
    if shift.billable_status == BillableStatus.HAS_BEEN_BILLED:
        return BILLED_SENTENCE
    if shift.project is not None and shift.project.is_archived:
        return f"{shift.project} is archived. Restore the project first."
    if shift.project is None or not switches_of(shift.project).time_tracking:
        return (
            "QuickBooks Time Tracking is off for this project, so nothing of its time is sent. Turn it on in its "
            "Financials, or delete the entry in QuickBooks: the change arrives here with the next sync."
        )
    return ""


def deletion_of(push: Push, shift: Shift, approvers: Collection[int]) -> dict[str, object]:
    """What QuickBooks wants to be told to delete the entry: its version, as it was read last. Raises `Hold`.

    `approvers`: ids of the people who may approve time now.
    """
    if push.requested_by_id is not None and push.requested_by_id not in approvers:
        raise Hold(
            "approver_gone", "Whoever took back this approval may no longer do so. An Admin must ask again."
        )
    document = find_document(push.connection, push.quickbooks_id)
    if document is None:
        raise Hold("gone", "QuickBooks' time entry is not known here. Sync, then try again.")
    if document.data.get("BillableStatus") == BillableStatus.HAS_BEEN_BILLED:
        raise Hold(BILLED_THERE, BILLED_SENTENCE)
    if refusal := why_not_deletable(shift):
        raise Hold("not_deletable", refusal)
    return {"Id": push.quickbooks_id, "SyncToken": document.data["SyncToken"]}


def note_deleted(shift: Shift, *, now: datetime) -> None:
    """QuickBooks has deleted the entry, and its cost line went with it: the shift is a draft again, and can be changed
    and approved anew. In the transaction that records the answer.
    """
    locked = lock_shift(shift)
    drop_own_time([locked.pk])
    make_draft(locked)
    note_change(locked, "a draft again: its approval was taken back", member=None, now=now)


def make_draft(shift: Shift) -> None:
    """Of nothing in QuickBooks. Approved again, it is sent as another entry."""
    shift.state, shift.approved_by, shift.approved_at = ShiftState.DRAFT, None, None
    shift.connection, shift.quickbooks_id, shift.agreed = None, "", {}
    shift.billable_status, shift.quickbooks_rate, shift.gone_at = "", None, None
    shift.save()
