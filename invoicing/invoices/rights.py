"""Who may do what with invoices (R1, R42): one home for pages, API and the sender."""

from ressio.access import projects_for
from ressio.models import Project, TeamMember


def sees_invoices(member: TeamMember) -> bool:
    return member.sees_financials


def may_draft_invoices(member: TeamMember) -> bool:
    """Admins and Team Members; a draft binds nobody."""
    return member.sees_financials


def may_release_invoices(member: TeamMember) -> bool:
    """Releasing, voiding, recording payments, deciding conflicts: the client or the books see it. An Admin's word."""
    return member.is_admin


def may_draft_on(member: TeamMember, project: Project) -> bool:
    return may_draft_invoices(member) and projects_for(member).filter(pk=project.pk).exists()
