"""Planning: add, change and remove budget lines, import and export them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets.budget_lines import (
    CannotImport,
    CannotSetBudget,
    export_budget,
    import_budget,
    remove_budget_line,
    set_budget_line,
)
from budgets.forms import BudgetLineForm, ImportBudgetForm
from budgets.models import BudgetLine
from ressio.access import financials_required, get_project
from ressio.http import CompanyRequest
from ressio.models import Project
from ressio.views.places import company_url


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def add_line(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    form = BudgetLineForm(
        request.POST or None, project=project, initial={"cost_code": request.GET.get("cost_code")}
    )
    if request.method == "POST" and form.is_valid() and _save(request, project, form):
        return _to_budget(project)
    return _show_form(request, project, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def edit_line(request: CompanyRequest, company: str, project_id: int, line_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    line: BudgetLine = get_object_or_404(
        BudgetLine.objects.select_related("cost_code"), pk=line_id, project=project
    )
    form = BudgetLineForm(request.POST or None, project=project, line=line)
    if request.method == "POST" and form.is_valid() and _save(request, project, form):
        return _to_budget(project)
    return _show_form(request, project, form, line)


@require_POST
@financials_required
def remove_line(request: CompanyRequest, company: str, project_id: int, line_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    line: BudgetLine = get_object_or_404(
        BudgetLine.objects.select_related("cost_code"), pk=line_id, project=project
    )
    name = line.cost_code.name
    remove_budget_line(line=line, actor=request.user)
    messages.success(request, f"“{name}” is no longer budgeted. Costs on it still show.")
    return _to_budget(project)


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def import_lines(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    form = ImportBudgetForm(request.POST or None, request.FILES or None)
    refused = []
    if request.method == "POST" and form.is_valid():
        try:
            lines = import_budget(project=project, text=form.cleaned_data["text"], actor=request.user)
        except CannotImport as error:
            refused = error.refused
        else:
            words = "1 budget line was" if len(lines) == 1 else f"{len(lines)} budget lines were"
            messages.success(request, f"{words} imported.")
            return _to_budget(project)
    is_wrong = bool(refused) or bool(form.errors)
    context = {"project": project, "form": form, "refused": refused}
    return render(request, "budgets/import.html", context, status=400 if is_wrong else 200)


@require_safe
@financials_required
def export_lines(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    response = HttpResponse(export_budget(project), content_type="text/csv; charset=utf-8")
    name = slugify(project.name) or f"project-{project.pk}"
    response["Content-Disposition"] = f'attachment; filename="budget-{name}.csv"'
    return response


def _save(request: CompanyRequest, project: Project, form: BudgetLineForm) -> bool:
    try:
        set_budget_line(project=project, **form.cleaned_data, actor=request.user)
    except CannotSetBudget as error:
        form.add_error(None, str(error))
        return False
    return True


def _show_form(
    request: CompanyRequest, project: Project, form: BudgetLineForm, line: BudgetLine | None
) -> HttpResponse:
    context = {"project": project, "form": form, "line": line}
    return render(request, "budgets/line_form.html", context, status=400 if form.errors else 200)


def _to_budget(project: Project) -> HttpResponse:
    return redirect(company_url("project-budget", project.company, project_id=project.pk))
