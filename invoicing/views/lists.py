"""The list of invoices: of all projects in the left bar, of one in its tab (R43)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from integrations.connecting import current_connection
from integrations.freshness import as_of
from integrations.models import ConnectionStatus, RunKind
from integrations.sync import find_active_run
from invoicing.forms import InvoiceFilterForm
from invoicing.invoices.listing import Group, all_invoices, find_invoices
from invoicing.invoices.pushes import held_words
from invoicing.invoices.rights import may_draft_invoices
from invoicing.invoices.words import standing_of
from invoicing.models import Invoice
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
    ListColumn("number", "Number"),
    ListColumn("client", "Client"),
    ListColumn("project", "Project"),
    ListColumn("issued", "Issued"),
    ListColumn("due", "Due"),
    ListColumn("total", "Amount", is_number=True),
    ListColumn("paid", "Paid", is_number=True),
    ListColumn("outstanding", "Balance", is_number=True),
    ListColumn("state", "State"),
)
COLUMNS = ColumnSet("invoices", LISTED, always=("client",), unasked=("paid",))
EXPORT_HEADER = (
    "Number", "Client", "Project", "Issued", "Due", "Currency", "Subtotal", "Discount", "Tax", "Amount", "Paid",
    "Balance", "State", "Paid on", "Memo", "QuickBooks id",
)  # fmt: skip


@require_safe
@financials_required
def list_invoices(request: CompanyRequest, company: str) -> HttpResponse:
    return _show(request, None)


@require_safe
@financials_required
def list_project_invoices(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    return _show(request, get_project(request, project_id))


def _show(request: CompanyRequest, project: Project | None) -> HttpResponse:
    form = InvoiceFilterForm(request.GET, member=request.member)
    new_url = company_url("invoice-new", request.company)
    connection = current_connection(request.company)
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "found": None,
        "may_draft": may_draft_invoices(request.member) and not (project and project.is_archived),
        "new_url": f"{new_url}?project={project.pk}" if project else new_url,
        "can_sync": connection is not None and connection.status == ConnectionStatus.CONNECTED,
        "as_of": as_of(connection, RunKind.INVOICES) if connection else None,
        "active_run": find_active_run(connection) if connection else None,
    }
    template = "invoicing/project_list.html" if project else "invoicing/list.html"
    if not form.is_valid():
        return render(request, template, context, status=400)
    wanted, sort = form.to_filter(project), form.cleaned_data["sort"] or DEFAULT_SORT
    page = form.cleaned_data["page"] or 1
    found = find_invoices(request.member, wanted, today=timezone.localdate(), order=sort, page=page)
    query = query_without(request, "page")
    held = held_words(found.invoices)
    context |= {
        "found": found,
        "held": held,
        "sort": sort,
        **describe_columns(request, COLUMNS, without=("project",) if project else ()),
        "query": query,
        "export_query": f"project={project.pk}&{query}" if project else query,
        "is_filtered": any(form.cleaned_data[name] for name in ("q", "project", "status")),
        **describe_pages(found.page, found.page_count),
        "overdue_query": f"status={Group.OVERDUE}",
    }
    return render(request, template, context)


@require_POST
@financials_required
def choose_columns(request: CompanyRequest, company: str) -> HttpResponse:
    invoices = company_url("invoices", request.company)
    return keep_columns(request, COLUMNS, list_url=invoices, list_id="invoice-columns")


@require_safe
@financials_required
def export_invoices(request: CompanyRequest, company: str) -> HttpResponse:
    """Every invoice that matches, as CSV."""
    form = InvoiceFilterForm(request.GET, member=request.member)
    if not form.is_valid():
        return HttpResponse(
            "The filter makes no sense.", status=400, content_type="text/plain; charset=utf-8"
        )
    wanted, sort = form.to_filter(None), form.cleaned_data["sort"] or DEFAULT_SORT
    rows = all_invoices(request.member, wanted, today=timezone.localdate(), order=sort)
    name = slugify(wanted.project.name) if wanted.project else ""
    file_name = f"invoices-{name}.csv" if name else "invoices.csv"
    return send_csv(write_csv(EXPORT_HEADER, map(_export_row, rows)), file_name)


def _export_row(invoice: Invoice) -> tuple[object, ...]:
    return (
        invoice.number,
        invoice.client_name,
        invoice.project.name,
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        invoice.subtotal,
        invoice.discount,
        invoice.tax if invoice.quickbooks_tax is None else invoice.quickbooks_tax,
        invoice.amount_due,
        invoice.paid,
        invoice.outstanding,
        standing_of(invoice, today=timezone.localdate()).words,
        invoice.paid_on,
        invoice.memo,
        invoice.quickbooks_id,
    )
