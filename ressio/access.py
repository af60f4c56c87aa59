"""Who may do what (R1–R3), in one place: asked by pages and by the API."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from ressio.http import CompanyRequest
from ressio.models import Project, TeamMember, User
from ressio.scoping import scopes_disabled

P = ParamSpec("P")
View = Callable[Concatenate[CompanyRequest, P], HttpResponseBase]
AnyView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def find_membership(*, user: User, slug: str) -> TeamMember | None:
    """The person's active place in that company; None tells nothing about whether the company exists."""
    with scopes_disabled():
        return (
            TeamMember.objects.select_related("company", "user")
            .filter(user=user, company__slug=slug, is_active=True)
            .first()
        )


def memberships_of(user: User) -> list[TeamMember]:
    with scopes_disabled():
        found = TeamMember.objects.select_related("company").filter(user=user, is_active=True)
        return list(found.order_by("company__name", "pk"))


def projects_for(member: TeamMember) -> QuerySet[Project]:
    """Admins see every project, everybody else those they are assigned to (R1). Runs in the company's scope."""
    projects: QuerySet[Project] = Project.objects.all()
    return projects if member.is_admin else projects.filter(assignments__team_member=member)


def get_project(request: HttpRequest, project_id: int) -> Project:
    """404 unless this member may see the project: another's project looks like one that does not exist."""
    member = cast(CompanyRequest, request).member
    project = projects_for(member).filter(pk=project_id).first()
    if project is None:
        raise Http404("No such project.")
    return project


def member_required(view: View[P]) -> AnyView[P]:
    """Any active member of the company in the path."""
    return _allow(view, lambda member: True)


def admin_required(view: View[P]) -> AnyView[P]:
    return _allow(view, lambda member: member.is_admin)


def financials_required(view: View[P]) -> AnyView[P]:
    """Admin and Team Member; Field sees no money (R1)."""
    return _allow(view, lambda member: member.sees_financials)


def _allow(view: View[P], is_allowed: Callable[[TeamMember], bool]) -> AnyView[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        company_request = cast(CompanyRequest, request)
        if not is_allowed(company_request.member):
            raise PermissionDenied
        return view(company_request, *args, **kwargs)

    return guarded


__all__ = [
    "admin_required",
    "financials_required",
    "find_membership",
    "get_project",
    "member_required",
    "memberships_of",
    "projects_for",
]
