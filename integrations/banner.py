"""The line above every page of a company whose sign-in at Intuit has ended or is about to (Q58)."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from integrations.connection_card import WARN_DAYS
from integrations.models import Connection, ConnectionStatus
from ressio.http import CompanyRequest
from ressio.panels import register_banner

OWN_PAGES = "quickbooks"


def register_reconnect_banner() -> None:
    register_banner(draw_reconnect_banner)


def draw_reconnect_banner(request: CompanyRequest) -> SafeString | str:
    """One small query. People without sight of costs are not bothered; the connection's own page says it
    itself.
    """
    if not request.member.sees_financials or is_own_page(request):
        return ""
    connection = Connection.objects.filter(is_current=True).defer("access_token", "refresh_token").first()
    if connection is None:
        return ""
    if connection.status == ConnectionStatus.RECONNECT_NEEDED:
        return draw(request, connection, "integrations/connection/banner.html")
    if request.member.is_admin and is_ending(connection):
        return draw(request, connection, "integrations/connection/ending_banner.html")
    return ""


def is_own_page(request: CompanyRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == OWN_PAGES


def is_ending(connection: Connection) -> bool:
    ends_at = connection.sign_in_ends_at
    is_near = ends_at is not None and ends_at - timezone.now() < timedelta(days=WARN_DAYS)
    return is_near and connection.status == ConnectionStatus.CONNECTED


def draw(request: CompanyRequest, connection: Connection, template: str) -> SafeString:
    context = {"connection": connection, "company": request.company, "member": request.member}
    return SafeString(render_to_string(template, context, request=request))
