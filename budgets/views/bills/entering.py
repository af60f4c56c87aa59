"""Entering a bill and changing it, with a look at what will happen before anything is saved or sent."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from budgets.bill_forms import (
    EMPTY_ROWS,
    MORE_ROWS,
    BillForm,
    initial_of,
    make_lines,
    put_beside,
    read_input,
)
from budgets.bills.changing import EARLIER_BOOKS, change_sent_bill, why_not_changed
from budgets.bills.drafting import BillInput, amount_of, change_bill, create_bill, total_of
from budgets.bills.errors import BillRefused
from budgets.bills.looking_ahead import LookAhead, look_ahead
from budgets.bills.numbers import normalise_number
from budgets.bills.readiness import CONFLICT
from budgets.bills.rights import may_approve_bills, may_enter_bills
from budgets.bills.seen import mark_of
from budgets.models import Bill, BillLine
from budgets.views.bills.files import attach_uploads
from budgets.views.bills.finding import get_bill, seen_among
from budgets.views.bills.showing import render_bill
from integrations.connecting import current_connection
from integrations.switches import switches_of
from ressio.access import financials_required, projects_for
from ressio.http import CompanyRequest, takes_files
from ressio.models import Project
from ressio.money import ZERO
from ressio.views.places import company_url

Context = dict[str, Any]
NO_FORM_ANY_MORE = (CONFLICT, EARLIER_BOOKS, "not_sent", "not_open")


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def new_bill(request: CompanyRequest, company: str) -> HttpResponse:
    """`?project=` chooses the project already."""
    if not may_enter_bills(request.member):
        raise PermissionDenied
    return _handle(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def edit_bill(request: CompanyRequest, company: str, bill_id: int) -> HttpResponse:
    bill, _ = get_bill(request, bill_id)
    if not may_edit(request, bill):
        raise PermissionDenied
    try:
        if not bill.is_open and (refusal := why_not_changed(bill)):
            raise refusal
        return _handle(request, bill)
    except BillRefused as refused:
        return _show_instead(request, bill, refused)


def may_edit(request: CompanyRequest, bill: Bill) -> bool:
    """By who asks; how the bill stands is another matter."""
    if not bill.is_ours:
        return False
    return may_enter_bills(request.member) if bill.is_open else may_approve_bills(request.member)


def _show_instead(request: CompanyRequest, bill: Bill, refusal: BillRefused) -> HttpResponse:
    """The bill's own page, with what happened and what can be done about it; also for a form left open meanwhile."""
    what = str(refusal)
    if request.method == "POST":
        what = f"{what} What you entered on the form is not saved."
    return render_bill(request, *get_bill(request, bill.pk), refusal=what, status=409)


def _handle(request: CompanyRequest, bill: Bill | None) -> HttpResponse:
    connection = current_connection(request.company)
    shared: Context = {"connection": connection, "bill": bill}
    chosen = {"project": request.GET.get("project"), "issued_on": timezone.localdate()}
    initial = initial_of(bill) if bill else chosen
    if request.method != "POST":
        form = BillForm(member=request.member, initial=initial, **shared)
        return _show(request, form, make_lines(None, **shared), bill)
    wants_more, wants_look = "more" in request.POST, "look" in request.POST
    data = _with_rows(request.POST, MORE_ROWS) if wants_more else request.POST
    form, lines = BillForm(data, member=request.member, initial=initial, **shared), make_lines(data, **shared)
    is_valid = form.is_valid() & lines.is_valid()
    if wants_more or wants_look:
        return _show(request, form, lines, bill, is_look=wants_look, says_errors=False)
    if is_valid:
        try:
            saved = _save(request, bill, form, read_input(form, lines))
        except BillRefused as refused:
            _tell(form, lines, refused)
        else:
            messages.success(request, f"{saved} is saved." if bill else f"{saved} is saved as a draft.")
            if bill is None:
                attach_uploads(request, saved)
            return redirect(company_url("bill", request.company, bill_id=saved.pk))
    return _show(request, form, lines, bill, status=400)


