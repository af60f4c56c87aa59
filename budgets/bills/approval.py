"""From draft to approved: who may say so, what is checked, and what follows in the same transaction (M44, U1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from budgets.bills.drafting import lock_bill
from budgets.bills.duplicates import find_duplicates
from budgets.bills.errors import BillRefused
from budgets.bills.own_lines import count_own_lines, drop_own_lines
from budgets.bills.pushes import find_bill_push, refuse_if_archived, request_bill_push, should_push
from budgets.bills.readiness import CLOSED_PERIOD, WAITS_FOR_REOPENING, say_waiting
from budgets.bills.rights import may_approve_bills, may_enter_on
from budgets.bills.seen import refuse_if_changed
from budgets.bills.words import say_amount
from budgets.models import Bill, BillLine, BillState
from integrations.models import PushState
from integrations.outbox import DecisionRefused, restate_hold, retry_push, skip_push
from integrations.switches import switches_of
from ressio.activity import record_activity
from ressio.models import CostCode, TeamMember
from ressio.money import ZERO


def submit_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """Ask for approval. Raises `BillRefused`."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if locked.state != BillState.DRAFT or locked.project is None:
            raise BillRefused("Only a draft can be submitted.", code="not_open")
        if not may_enter_on(member, locked.project):
            raise BillRefused("You may not submit this bill.", code="not_allowed")
        _check_complete(locked)
        locked.state, locked.submitted_by, locked.submitted_at = BillState.AWAITING, member.user, now
        locked.returned_note = ""
        locked.save()
        record_activity(company=locked.company, actor=member.user, verb="submitted", subject=locked)
    return locked


def return_bill(*, bill: Bill, note: str, member: TeamMember, now: datetime) -> Bill:
    """Back to draft, with a word why: by whoever may approve, or by whoever submitted it."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member) and locked.submitted_by_id != member.user_id:
            raise BillRefused("You may not send this bill back.", code="not_allowed")
        if locked.state != BillState.AWAITING:
            raise BillRefused("This bill is not awaiting approval.", code="not_open")
        locked.state, locked.returned_note = BillState.DRAFT, note.strip()[:500]
        locked.save()
        changes = {"note": ["", locked.returned_note]} if locked.returned_note else {}
        verb = "sent back" if may_approve_bills(member) else "withdrew"
        record_activity(company=locked.company, actor=member.user, verb=verb, subject=locked, changes=changes)
    return locked


def approve_bill(
    *,
    bill: Bill,
    member: TeamMember,
    now: datetime,
    duplicate_is_intended: bool = False,
    is_bulk: bool = False,
    mark: str = "",
) -> Bill:
    """The bill is cost from now on (M101) and goes to QuickBooks where the project says so (M37). Raises `BillRefused`.

    A line without a code gets the project's default billing cost code (M41), for good. `mark`: `seen.mark_of` what the
    member saw; another bill than that is not approved.
    """
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not approve bills. Ask an Admin.", code="not_allowed")
        if not locked.is_open or not locked.is_ours:
            raise BillRefused(f"This bill is {locked.get_state_display().lower()} already.", code="not_open")
        refuse_if_changed(locked, mark)
        assert locked.project is not None
        refuse_if_archived(locked.project)
        _check_complete(locked)
        _check_duplicates(locked, duplicate_is_intended)
        lines = fill_default_code(locked)
        locked.state, locked.approved_by, locked.approved_at = BillState.APPROVED, member.user, now
        locked.duplicate_is_intended = duplicate_is_intended
        locked.returned_note = ""
        locked.save()
        count_own_lines(locked, lines)
        record_activity(company=locked.company, actor=member.user, verb="approved", subject=locked)
        if should_push(locked):
            request_bill_push(locked, requested_by=member.user, now=now, is_bulk=is_bulk)
    return locked


@dataclass(frozen=True)
class Approved:
    """What became of many bills approved at once: one that is refused holds up no other (C17)."""

    bills: list[Bill]
    refused: list[tuple[Bill, str]]


def approve_bills(
    *, bills: Sequence[Bill], member: TeamMember, now: datetime, marks: Mapping[int, str] | None = None
) -> Approved:
    """Each as `approve_bill` would, in its own transaction; together they leave in batches. `marks` by bill id."""
    done, is_bulk = Approved([], []), len(bills) > 1
    for bill in bills:
        mark = (marks or {}).get(bill.pk, "")
        try:
            done.bills.append(approve_bill(bill=bill, member=member, now=now, is_bulk=is_bulk, mark=mark))
        except BillRefused as error:
            done.refused.append((bill, str(error)))
    return done


def take_back_approval(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """Out of the budget and back to draft. Refused once anything of it may have reached QuickBooks."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not take back an approval. Ask an Admin.", code="not_allowed")
        if locked.state != BillState.APPROVED:
            raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
        _withdraw_push(locked, member, now)
        drop_own_lines([locked.pk])
        locked.lines.filter(is_default_code=True).update(cost_code=None, is_default_code=False)
        locked.state, locked.approved_by, locked.approved_at = BillState.DRAFT, None, None
        locked.waits_for_reopening = locked.duplicate_is_intended = False
        locked.save()
        record_activity(
            company=locked.company, actor=member.user, verb="took back the approval of", subject=locked
        )
    return locked


