"""The budget page, its printable tie-out sheet, and the button that brings the costs in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from budgets.budget_page import Budget, build_budget
from budgets.tie_out import check_documents
from integrations.connecting import current_connection
from integrations.models import ConnectionStatus, RunKind, RunTrigger
from integrations.sync import find_active_run, request_sync
from ressio.access import financials_required, get_project
from ressio.http import CompanyRequest
from ressio.models import Project
from ressio.views.places import company_url


@require_safe
@financials_required
def show_budget(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    return render(request, "budgets/budget.html", _context(request, project))


@require_safe
@financials_required
def show_tie_out_sheet(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """One page an accountant can sign: QuickBooks' total, every reason, and the documents behind it checked again."""
    project = get_project(request, project_id)
    context = _context(request, project)
    budget: Budget = context["budget"]  # type: ignore[assignment]
    context["check"] = (
        check_documents(budget.costs) if budget.costs.is_linked or budget.costs.has_own_lines else None
    )
    context["printed_at"] = timezone.now()
    return render(request, "budgets/tie_out_sheet.html", context)


@require_POST
@financials_required
def sync_expenses(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """M33. A second press joins the run that is already going."""
    project = get_project(request, project_id)
    connection = current_connection(request.company)
    if connection is None or connection.status != ConnectionStatus.CONNECTED:
        messages.error(
            request, "QuickBooks is not connected, so there is nothing to sync from. An Admin connects it."
        )
    else:
        request_sync(
            connection=connection,
            kind=RunKind.EXPENSES,
            trigger=RunTrigger.BUTTON,
            requested_by=request.user,
            project=project,
            now=timezone.now(),
        )
    return redirect(company_url("project-budget", request.company, project_id=project.pk))


def _context(request: CompanyRequest, project: Project) -> dict[str, object]:
    budget = build_budget(project)
    connection = current_connection(request.company)
    return {
        "project": project,
        "budget": budget,
        "costs": budget.costs,
        "connection": connection,
        "active_run": find_active_run(connection) if connection else None,
        "can_sync": connection is not None and connection.status == ConnectionStatus.CONNECTED,
    }
