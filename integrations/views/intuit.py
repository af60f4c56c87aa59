"""The addresses that Intuit knows: where it sends people to. None shows a page while secrets are in the
address (Q22).

They are outside any company's path, because each is registered with Intuit once, for everybody.
"""

import structlog
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from integrations.connecting import (
    ConnectRefused,
    StateRefused,
    claim_attempt,
    current_connection,
    describe_failure,
    finish_connect,
)
from integrations.gateway.faults import QuickBooksError
from integrations.models import ConnectAttempt
from ressio.access import memberships_of
from ressio.models import TeamMember
from ressio.scoping import scope
from ressio.views.places import company_url

logger = structlog.get_logger(__name__)

CANCELLED = "You cancelled at Intuit. QuickBooks was not connected and nothing was changed."
REFUSED_THERE = "Intuit did not connect QuickBooks. Nothing was changed; please try again."
FAILED_HERE = "Something went wrong while connecting QuickBooks. Please try again, or write to support."
SIGNED_OUT = "Your session ended while you were at Intuit. Sign in and press Connect to QuickBooks again."
ASK_ADMIN = "QuickBooks is not connected. An Admin of your company can connect it in Settings → Integrations."


# The way back from the consent page -------------------------------------------------------------------------


@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Always 302 with nothing in it, also when all goes wrong: a page here would leak its address onwards."""
    try:
        return HttpResponseRedirect(find_way_on(request))
    except Exception:
        logger.exception("quickbooks_callback_failed")
        messages.error(request, FAILED_HERE)
        return redirect("quickbooks-launch")


def find_way_on(request: HttpRequest) -> str:
    """The address, without parameters, of the page that shows how it went."""
    if not request.user.is_authenticated:
        messages.warning(request, SIGNED_OUT)
        return str(redirect_to_login(reverse("quickbooks-launch")).headers["Location"])
    try:
        attempt = claim_attempt(
            user=request.user,
            session=request.session,
            state=request.GET.get("state", ""),
            now=timezone.now(),
        )
    except StateRefused as refusal:
        messages.error(request, str(refusal))
        return reverse("quickbooks-launch")
    with scope(company=attempt.company):
        return company_url(finish(request, attempt), attempt.company)


def finish(request: HttpRequest, attempt: ConnectAttempt) -> str:
    """The name of the page to go on to. Nothing of what Intuit wrote into the address is shown (Q8)."""
    if error := request.GET.get("error"):
        messages.warning(request, CANCELLED if error == "access_denied" else REFUSED_THERE)
        return "quickbooks"
    try:
        connected = finish_connect(
            attempt=attempt,
            code=request.GET.get("code", ""),
            realm_id=request.GET.get("realmId", ""),
            now=timezone.now(),
        )
    except (ConnectRefused, QuickBooksError) as failure:
        messages.error(request, describe_failure(failure))
        return "quickbooks"
    if connected.needs_confirmation:
        return "quickbooks-switch"
    messages.success(
        request, f"Connected to {connected.connection.books_name}. The first sync has been started."
    )
    return "quickbooks"


# Launch, reconnect, disconnected ----------------------------------------------------------------------------


@require_safe
def launch(request: HttpRequest) -> HttpResponse:
    """Where Intuit's app list and its "reconnect" notice lead: into the app, or to connecting (Q38)."""
    if request.GET:
        return redirect("quickbooks-launch")
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("quickbooks-launch"))
    places = memberships_of(request.user)
    if len(places) == 1:
        return redirect(find_landing(request, places[0]))
    if not places:
        return redirect("front")
    return render(
        request, "integrations/connection/launch.html", {"places": [describe(place) for place in places]}
    )


def find_landing(request: HttpRequest, member: TeamMember) -> str:
    if is_connected(member):
        return company_url("projects", member.company)
    if member.is_admin:
        return company_url("quickbooks", member.company)
    messages.info(request, ASK_ADMIN)
    return company_url("projects", member.company)


def is_connected(member: TeamMember) -> bool:
    with scope(company=member.company):
        connection = current_connection(member.company)
    return connection is not None and connection.is_usable


def describe(member: TeamMember) -> dict[str, object]:
    connected = is_connected(member)
    page = "quickbooks" if member.is_admin and not connected else "projects"
    return {
        "company": member.company,
        "is_connected": connected,
        "can_connect": member.is_admin,
        "url": company_url(page, member.company),
    }


@require_safe
def disconnected(request: HttpRequest) -> HttpResponse:
    """Shown after somebody ended the connection at Intuit. Believes nothing of its address and changes
    nothing: anybody can make such a link. Ressio learns the truth from Intuit with its next request (Q37).
    """
    if request.GET:
        return redirect("quickbooks-disconnected")
    return render(request, "integrations/connection/disconnected.html")
