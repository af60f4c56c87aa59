"""Held bills leave by themselves when what held them is gone: somebody linked, switched on, reopened the period.

Only what our own checks held: a refusal of QuickBooks waits for a person, as does anything somebody must decide.
"""

from collections.abc import Sequence
from datetime import datetime

from budgets.bills.changing import change_document
from budgets.bills.pushes import KIND
from budgets.bills.readiness import (
    CLOSED_PERIOD,
    WAITS_FOR_REOPENING,
    Obstacle,
    Surroundings,
    obstacles_of,
    survey,
)
from budgets.models import Bill, BillLine
from integrations.models import Connection, Push, PushOperation, PushState
from integrations.outbox import DecisionRefused, Hold, restate_hold, retry_push

SETTLED_ELSEWHERE = (
    "archived",
    "project_not_linked",
    "pushing_off",
    "vendor_not_linked",
    "vendor_inactive",
    "code_not_linked",
    "item_ineligible",
    "billable_off",
)
AT_ONCE = 500


def release_held(connection: Connection, now: datetime) -> int:
    """Try again what nothing stands in the way of any more; returns how many. A bill in a closed period only if
    somebody said that it waits for the reopening (N13). What another obstacle holds now says so from now on.

    A try that finds an obstacle holds the push again and rings nothing, so this never runs in circles. About ten
    queries for 500 held bills, and four for each that is released.
    """
    if not connection.is_usable:
        return 0
    held = Push.objects.filter(
        connection=connection,
        kind=KIND,
        state=PushState.HELD,
        hold_code__in=[*SETTLED_ELSEWHERE, CLOSED_PERIOD, WAITS_FOR_REOPENING],
    )
    pushes = list(held.select_related("requested_by").order_by("pk"))
    found = 0
    for start in range(0, len(pushes), AT_ONCE):
        found += _release_some(connection, pushes[start : start + AT_ONCE], now)
    return found


def _release_some(connection: Connection, pushes: Sequence[Push], now: datetime) -> int:
    by_pk = {int(push.subject_id): push for push in pushes}
    bills = Bill.objects.filter(pk__in=by_pk).select_related("vendor", "project").in_bulk()
    lines: dict[int, list[BillLine]] = {pk: [] for pk in bills}
    for line in BillLine.objects.filter(bill__in=bills).select_related("cost_code"):
        lines[line.bill_id].append(line)
    around = survey(connection, list(bills.values()), lines)
    return sum(_release(by_pk[pk], bill, lines[pk], around, now) for pk, bill in bills.items())


def _release(push: Push, bill: Bill, lines: Sequence[BillLine], around: Surroundings, now: datetime) -> bool:
    obstacle = _obstacle_of(push, bill, lines, around)
    if obstacle is not None:
        _say(push, obstacle, now)
        return False
    if push.hold_code == CLOSED_PERIOD and not bill.waits_for_reopening:
        return False
    try:
        retry_push(push=push, actor=None, now=now)
    except DecisionRefused:  # somebody was faster
        return False
    return True


def _obstacle_of(push: Push, bill: Bill, lines: Sequence[BillLine], around: Surroundings) -> Obstacle | None:
    if push.operation == PushOperation.UPDATE:
        try:
            change_document(bill, lines, around)
        except Hold as hold:
            return Obstacle(hold.code, hold.sentence)
        except ValueError:  # a number that cannot be written: the try itself says so
            return None
        return None
    return next(iter(obstacles_of(bill, lines, around, requested_by=push.requested_by_id)), None)


def _say(push: Push, obstacle: Obstacle, now: datetime) -> None:
    if (push.hold_code, push.hold_sentence) == (obstacle.code[:40], obstacle.sentence[:500]):
        return
    try:
        restate_hold(push=push, code=obstacle.code, sentence=obstacle.sentence, now=now)
    except DecisionRefused:  # somebody was faster
        return
