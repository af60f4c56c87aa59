"""The request as a company's pages see it, and which views take large ones."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from ressio.models import Company, TeamMember, User


class CompanyRequest(HttpRequest):
    """What a view below `/c/<company>/` is given, once `CompanyMiddleware` has let it through."""

    company: Company
    member: TeamMember
    htmx: HtmxDetails
    user: User


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def takes_files(view: View) -> View:
    """Marks a view that people upload files to: its requests may be as large as QuickBooks takes files.

    All others are held to a few megabytes (`config.middleware`). A class of the API says `takes_files = True`.
    """
    view.takes_files = True  # type: ignore[attr-defined]
    return view
