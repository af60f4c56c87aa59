"""Drafting an invoice and changing it, with its totals before anything is saved or sent."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from integrations.connecting import current_connection
from integrations.models import Connection
from invoicing.forms import InvoiceForm, initial_of, read_markups
from invoicing.forms_costs import BY_CODE, Costs, find_costs, put_on
from invoicing.forms_lines import MARKUP, MARKUP_ROWS, Body, add_rows, add_section, make_body
from invoicing.invoices.changing import change_sent_invoice
from invoicing.invoices.drafting import InvoiceInput, change_invoice, create_invoice, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.numbering import suggest_number
from invoicing.invoices.rights import may_draft_invoices
from invoicing.invoices.seen import mark_of
from invoicing.models import Invoice, ProfitShown, SectionKind
from invoicing.views.finding import get_invoice
from invoicing.views.looking import Look, look_at
from invoicing.views.taxes import has_tax_modes, tax_choices
from invoicing.views.telling import may_edit
from ressio.access import financials_required, projects_for
from ressio.http import CompanyRequest
from ressio.models import Project
from ressio.views.places import company_url

WITHOUT_SAVING = ("look", "more", "more_markups", "add", "find", "put", "close_costs")


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def new_invoice(request: CompanyRequest, company: str) -> HttpResponse:
    """`?project=` chooses the project already, `?from=actuals` opens its costs."""
    if not may_draft_invoices(request.member):
        raise PermissionDenied
    return _handle(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def edit_invoice(request: CompanyRequest, company: str, invoice_id: int) -> HttpResponse:
    invoice = get_invoice(request, invoice_id)
    if not may_edit(invoice, request.member):
        raise PermissionDenied
    return _handle(request, invoice)


@dataclass
class Desk:
    """One look at the form, bound or not."""

    request: CompanyRequest
    invoice: Invoice | None
    connection: Connection | None
    data: QueryDict | None
    form: InvoiceForm
    body: Body

    @property
    def project(self) -> Project | None:
        if self.invoice is not None:
            return self.invoice.project
        value = str(self.form["project"].value() or "")
        if not value.isdecimal() or len(value) > 18:
            return None
        return projects_for(self.request.member).filter(pk=value).first()

    def read(self, *, complete_only: bool = False) -> InvoiceInput:
        return self.form.to_input(
            self.body.read(complete_only=complete_only), read_markups(self.body.markups)
        )


def _handle(request: CompanyRequest, invoice: Invoice | None) -> HttpResponse:
    if request.method != "POST":
        return _show(_lay_desk(request, invoice, None), opens_costs=request.GET.get("from") == "actuals")
    data = request.POST.copy()
    asked = next((name for name in WITHOUT_SAVING if name in data), "")
    said = _change_form(request, invoice, data, asked)
    desk = _lay_desk(request, invoice, data)
    is_valid = desk.form.is_valid() & desk.body.is_valid()
    if asked:
        return _show(desk, said=said, says_errors=False, is_asked=asked == "look")
    if is_valid:
        try:
            saved = _save(desk)
        except InvoiceRefused as refused:
            if refused.code == "not_allowed":
                raise PermissionDenied from refused
            _put_beside(desk, refused)
        else:
            messages.success(request, f"{saved} is saved." if invoice else f"{saved} is saved as a draft.")
            return redirect(company_url("invoice", request.company, invoice_id=saved.pk))
    return _show(desk, status=400)


def _lay_desk(request: CompanyRequest, invoice: Invoice | None, data: QueryDict | None) -> Desk:
    connection = current_connection(request.company)
    taxes = tax_choices(connection, invoice)
    form = InvoiceForm(
        data,
        member=request.member,
        invoice=invoice,
        taxes=taxes,
        has_tax_modes=has_tax_modes(connection),
        initial=initial_of(invoice) if invoice else _first_values(request),
    )
    body = make_body(
        data,
        invoice=invoice,
        values=input_of(invoice) if invoice else None,
        connection=connection,
        taxes=taxes,
    )
    return Desk(request, invoice, connection, data, form, body)


def _first_values(request: CompanyRequest) -> dict[str, Any]:
    chosen = request.GET.get("project", "")
    is_id = chosen.isdecimal() and len(chosen) < 19
    project = projects_for(request.member).filter(pk=chosen).first() if is_id else None
    today = timezone.localdate()
    return {
        "project": project.pk if project else None,
        **_client_of(project),
        "number": suggest_number(request.company),
        "issued_on": today,
        "actuals_until": today,
        "profit_shown": ProfitShown.WITHIN,
        "tax_after_discount": True,
    }


def _client_of(project: Project | None) -> dict[str, Any]:
    """As the project's last invoice had it, else by the project's name for them."""
    if project is None:
        return {}
    last = Invoice.objects.filter(project=project).order_by("-pk").first()
    names = ("client_name", "client_email", "client_address", "terms")
    return {name: getattr(last, name) for name in names} if last else {"client_name": project.client_name}


def _change_form(request: CompanyRequest, invoice: Invoice | None, data: QueryDict, asked: str) -> str:
    """The buttons that change the form and save nothing. Returns what to say."""
    value = data.get(asked, "") if asked else ""
    if asked == "more" and value.isdecimal() and len(value) < 3:
        add_rows(data, int(value))
    elif asked == "more_markups":
        count = data.get(f"{MARKUP}-TOTAL_FORMS", "")
        data[f"{MARKUP}-TOTAL_FORMS"] = str(min(int(count), 190) + MARKUP_ROWS) if count.isdecimal() else "2"
    elif asked == "add" and value in SectionKind.values:
        add_rows(data, add_section(data, value))
    elif asked == "find" and "costs_open" not in data:
        until = (invoice.actuals_until if invoice else None) or timezone.localdate()
        data["actuals_until"] = data.get("actuals_until") or until.isoformat()
        data["grouping"] = data.get("grouping") or BY_CODE
    elif asked == "put":
        return _put(request, invoice, data)
    return ""


def _put(request: CompanyRequest, invoice: Invoice | None, data: QueryDict) -> str:
    project = _lay_desk(request, invoice, data).project
    if project is None:
        return "Choose the project first."
    count = put_on(data, project, request.member)
    if not count:
        return "Tick the costs to invoice first."
    return f"{count} cost{'s' if count != 1 else ''} put on the invoice. Nothing is saved yet."


def _save(desk: Desk) -> Invoice:
    who: dict[str, Any] = {"member": desk.request.member, "now": timezone.now()}
    values = desk.read()
    if desk.invoice is None:
        return create_invoice(project=desk.form.cleaned_data["project"], values=values, **who)
    assert desk.data is not None
    change = change_invoice if desk.invoice.is_draft else change_sent_invoice
    return change(invoice=desk.invoice, values=values, mark=desk.data.get("seen", ""), **who)


def _put_beside(desk: Desk, refused: InvoiceRefused) -> None:
    """Show a verb's refusal beside the field or the row that it is about."""
    blocks = desk.body.kept()
    if refused.section is not None and refused.section <= len(blocks):
        section, rows = blocks[refused.section - 1]
        if refused.line is not None and refused.line <= len(rows):
            rows[refused.line - 1].add_error(None, str(refused))
        else:
            section.add_error(None, str(refused))
    elif refused.field in desk.form.fields:
        desk.form.add_error(refused.field, str(refused))
    else:
        desk.form.add_error(None, str(refused))


