"""Asking for shifts to be sent: which go by themselves after approval, one by one or many in batches (M57, U2)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from integrations.models import Connection, ProjectLink, ProjectSwitches, Push, PushOperation, PushState
from integrations.outbox import (
    DecisionRefused,
    find_subject_push,
    push_or_retry,
    request_push,
    request_pushes,
    retry_push,
    skip_push,
)
from ressio.models import User
from timeclock.errors import ShiftRefused
from timeclock.models import Shift
from timeclock.readiness import why_stays

KIND = "shift"
ON_ITS_WAY = "The shift is on its way to QuickBooks. Wait for the answer, then decide."


def find_shift_push(shift: Shift) -> Push | None:
    """The open one, if the shift is on its way or held; also where the project is not linked any more."""
    return find_subject_push(KIND, str(shift.pk))


def ask_for_pushes(
    shifts: Sequence[Shift], *, requested_by: User | None, now: datetime, is_bulk: bool
) -> int:
    """Of approved shifts, which the caller has locked, those whose projects send them; returns how many."""
    found = _by_connection(shifts)
    for connection, some in found.items():
        if is_bulk:
            subjects = {str(shift.pk): str(shift) for shift in some}
            request_pushes(
                connection=connection, kind=KIND, subjects=subjects, requested_by=requested_by, now=now
            )
            continue
        for shift in some:
            request_push(
                connection=connection,
                kind=KIND,
                subject_id=str(shift.pk),
                subject_label=str(shift),
                requested_by=requested_by,
                now=now,
            )
    return sum(len(some) for some in found.values())


def _by_connection(shifts: Sequence[Shift]) -> dict[Connection, list[Shift]]:
    """Two queries for any number of shifts."""
    projects = {shift.project_id for shift in shifts}
    links = ProjectLink.objects.filter(project__in=projects, connection__is_current=True)
    connections = {link.project_id: link.connection for link in links.select_related("connection")}
    switches = {found.project_id: found for found in ProjectSwitches.objects.filter(project__in=projects)}
    found: dict[Connection, list[Shift]] = defaultdict(list)
    for shift in shifts:
        project_id = shift.project_id or 0
        connection = connections.get(project_id)
        if connection is not None and why_stays(shift, True, switches.get(project_id)) is None:
            found[connection].append(shift)
    return found


def ask_to_delete(shift: Shift, connection: Connection, *, requested_by: User | None, now: datetime) -> Push:
    """Its entry in QuickBooks. One that is held is tried again, built on what QuickBooks says now."""
    return push_or_retry(
        connection=connection,
        kind=KIND,
        subject_id=str(shift.pk),
        subject_label=str(shift),
        requested_by=requested_by,
        now=now,
        operation=PushOperation.DELETE,
        quickbooks_id=shift.quickbooks_id,
    )


def withdraw_push(shift: Shift, *, actor: User | None, now: datetime) -> None:
    """Raises `ShiftRefused` where something of it may have reached QuickBooks."""
    push = find_shift_push(shift)
    if push is None:
        return
    try:
        skip_push(push=push, actor=actor, now=now)
    except DecisionRefused as error:
        raise ShiftRefused(ON_ITS_WAY, code="on_its_way") from error


def held_shift_push(shift: Shift, states: Collection[PushState] = (PushState.HELD,)) -> Push:
    """Raises `ShiftRefused`."""
    push = find_shift_push(shift)
    if push is None or push.state not in states:
        raise ShiftRefused("Nothing of this shift waits for a decision any more.", code="settled")
    return push


def try_again(push: Push, *, actor: User | None, now: datetime) -> None:
    """Raises `ShiftRefused`."""
    try:
        retry_push(push=push, actor=actor, now=now)
    except DecisionRefused as error:
        raise ShiftRefused(str(error), code="on_its_way") from error
