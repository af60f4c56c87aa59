"""Writes what a time entry of QuickBooks says into its shift, and says what changed. No query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.models import Connection
from ressio.models import CostCode, Project, TeamMember
from timeclock.clock import say_time
from timeclock.facts import Entry
from timeclock.history import RATE, RATE_THAT_HOLDS, Fields
from timeclock.models import Shift, ShiftState

CHANGED = "changed in QuickBooks"
WHOLE_MINUTES = 60
"""QuickBooks may leave out seconds: less than that is no reason to doubt the times on the clock."""


@dataclass(frozen=True)
class Notes:
    """What there is to say in the shift's history."""

    what: str
    fields: Fields


def take_entry(
    shift: Shift,
    entry: Entry,
    *,
    connection: Connection,
    project: Project | None,
    member: TeamMember | None,
    code: CostCode | None,
    our_rate: Decimal | None = None,
    what: str = CHANGED,
) -> Notes | None:
    """On the row only. `project`, `member` and `code` are whom the entry names here, None for nobody. Who, where and
    what a shift of ours is follows only where QuickBooks changed it, to nobody of ours as well: a link that ended says
    nothing about the shift.
    """
    is_first, came_back = not shift.quickbooks_id, shift.state == ShiftState.DELETED
    before = _describe(shift)
    _take_refs(shift, entry, project, member, code)
    _take_time(shift, entry)
    line = entry.line
    shift.connection, shift.quickbooks_id = connection, entry.quickbooks_id
    shift.worker_name, shift.description = line.payee_name, line.description[:4000]
    shift.is_billable, shift.billable_status = entry.is_billable, line.billable_status
    shift.quickbooks_rate = entry.billable_rate
    shift.state, shift.gone_at, shift.agreed = ShiftState.APPROVED, None, entry.refs
    if shift._state.adding:
        return None
    after = _describe(shift)
    silent = ("Billing", RATE) if is_first else ()
    fields = [
        (label, before[label], after[label])
        for label in after
        if before[label] != after[label] and label not in silent
    ]
    if is_first:
        return _arrival(shift, fields, our_rate)
    if came_back:
        return Notes("is back in QuickBooks", fields)
    return Notes(what, fields) if fields else None


def _arrival(shift: Shift, fields: Sequence[tuple[str, str, str]], our_rate: Decimal | None) -> Notes:
    """Where QuickBooks bills another rate than we would, that one holds, and it is said (R36)."""
    theirs = shift.quickbooks_rate
    said = list(fields)
    if theirs is not None and our_rate is not None and theirs != our_rate:
        said.append((RATE_THAT_HOLDS, f"{our_rate:.2f}", f"{theirs:.2f}"))
    return Notes("arrived in QuickBooks" + (", which holds it like this" if said else ""), said)


def _take_refs(
    shift: Shift, entry: Entry, project: Project | None, member: TeamMember | None, code: CostCode | None
) -> None:
    before, refs = shift.agreed, entry.refs
    if not shift.is_ours:
        shift.project, shift.team_member, shift.cost_code = project, member, code
        return
    if _is_other(shift.project, before, refs, "customer_ref") and (project or before):
        shift.project = project
    if _is_other(shift.team_member, before, refs, "employee_ref") and (member or before):
        shift.team_member = member
    if _is_other(shift.cost_code, before, refs, "item_ref") and (code or before):
        shift.cost_code = code


def _is_other(known: object, before: Mapping[str, str], now: Mapping[str, str], name: str) -> bool:
    """Changed there; or it named nobody of ours, and may by now."""
    return known is None or before.get(name) != now[name]


def _take_time(shift: Shift, entry: Entry) -> None:
    """Its moments stay while they still say the same; another length or day has none."""
    seconds, day = entry.line.seconds or 0, entry.line.txn_date or shift.worked_on
    if abs(seconds - shift.worked_seconds) >= WHOLE_MINUTES or day != shift.worked_on:
        shift.started_at = shift.ended_at = None
    shift.worked_seconds, shift.worked_on = seconds, day


def _describe(shift: Shift) -> dict[str, str]:
    if shift._state.adding:
        return {}
    rate = shift.quickbooks_rate
    return {
        "Worker": shift.shown_worker,
        "Project": str(shift.project or ""),
        "Cost code": str(shift.cost_code or ""),
        "Description": shift.description,
        "Billable": "yes" if shift.is_billable else "no",
        "Billing": {"HasBeenBilled": "billed"}.get(shift.billable_status, ""),
        RATE: "" if rate is None else f"{rate:.2f}",
        "Date": str(shift.worked_on),
        "Start": say_time(shift, shift.started_at),
        "End": say_time(shift, shift.ended_at),
        "Hours": f"{shift.worked_seconds / 3600:.2f}",
    }
