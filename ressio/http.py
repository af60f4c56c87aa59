"""The request as a company's pages see it: for annotations only."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ressio.models import Company, TeamMember, User


class CompanyRequest(HttpRequest):
    """What a view below `/c/<company>/` is given, once `CompanyMiddleware` has let it through."""

    company: Company
    member: TeamMember
    htmx: HtmxDetails
    user: User
