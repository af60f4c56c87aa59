"""The Applied Actuals window: the lines behind a number, each with its verdict. A page of its own as well."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from budgets.bills.clips import files_by_document
from budgets.counting import ProjectCosts, count_project
from budgets.forms import LineFilterForm
from budgets.lines import CountedLine, LineFilter, lines_of
from ressio.access import financials_required, get_project
from ressio.csv_text import write_csv
from ressio.http import CompanyRequest
from ressio.models import CostCode, Project
from ressio.views.lists import query_without

EXPORT_HEADER = (
    "Date", "Type", "Payee", "Number", "Description", "Product/Service", "Account", "Customer", "Cost code",
    "Quantity", "Hours", "Billable", "Amount", "Tax", "Verdict", "Reason", "QuickBooks entity", "QuickBooks id", "Line",
)  # fmt: skip
EXPORT_CHUNK = 1000


@require_safe
@financials_required
def show_actuals(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    form = LineFilterForm(request.GET)
    costs = count_project(project)
    context = {"project": project, "form": form, "costs": costs}
    if not form.is_valid():
        return render(request, "budgets/actuals.html", context, status=400)
    wanted, sort = form.to_filter(), form.cleaned_data["sort"] or "-date"
    found = lines_of(project, wanted, order=sort, page=form.cleaned_data["page"] or 1, costs=costs)
    codes = _code_names(costs)
    files = files_by_document(project, [each.line for each in found.lines])
    context |= {
        "found": found,
        "rows": [
            (
                each,
                codes.get(each.cost_code_id or 0, ""),
                files.get((each.line.entity, each.line.document_ref)),
            )
            for each in found.lines
        ],
        "cost_code": CostCode.objects.filter(pk=wanted.cost_code_id or 0).first(),
        "wanted": wanted,
        "sort": sort,
        "query": query_without(request, "page"),
        "sort_query": query_without(request, "page", "sort"),
        "previous_page": found.page - 1 if found.page > 1 else None,
        "next_page": found.page + 1 if found.page < found.page_count else None,
        "is_filtered": any(
            form.cleaned_data[name] for name in form.cleaned_data if name not in ("page", "sort")
        ),
    }
    is_window = request.htmx and request.htmx.target == "actuals-window"
    return render(request, "budgets/actuals_window.html" if is_window else "budgets/actuals.html", context)


@require_safe
@financials_required
def export_actuals(
    request: CompanyRequest, company: str, project_id: int
) -> HttpResponse | StreamingHttpResponse:
    """Every line that matches, as CSV: for the accountant who wants to add it up herself."""
    project = get_project(request, project_id)
    form = LineFilterForm(request.GET)
    if not form.is_valid():
        return HttpResponse(
            "The filter makes no sense.", status=400, content_type="text/plain; charset=utf-8"
        )
    costs = count_project(project)
    codes = _code_names(costs)
    rows = (_export_row(line, codes) for line in _all_lines(project, form.to_filter(), costs))
    response = HttpResponse(write_csv(EXPORT_HEADER, rows), content_type="text/csv; charset=utf-8")
    name = slugify(project.name) or f"project-{project.pk}"
    response["Content-Disposition"] = f'attachment; filename="actuals-{name}.csv"'
    return response


def _all_lines(project: Project, wanted: LineFilter, costs: ProjectCosts) -> Iterator[CountedLine]:
    page = 1
    while True:
        found = lines_of(project, wanted, order="date", page=page, page_size=EXPORT_CHUNK, costs=costs)
        yield from found.lines
        if page >= found.page_count:
            return
        page += 1


def _export_row(counted: CountedLine, codes: dict[int, str]) -> tuple[object, ...]:
    line = counted.line
    texts = (
        line.payee_name,
        line.number,
        line.description,
        counted.item_name,
        counted.account_name,
        counted.customer_name,
    )
    return (
        line.txn_date,
        counted.kind_label,
        *texts,
        codes.get(counted.cost_code_id or 0, ""),
        line.quantity,
        None if counted.hours is None else f"{counted.hours:.4f}",
        line.get_billable_status_display(),
        counted.amount if counted.has_price else None,
        line.tax_amount,
        "Counted" if counted.is_counted else "Left out",
        counted.reason.title if counted.reason else "",
        line.entity,
        line.document_ref,
        line.line_ref,
    )


def _code_names(costs: ProjectCosts) -> dict[int, str]:
    wanted = {group.cost_code_id for group in costs.groups if group.cost_code_id}
    return dict(CostCode.objects.filter(pk__in=wanted).values_list("pk", "name"))
