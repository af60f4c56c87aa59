"""Help inside the product (M99)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from integrations.connecting import current_connection
from integrations.guides import GUIDES, read_guide
from integrations.setup_checks import checks_of
from ressio.access import financials_required
from ressio.http import CompanyRequest


@require_safe
@financials_required
def show_guide(request: CompanyRequest, company: str, guide: str) -> HttpResponse:
    if guide not in GUIDES:
        raise Http404("No such guide.")
    connection = current_connection(request.company)
    context = {
        "guide": read_guide(guide),
        "guides": [read_guide(key) for key in GUIDES],
        "checks": checks_of(connection) if connection and guide == "setting-up" else [],
    }
    return render(request, "integrations/guides/guide.html", context)
