"""The list of bills: of all projects in the left bar, of one in its tab (R22)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from budgets.bill_forms import BillFilterForm
from budgets.bills.listing import BillRow, all_bills, find_bills, reach_of
from budgets.bills.rights import may_approve_bills, may_enter_bills
from ressio.access import financials_required, get_project
from ressio.csv_text import write_csv
from ressio.http import CompanyRequest
from ressio.list_columns import ColumnSet, ListColumn
from ressio.models import Project
from ressio.views.files import send_csv
from ressio.views.lists import describe_columns, describe_pages, keep_columns, query_without
from ressio.views.places import company_url

DEFAULT_SORT = "-issued"
LISTED = (
    ListColumn("vendor", "Vendor"),
    ListColumn("number", "Number"),
    ListColumn("project", "Project"),
    ListColumn("issued", "Issued"),
    ListColumn("due", "Due"),
    ListColumn("total", "Total", is_number=True),
    ListColumn("paid", "Paid", is_number=True),
    ListColumn("open", "Open", is_number=True),
    ListColumn("status", "Status"),
    ListColumn("origin", "Made in"),
    ListColumn("sending", "QuickBooks"),
    ListColumn("files", "Files", is_number=True),
)
COLUMNS = ColumnSet("bills", LISTED, always=("number",), unasked=("due", "paid", "origin"))
EXPORT_HEADER = (
    "Vendor", "Number", "Project", "Issued", "Due", "Currency", "Total", "Share of the project", "Paid", "Open",
    "Status", "Made in", "QuickBooks", "Files", "Description", "QuickBooks id",
)  # fmt: skip


@require_safe
@financials_required
def list_bills(request: CompanyRequest, company: str) -> HttpResponse:
    return _show(request, None)


@require_safe
@financials_required
def list_project_bills(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    return _show(request, get_project(request, project_id))


def _show(request: CompanyRequest, project: Project | None) -> HttpResponse:
    form = BillFilterForm(request.GET, member=request.member)
    new_url = company_url("bill-new", request.company)
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "found": None,
        "may_enter": may_enter_bills(request.member),
        "may_approve": may_approve_bills(request.member),
        "new_url": f"{new_url}?project={project.pk}" if project else new_url,
    }
    template = "budgets/bills/project_list.html" if project else "budgets/bills/list.html"
    if not form.is_valid():
        return render(request, template, context, status=400)
    wanted, sort = form.to_filter(project), form.cleaned_data["sort"] or DEFAULT_SORT
    found = find_bills(reach_of(request.member), wanted, order=sort, page=form.cleaned_data["page"] or 1)
    query = query_without(request, "page")
    context |= {
        "found": found,
        "wanted": wanted,
        "sort": sort,
        **describe_columns(request, COLUMNS, without=("project",) if project else ()),
        "query": query,
        "export_query": f"project={project.pk}&{query}" if project else query,
        "is_filtered": any(form.cleaned_data[name] for name in ("q", "vendor", "project", "status")),
        **describe_pages(found.page, found.page_count),
    }
    return render(request, template, context)


@require_POST
@financials_required
def choose_columns(request: CompanyRequest, company: str) -> HttpResponse:
    bills = company_url("bills", request.company)
    return keep_columns(request, COLUMNS, list_url=bills, list_id="bill-columns")


@require_safe
@financials_required
def export_bills(request: CompanyRequest, company: str) -> HttpResponse:
    """Every bill that matches, as CSV."""
    form = BillFilterForm(request.GET, member=request.member)
    if not form.is_valid():
        return HttpResponse(
            "The filter makes no sense.", status=400, content_type="text/plain; charset=utf-8"
        )
    wanted = form.to_filter(None)
    rows = all_bills(reach_of(request.member), wanted, order=form.cleaned_data["sort"] or DEFAULT_SORT)
    name = slugify(wanted.project.name) if wanted.project else ""
    return send_csv(
        write_csv(EXPORT_HEADER, map(_export_row, rows)), f"bills-{name}.csv" if name else "bills.csv"
    )


def _export_row(row: BillRow) -> tuple[object, ...]:
    bill = row.bill
    return (
        bill.shown_vendor,
        bill.number,
        row.project_names,
        bill.issued_on,
        bill.due_on,
        bill.currency,
        bill.total,
        row.share,
        bill.paid,
        bill.owed,
        bill.get_state_display(),
        bill.get_origin_display(),
        row.sending.label,
        row.files,
        bill.description,
        bill.quickbooks_id,
    )
