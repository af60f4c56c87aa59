"""Who is on payroll (M59, K7). QuickBooks' Accounting API does not say it per employee.

What it does say decides: an explicit `UseTimeEntry` on the employee. Otherwise an admin confirms it on the
team member, with who and when. Whether the company has QuickBooks payroll at all is told beside the tick and
decides nothing: payroll is often run elsewhere, and the job still has to carry the hours.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations.models import Connection, QuickBooksEmployee
from integrations.registry import fire_links_changed
from ressio.activity import record_activity
from ressio.models import TeamMember, User

from .employees import EMPLOYEES
from .errors import PayrollDecidedElsewhere
from .pairing import require_linkable

SAYS_YES, SAYS_NO = "UseTimeEntry", "DoNotUseTimeEntry"
NO_PAYROLL = (
    "This QuickBooks company has no payroll of its own; confirm only people paid through another payroll."
)


@dataclass(frozen=True)
class PayrollState:
    is_on_payroll: bool
    is_decided_by_quickbooks: bool
    reason: str


def payroll_state(member: TeamMember | None, employee: QuickBooksEmployee | None) -> PayrollState:
    """Pure. Without employee or member there is nobody who could have confirmed it."""
    said = employee.uses_time_entry if employee else ""
    if said in (SAYS_YES, SAYS_NO):
        verb = "uses" if said == SAYS_YES else "does not use"
        return PayrollState(
            said == SAYS_YES, True, f"QuickBooks says that this employee {verb} time data for payroll."
        )
    if member and member.on_payroll:
        return PayrollState(True, False, "Confirmed by an admin.")
    return PayrollState(False, False, "Nobody has confirmed that this person is on payroll.")


def linked_employee(connection: Connection, member: TeamMember) -> QuickBooksEmployee | None:
    link = EMPLOYEES.link_of(connection, member)
    if link is None:
        return None
    row: QuickBooksEmployee | None = QuickBooksEmployee.objects.filter(
        connection=connection, quickbooks_id=link.employee_ref
    ).first()
    return row


def confirm_on_payroll(
    *, team_member: TeamMember, connection: Connection, actor: User, now: datetime
) -> None:
    """Time of this person may count from now on. Raises `PayrollDecidedElsewhere` when QuickBooks says it."""
    _set_on_payroll(team_member, connection, actor, True, now)


def withdraw_on_payroll(
    *, team_member: TeamMember, connection: Connection, actor: User, now: datetime
) -> None:
    _set_on_payroll(team_member, connection, actor, False, now)


def _set_on_payroll(
    member: TeamMember, connection: Connection, actor: User, is_on_payroll: bool, now: datetime
) -> None:
    require_linkable(connection, member)
    if payroll_state(member, linked_employee(connection, member)).is_decided_by_quickbooks:
        raise PayrollDecidedElsewhere(
            f"QuickBooks itself says whether “{member}” is on payroll. Change it there."
        )
    with transaction.atomic():
        # Compare and swap: of two admins who tick at once the first is recorded.
        changed = TeamMember.objects.filter(pk=member.pk, on_payroll=not is_on_payroll).update(
            on_payroll=is_on_payroll,
            on_payroll_confirmed_by=actor if is_on_payroll else None,
            on_payroll_confirmed_at=now if is_on_payroll else None,
        )
        if changed:
            _record(member, actor, is_on_payroll)
            fire_links_changed(connection)
    member.refresh_from_db()


def _record(member: TeamMember, actor: User, is_on_payroll: bool) -> None:
    record_activity(
        company=member.company,
        actor=actor,
        verb="confirmed on payroll" if is_on_payroll else "took off payroll",
        subject=member,
        changes={"on payroll": [str(not is_on_payroll), str(is_on_payroll)]},
    )
