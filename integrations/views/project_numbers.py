"""V2: QuickBooks' second project numbers, and whose they are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from integrations.connecting import current_connection
from integrations.cost_figures import cost_figures
from integrations.linking import LinkRefused, find_customer, map_project_ref, unmap_project_ref
from integrations.models import Connection, ProjectRefMapping, QuickBooksCustomer
from ressio.access import admin_required
from ressio.http import CompanyRequest

from .linking_base import render_refused, show_not_connected, tell_refusal

TITLE = "QuickBooks project numbers"


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def list_numbers(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    if connection is None:
        return show_not_connected(request, TITLE, status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _render_page(request, connection)
    project_ref = request.POST.get("project_ref", "").strip()
    try:
        customer = find_customer(connection, request.POST.get("customer", ""))
        map_project_ref(
            connection=connection,
            project_ref=project_ref,
            customer=customer,
            actor=request.user,
            now=timezone.now(),
        )
    except LinkRefused as error:
        tell_refusal(request, error)
        return _render_page(request, connection, refused=True)
    messages.success(request, f"Project number {project_ref} stands for “{customer.full_name}”.")
    return redirect("quickbooks-project-numbers", company=company)


def _render_page(request: CompanyRequest, connection: Connection, *, refused: bool = False) -> HttpResponse:
    customers = {row.quickbooks_id: row for row in QuickBooksCustomer.objects.filter(connection=connection)}
    mappings = ProjectRefMapping.objects.filter(connection=connection).order_by("project_ref")
    context = {
        "title": TITLE,
        "connection": connection,
        "unknown": [
            (found, [customers[ref] for ref in found.named_customer_refs if ref in customers])
            for found in cost_figures().unknown_project_refs(connection)
        ],
        "mappings": [(mapping, customers.get(mapping.customer_ref)) for mapping in mappings],
        "customers": sorted(
            (row for row in customers.values() if not row.is_deleted),
            key=lambda row: row.full_name.casefold(),
        ),
    }
    return render_refused(request, "integrations/links/project_numbers.html", context, refused)


@require_POST
@admin_required
def forget_number(request: CompanyRequest, company: str, mapping_id: int) -> HttpResponse:
    mapping: ProjectRefMapping = get_object_or_404(ProjectRefMapping.objects.all(), pk=mapping_id)
    unmap_project_ref(mapping=mapping, actor=request.user)
    messages.success(request, f"Project number {mapping.project_ref} is unknown again.")
    return redirect("quickbooks-project-numbers", company=company)