def _show(
    desk: Desk,
    *,
    opens_costs: bool = False,
    said: str = "",
    says_errors: bool = True,
    is_asked: bool = False,
    status: int = 200,
) -> HttpResponse:
    request, invoice, project = desk.request, desk.invoice, desk.project
    context = {
        "form": desk.form,
        "body": desk.body,
        "blocks": desk.body.blocks,
        "invoice": invoice,
        "project": project,
        "look": _look(desk, project),
        "costs": _costs(desk, project, opens_costs),
        "kinds": [choice for choice in SectionKind.choices if choice[0] != SectionKind.ACTUALS],
        "said": said,
        "opens_markups": desk.data is not None and "more_markups" in desk.data,
        "says_errors": says_errors,
        "is_asked": is_asked,
        "has_taxes": "tax_code_ref" in desk.body.lines.empty_form.fields,
        "seen": _seen(desk),
        "back_url": _back(request, invoice, project),
    }
    return render(request, "invoicing/form.html", context, status=status)


def _look(desk: Desk, project: Project | None) -> Look | None:
    """What the form comes to; nothing while too little of it is known."""
    if project is None or (not desk.form.is_bound and desk.invoice is None):
        return None
    if not desk.form.is_bound:
        values = input_of(desk.invoice) if desk.invoice else InvoiceInput()
        return look_at(project, desk.invoice, values, desk.request.member, rows=desk.body.lines.forms)
    rows = [row for _, rows in desk.body.kept(complete_only=True) for row in rows]
    return look_at(project, desk.invoice, desk.read(complete_only=True), desk.request.member, rows=rows)


def _costs(desk: Desk, project: Project | None, opens: bool) -> Costs | None:
    data = desk.data
    is_open = (
        opens if data is None else ("costs_open" in data or "find" in data) and "close_costs" not in data
    )
    if not is_open or project is None:
        return None
    return find_costs(data if data is not None else {}, project, desk.request.member)


def _seen(desk: Desk) -> str:
    """Of the invoice that the form was first filled with, however often it is shown again."""
    if desk.invoice is None:
        return ""
    return mark_of(desk.invoice) if desk.data is None else desk.data.get("seen", "")


def _back(request: CompanyRequest, invoice: Invoice | None, project: Project | None) -> str:
    if invoice:
        return company_url("invoice", request.company, invoice_id=invoice.pk)
    if project:
        return company_url("project-invoices", request.company, project_id=project.pk)
    return company_url("invoices", request.company)