def move_to_open_period(*, bill: Bill, issued_on: date, member: TeamMember, now: datetime) -> Bill:
    """One of N13's three ways: a held bill gets a date after the closing date, and is sent."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused(
                "You may not change the date of an approved bill. Ask an Admin.", code="not_allowed"
            )
        if locked.state != BillState.APPROVED:
            raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
        push = find_bill_push(locked)
        if push is not None and push.state not in (PushState.HELD, PushState.WAITING):
            raise BillRefused("The bill is on its way. Wait for QuickBooks' answer.", code="on_its_way")
        closing = push.connection.closing_date if push else None
        if closing and issued_on <= closing:
            raise BillRefused(
                f"The books are closed up to {closing}. Choose a later date.", field="issued_on"
            )
        changes = {"issued_on": [str(locked.issued_on or ""), str(issued_on)]}
        locked.issued_on, locked.waits_for_reopening = issued_on, False
        if locked.due_on and locked.due_on < issued_on:
            changes["due_on"] = [str(locked.due_on), str(issued_on)]
            locked.due_on = issued_on
        locked.save()
        recount_own_lines(locked)
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="moved to an open period",
            subject=locked,
            changes=changes,
        )
        if push is not None and push.state == PushState.HELD:
            retry_push(push=push, actor=member.user, now=now)
    return locked


def wait_for_reopening(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """Another of the three: it stays held and leaves by itself once the period is open again."""
    with transaction.atomic():
        locked = lock_bill(bill)
        if not may_approve_bills(member):
            raise BillRefused("You may not decide this. Ask an Admin.", code="not_allowed")
        if locked.state != BillState.APPROVED:
            raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
        locked.waits_for_reopening = True
        locked.save(update_fields=["waits_for_reopening"])
        push = find_bill_push(locked)
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


def recount_own_lines(bill: Bill) -> None:
    drop_own_lines([bill.pk])
    count_own_lines(bill, bill.lines.all())


# Checks -----------------------------------------------------------------------------------------------------------


def _check_complete(bill: Bill) -> None:
    incomplete = say_incomplete(bill, has_lines=bill.lines.exists())
    if incomplete:
        raise BillRefused(incomplete[1], field=incomplete[0])


def say_incomplete(bill: Bill, *, has_lines: bool) -> tuple[str, str] | None:
    """The field and a sentence, where something must be entered before anybody can approve."""
    if bill.vendor_id is None:
        return "vendor", "Choose the vendor first."
    if not has_lines:
        return "lines", "The bill has no line yet."
    if bill.total <= ZERO:
        return "lines", "The bill comes to nothing. Enter its amounts first."
    return None


def _check_duplicates(bill: Bill, is_intended: bool) -> None:
    others = [] if is_intended else find_duplicates(bill)
    if others:
        raise BillRefused(
            f"{bill.shown_vendor} has another bill of this number: {others[0].number}, "
            f"{say_amount(others[0].total)}. "
            "Say that both are right, or correct the number.",
            field="number",
            code="duplicate",
        )


def fill_default_code(bill: Bill) -> list[BillLine]:
    """The bill's lines, each with a cost code. Raises `BillRefused` where there is no default to fall to (M100)."""
    lines = list(bill.lines.all())
    bare = [line for line in lines if line.cost_code_id is None]
    if bare:
        code = default_code_of(bill)
        if code is None:
            places = ", ".join(str(line.position) for line in bare)
            raise BillRefused(
                f"No cost code on line {places}, and the project has no default billing cost code. "
                "Choose a cost code, or set the default in the project's Financials.",
                field="lines",
                code="no_code",
            )
        for line in bare:
            line.cost_code, line.is_default_code = code, True
        BillLine.objects.bulk_update(bare, ["cost_code", "is_default_code"])
    return lines


def default_code_of(bill: Bill) -> CostCode | None:
    assert bill.project is not None
    code: CostCode | None = switches_of(bill.project).default_billing_code
    return code


def _withdraw_push(bill: Bill, member: TeamMember, now: datetime) -> None:
    push = find_bill_push(bill)
    if push is None:
        return
    try:
        skip_push(push=push, actor=member.user, now=now)
    except DecisionRefused as error:
        raise BillRefused(
            "The bill is on its way to QuickBooks. Wait for the answer, then decide.", code="on_its_way"
        ) from error
