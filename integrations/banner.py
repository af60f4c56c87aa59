"""The lines above every page of a company: its sign-in at Intuit has ended or is about to (Q58), sending is stopped."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from integrations.connection_card import WARN_DAYS
from integrations.models import Connection, ConnectionStatus
from ressio.http import CompanyRequest
from ressio.panels import register_banner

OWN_PAGES = "quickbooks"
SENDING_PAGE = "pushes"


def register_banners() -> None:
    register_banner(draw_banners)


def draw_banners(request: CompanyRequest) -> SafeString | str:
    """One small query. People without sight of costs are not bothered; the connection's own page says it
    itself.
    """
    if not request.member.sees_financials or is_own_page(request, OWN_PAGES):
        return ""
    connection = Connection.objects.filter(is_current=True).defer("access_token", "refresh_token").first()
    if connection is None:
        return ""
    return SafeString(draw_sign_in_banner(request, connection) + draw_stopped_banner(request, connection))


def draw_stopped_banner(request: CompanyRequest, connection: Connection) -> SafeString | str:
    if not connection.pushing_is_stopped or is_own_page(request, SENDING_PAGE):
        return ""
    return draw(request, connection, "integrations/pushes/stopped.html")


def draw_sign_in_banner(request: CompanyRequest, connection: Connection) -> SafeString | str:
    if connection.status == ConnectionStatus.RECONNECT_NEEDED:
        return draw(request, connection, "integrations/connection/banner.html")
    if request.member.is_admin and is_ending(connection):
        return draw(request, connection, "integrations/connection/ending_banner.html")
    return ""


def is_own_page(request: CompanyRequest, name: str) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == name


def is_ending(connection: Connection) -> bool:
    ends_at = connection.sign_in_ends_at
    is_near = ends_at is not None and ends_at - timezone.now() < timedelta(days=WARN_DAYS)
    return is_near and connection.status == ConnectionStatus.CONNECTED


def draw(request: CompanyRequest, connection: Connection, template: str) -> SafeString:
    context = {"connection": connection, "company": request.company, "member": request.member}
    return SafeString(render_to_string(template, context, request=request))
