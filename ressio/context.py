"""What every page may use without its view handing it over."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from ressio.access import memberships_of
from ressio.http import CompanyRequest
from ressio.navigation import list_nav_places
from ressio.panels import draw_banners


def shell(request: HttpRequest) -> dict[str, Any]:
    """`company` and `member` are None on pages outside a company. Lists are drawn only where a page shows them."""
    context: dict[str, Any] = {"support_email": settings.SUPPORT_EMAIL, "company": None, "member": None}
    if not hasattr(request, "member"):
        return context
    ours = cast(CompanyRequest, request)
    return context | {
        "company": ours.company,
        "member": ours.member,
        "nav_places": lambda: list_nav_places(ours.member, ours.path),
        "banners": lambda: draw_banners(ours),
        "other_companies": lambda: [
            place.company for place in memberships_of(ours.user) if place.company_id != ours.company.pk
        ],
    }
