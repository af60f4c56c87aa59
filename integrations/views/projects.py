"""K5: a project made from a QuickBooks customer, because somebody asked for it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from integrations.connecting import current_connection
from integrations.linking import LinkRefused, NameTaken, create_project_from_customer, find_customer
from integrations.linking.picker import make_picker
from integrations.models import Connection
from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.models import Project

from .linking_base import render_refused, show_not_connected, tell_refusal

TITLE = "New project from QuickBooks"


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def new_from_customer(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    if connection is None:
        return show_not_connected(request, TITLE, status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _render_page(request, connection)
    try:
        customer = find_customer(connection, request.POST.get("customer", ""))
        project = create_project_from_customer(customer=customer, actor=request.user, now=timezone.now())
    except NameTaken as taken:
        tell_refusal(request, taken)
        return _render_page(request, connection, refused=True, existing=taken.existing)
    except LinkRefused as error:
        tell_refusal(request, error)
        return _render_page(request, connection, refused=True)
    messages.success(request, f"{project.name} is created and connected to “{customer.full_name}”.")
    return redirect("project-financials", company=company, project_id=project.pk)


def _render_page(
    request: CompanyRequest, connection: Connection, *, refused: bool = False, existing: Project | None = None
) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    context = {
        "title": TITLE,
        "connection": connection,
        "picker": make_picker(connection, query=query),
        "query": query,
        "existing": existing,
    }
    return render_refused(request, "integrations/links/new_project.html", context, refused)
