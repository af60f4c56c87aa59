"""Held shifts leave by themselves when what held them is gone: a link, payroll, a rate, a closed period.

Only what our own checks held: a refusal of QuickBooks waits for a person.
"""

from collections.abc import Sequence
from datetime import datetime

from integrations.models import Connection, Push, PushState
from integrations.outbox import DecisionRefused, restate_hold, retry_push
from timeclock.models import Shift
from timeclock.pushes import KIND
from timeclock.readiness import CLOSED_PERIOD, STAYS_HERE, obstacles_of, survey

SETTLED_ELSEWHERE = (
    *STAYS_HERE,
    "archived",
    "employee_not_linked",
    "employee_inactive",
    "not_on_payroll",
    "code_not_linked",
    "item_ineligible",
    "no_billable_rate",
    "billable_off",
    CLOSED_PERIOD,
)
AT_ONCE = 500


def release_held_shifts(connection: Connection, now: datetime) -> int:
    """Try again what nothing stands in the way of any more; returns how many. What another obstacle holds now says so.

    A try that finds an obstacle holds the push again and rings nothing, so this never runs in circles.
    """
    if not connection.is_usable:
        return 0
    held = Push.objects.filter(
        connection=connection, kind=KIND, state=PushState.HELD, hold_code__in=SETTLED_ELSEWHERE
    )
    pushes = list(held.select_related("requested_by").order_by("pk"))
    found = 0
    for start in range(0, len(pushes), AT_ONCE):
        found += _release_some(connection, pushes[start : start + AT_ONCE], now)
    return found


def _release_some(connection: Connection, pushes: Sequence[Push], now: datetime) -> int:
    by_pk = {int(push.subject_id): push for push in pushes}
    found = Shift.objects.filter(pk__in=by_pk)
    shifts = found.select_related("project", "cost_code", "team_member", "company").in_bulk()
    around = survey(connection, list(shifts.values()))
    released = 0
    for pk, shift in shifts.items():
        push = by_pk[pk]
        obstacles = obstacles_of(shift, around, requested_by=push.requested_by_id)
        try:
            if not obstacles:
                retry_push(push=push, actor=None, now=now)
                released += 1
            elif (push.hold_code, push.hold_sentence) != (
                obstacles[0].code[:40],
                obstacles[0].sentence[:500],
            ):
                restate_hold(push=push, code=obstacles[0].code, sentence=obstacles[0].sentence, now=now)
        except DecisionRefused:  # somebody was faster
            continue
    return released