def _tell(form: BillForm, lines: Any, refused: BillRefused) -> None:
    """Beside the fields; what no form can put right is the caller's to tell."""
    if refused.code == "not_allowed":
        raise PermissionDenied from refused
    if refused.code in NO_FORM_ANY_MORE:
        raise refused
    put_beside(form, lines, refused)


def _save(request: CompanyRequest, bill: Bill | None, form: BillForm, given: BillInput) -> Bill:
    who: Context = {"member": request.member, "now": timezone.now()}
    if bill is None:
        return create_bill(project=form.cleaned_data["project"], given=given, **who)
    who["mark"] = request.POST.get("seen", "")
    if bill.is_open:
        return change_bill(bill=bill, given=given, project=form.cleaned_data["project"], **who)
    return change_sent_bill(bill=bill, given=given, **who)


def _with_rows(data: QueryDict, more: int) -> QueryDict:
    """The same form with more empty rows, for browsers without script."""
    longer = data.copy()
    count = data.get("lines-TOTAL_FORMS", "")
    rows = int(count) if count.isdecimal() and len(count) < 4 else EMPTY_ROWS
    longer["lines-TOTAL_FORMS"] = str(min(rows + more, 250))
    return longer


def _show(
    request: CompanyRequest,
    form: BillForm,
    lines: Any,
    bill: Bill | None,
    *,
    is_look: bool = False,
    says_errors: bool = True,
    status: int = 200,
) -> HttpResponse:
    project = _chosen_project(request, form)
    ahead, total = _look(form, lines, bill, project)
    context = {
        "form": form,
        "lines": lines,
        "bill": bill,
        "seen": _seen(request, bill),
        "project": project,
        "default_code": switches_of(project).default_billing_code if project else None,
        "ahead": ahead,
        "seen_duplicates": seen_among(request, ahead.duplicates if ahead else []),
        "total": total,
        "is_look": is_look,
        "says_errors": says_errors,
        "lost_files": bool(request.FILES),
        "back_url": _back(request, bill, project),
    }
    return render(request, "budgets/bills/form.html", context, status=status)


def _seen(request: CompanyRequest, bill: Bill | None) -> str:
    """Of the bill that the form was first filled with, however often it is shown again."""
    if bill is None:
        return ""
    return request.POST.get("seen", "") if request.method == "POST" else mark_of(bill)


def _chosen_project(request: CompanyRequest, form: BillForm) -> Project | None:
    value = str(form["project"].value() or "")
    if not value.isdecimal() or len(value) > 18:
        return None
    return projects_for(request.member).filter(pk=value).first()


def _look(
    form: BillForm, lines: Any, bill: Bill | None, project: Project | None
) -> tuple[LookAhead | None, Any]:
    """What is known of the bill so far, looked at as if it were approved; nothing while too little is."""
    if not form.is_bound:
        if bill is None or not bill.is_open:
            return None, bill.total if bill else ZERO
        return look_ahead(bill, list(bill.lines.select_related("cost_code"))), bill.total
    rows = [row.to_line() for row in lines.kept if not row.errors] if lines.is_bound else []
    total = total_of(rows)
    vendor = form.cleaned_data.get("vendor")
    if project is None or (bill is not None and not bill.is_open):
        return None, total
    number = form.cleaned_data.get("number") or ""
    tried = Bill(
        pk=bill.pk if bill else None,
        company_id=project.company_id,
        project=project,
        vendor=vendor,
        number=number,
        plain_number=normalise_number(number)[:40],
        issued_on=form.cleaned_data.get("issued_on"),
        total=total,
    )
    tried_lines = [
        BillLine(
            position=place,
            cost_code=row.cost_code,
            amount=amount_of(row) or ZERO,
            is_billable=row.is_billable,
        )
        for place, row in enumerate(rows, start=1)
    ]
    return look_ahead(tried, tried_lines), total


def _back(request: CompanyRequest, bill: Bill | None, project: Project | None) -> str:
    if bill:
        return company_url("bill", request.company, bill_id=bill.pk)
    if project:
        return company_url("project-bills", request.company, project_id=project.pk)
    return company_url("bills", request.company)
