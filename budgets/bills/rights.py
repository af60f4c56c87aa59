"""Who may do what with bills (R1, R2): one home for pages, API and the sender."""

from ressio.access import projects_for
from ressio.models import Project, TeamMember


def may_enter_bills(member: TeamMember) -> bool:
    """Admins, and Team Members with the grant (R2)."""
    return member.is_admin or (member.sees_financials and member.can_create_bills)


def may_approve_bills(member: TeamMember) -> bool:
    """Approving counts the bill and sends it to QuickBooks: an Admin's word (M44)."""
    return member.is_admin


def may_enter_on(member: TeamMember, project: Project) -> bool:
    return may_enter_bills(member) and projects_for(member).filter(pk=project.pk).exists()
