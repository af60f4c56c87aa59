"""Who may do what with shifts (R1–R3): one home for pages and API. Everybody clocks for themselves."""

from django.db.models import QuerySet

from ressio.models import Project, TeamMember
from timeclock.models import Shift, ShiftState


def may_review(member: TeamMember) -> bool:
    """See and approve everybody's time, record it for others, edit breaks (R37)."""
    return member.is_admin


def may_record(member: TeamMember) -> bool:
    """Enter time afterwards: Admins for everybody, others their own with the grant (R2)."""
    return member.is_admin or member.can_edit_own_time


def may_edit(member: TeamMember, shift: Shift) -> bool:
    """Only drafts that were made here; whose, as above. A running shift is clocked, not edited, except by an Admin."""
    if not shift.is_ours or shift.state != ShiftState.DRAFT:
        return False
    if member.is_admin:
        return True
    return member.can_edit_own_time and shift.team_member_id == member.pk and not shift.is_running


def may_take_back(member: TeamMember, shift: Shift) -> bool:
    return may_review(member) and shift.is_ours and shift.state == ShiftState.APPROVED


def shifts_for(member: TeamMember, *, project: Project | None = None) -> "QuerySet[Shift]":
    """Admins see everybody's, others their own."""
    shifts: QuerySet[Shift] = Shift.objects.all() if may_review(member) else member.shifts.all()
    return shifts if project is None else shifts.filter(project=project)
