"""Held invoices leave by themselves when what held them is gone: somebody linked, switched on, reopened the period.

Only what our own checks held, and what was refused because the document had changed meanwhile, whose change the last
sync has brought. Any other refusal of QuickBooks waits for a person, as does anything somebody must decide.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from budgets.bills.readiness import CLOSED_PERIOD, WAITS_FOR_REOPENING, Obstacle
from budgets.bills.releasing import AT_ONCE, list_held, release_push
from integrations.models import Connection, Push, PushOperation
from integrations.outbox import DecisionRefused, Hold, skip_push
from invoicing.invoices.documents import Prepared, make_document, prepare
from invoicing.invoices.pushes import KIND
from invoicing.invoices.twins import STALE

GONE = "610"
"""QuickBooks has no such document: it was deleted there while a change or a void was on its way."""
SETTLED_ELSEWHERE = (
    "project_archived",
    "project_not_linked",
    "pushing_off",
    "customer_inactive",
    "code_not_linked",
    "item_ineligible",
    "no_profit_code",
    "no_tax_code",
    "tax_code_unknown",
    "no_total",
    STALE,
    "gone_there",
    GONE,
)


def release_held_invoices(connection: Connection, now: datetime) -> int:
    """Try again what nothing stands in the way of any more; returns how many. One in a closed period only if somebody
    said that it waits for the reopening (N13). What another obstacle holds now says so from now on.
    """
    if not connection.is_usable:
        return 0
    pushes = list_held(connection, KIND, [*SETTLED_ELSEWHERE, CLOSED_PERIOD, WAITS_FOR_REOPENING])
    return sum(
        _release_some(pushes[start : start + AT_ONCE], now) for start in range(0, len(pushes), AT_ONCE)
    )


def _release_some(pushes: Sequence[Push], now: datetime) -> int:
    """Numbers are not looked through again: the try itself does so."""
    prepared = prepare(pushes, with_numbers=False)
    return sum(_release(push, each, now) for push, each in zip(pushes, prepared, strict=True))


def _release(push: Push, prepared: Prepared, now: datetime) -> bool:
    if prepared.invoice is None or prepared.invoice.conflicts:
        return False
    if prepared.invoice.is_closed and push.operation != PushOperation.CREATE:
        with suppress(DecisionRefused):  # somebody was faster
            skip_push(push=push, actor=None, now=now)
        return False
    obstacle = None
    try:
        make_document(push, prepared)
    except Hold as hold:
        obstacle = Obstacle(hold.code, hold.sentence)
    waits = prepared.invoice.waits_for_reopening
    return release_push(push, obstacle, waits_for_reopening=waits, now=now)
