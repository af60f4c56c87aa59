"""What every API view of a company stands on: who asks, which company, its scope around the whole request."""

from contextlib import ExitStack
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from ressio.access import find_membership, get_project
from ressio.api.permissions import IsMember
from ressio.models import ApiToken, Company, Project, TeamMember, User
from ressio.scoping import scope

Found = TypeVar("Found", bound=Model)


class InCompany(APIView):
    """Opens the scope once it is known who asks, and closes it when the answer is made.

    An outsider gets 404, as for a company that does not exist; so does a token used for another company.
    """

    permission_classes = [IsMember]
    opened: ExitStack

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.opened:
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """DRF calls this before permissions and throttles."""
        super().perform_authentication(request)
        member = find_member(request, slug=self.kwargs["company"])
        request.member, request.company = member, member.company  # type: ignore[attr-defined]
        self.opened.enter_context(scope(company=member.company))

    @property
    def member(self) -> TeamMember:
        member: TeamMember = self.request.member  # type: ignore[attr-defined]
        return member

    @property
    def company(self) -> Company:
        return self.member.company

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user


def find_member(request: Request, *, slug: str) -> TeamMember:
    """Raises NotAuthenticated (401) or NotFound (404)."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    if isinstance(request.auth, ApiToken):
        member: TeamMember | None = request.auth.team_member if request.auth.company.slug == slug else None
    else:
        member = find_membership(user=request.user, slug=slug)
    if member is None:
        raise NotFound
    return member


def find_or_404(rows: "QuerySet[Found]", **which: Any) -> Found:
    """By what stands in the address; what belongs to another company looks like what does not exist."""
    found = rows.filter(**which).first()
    if found is None:
        raise NotFound
    return found


class CompanyAPIView(InCompany):
    """For a single resource."""


class ProjectAPIView(CompanyAPIView):
    """Below `projects/<int:project_id>/`. A project that the member may not see gets 404."""

    @cached_property
    def project(self) -> Project:
        return get_project(self.request, self.kwargs["project_id"])


class CompanyViewSet(InCompany, GenericViewSet[Any]):
    """For a list and its rows. Give `queryset = Model.objects.none()` for the schema, and `get_queryset`."""
