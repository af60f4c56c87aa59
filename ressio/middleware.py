"""Which company a request is about, and whether this person may know that it exists.

Everything below `/c/<company>/` runs in that company's scope; everything in the staff admin without one.
The API opens its scope itself, after it knows who asks (`ressio.api.base`).
"""

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from ressio.access import find_membership
from ressio.http import CompanyRequest
from ressio.models import TeamMember
from ressio.scoping import scope, scopes_disabled
from ressio.views.errors import show_not_found

GetResponse = Callable[[HttpRequest], HttpResponse]
COMPANY_ROUTE = "c/<slug:company>/"


class CompanyMiddleware:
    """Opens the scope around the view. An outsider gets the same 404 as for a company that does not exist."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = find_match(request)
        if match is None:
            return self.get_response(request)
        if "admin" in match.app_names:
            with scopes_disabled():
                return self.get_response(request)
        if match.route.startswith(COMPANY_ROUTE):
            return self.serve_company(request, match.kwargs["company"])
        return self.get_response(request)

    def serve_company(self, request: HttpRequest, slug: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        member = find_membership(user=request.user, slug=slug)
        if member is None:
            return show_not_found(request, Http404())
        return self.serve_member(cast(CompanyRequest, request), member)

    def serve_member(self, request: CompanyRequest, member: TeamMember) -> HttpResponse:
        request.company, request.member = member.company, member
        with scope(company=member.company), timezone.override(ZoneInfo(member.company.time_zone)):
            return self.get_response(request)


def find_match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Brings the person back to the page they wanted; after a form, to the page the form was on."""
    response = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if request.headers.get("HX-Request") == "true":
        # A fragment would otherwise be replaced by the whole sign-in page.
        return HttpResponseClientRedirect(redirect_to_login("/").headers["Location"])
    return response
