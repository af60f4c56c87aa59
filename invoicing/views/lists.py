"""The list of invoices: of all projects in the left bar, of one in its tab (R43)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
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
from ressio.models import Project
from ressio.views.files import send_csv
from ressio.views.places import company_url, read_next

SESSION_KEY = "invoice_columns"
DEFAULT_SORT = "-issued"


@dataclass(frozen=True)
class ListColumn:
    key: str
    label: str
    is_number: bool = False


COLUMNS = (
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
ALWAYS = ("number", "client")
UNASKED = ("paid",)
"""Not shown before somebody chose: the rest fits on a screen."""
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
    query = _query_without(request, "page")
    columns = shown_columns(request, project)
    held = held_words(found.invoices)
    context |= {
        "found": found,
        "held": held,
        "sort": sort,
        "columns": columns,
        "pickable": [column for column in COLUMNS if column.key not in ALWAYS],
        "shown_keys": {column.key for column in shown_columns(request, None)},
        "query": query,
        "export_query": f"project={project.pk}&{query}" if project else query,
        "is_filtered": any(form.cleaned_data[name] for name in ("q", "project", "status")),
        "previous_page": found.page - 1 if found.page > 1 else None,
        "next_page": found.page + 1 if found.page < found.page_count else None,
        "overdue_query": f"status={Group.OVERDUE}",
    }
    return render(request, template, context)


def shown_columns(request: CompanyRequest, project: Project | None) -> list[ListColumn]:
    """As this person chose last; on a project's tab without the project."""
    usual = [column.key for column in COLUMNS if column.key not in UNASKED]
    chosen = {*ALWAYS, *request.session.get(SESSION_KEY, usual)}
    shown = [column for column in COLUMNS if column.key in chosen]
    return [column for column in shown if not (project and column.key == "project")]


@require_POST
@financials_required
def choose_columns(request: CompanyRequest, company: str) -> HttpResponse:
    """Kept for this person until they sign out."""
    known = {column.key for column in COLUMNS}
    request.session[SESSION_KEY] = [key for key in request.POST.getlist("column") if key in known]
    return redirect(read_next(request, company_url("invoices", request.company)))


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


def _query_without(request: CompanyRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    text = query.urlencode()
    return f"{text}&" if text else ""
