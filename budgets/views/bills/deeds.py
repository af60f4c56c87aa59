"""What people do with a bill, one button each. The verbs decide who may, and what is possible."""

from collections.abc import Callable
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from budgets.bills.approval import (
    approve_bill,
    move_to_open_period,
    return_bill,
    submit_bill,
    take_back_approval,
    wait_for_reopening,
)
from budgets.bills.changing import decide_conflicts
from budgets.bills.decisions import allow_duplicate, retry_bill, skip_bill
from budgets.bills.drafting import copy_bill, delete_bill
from budgets.bills.errors import BillRefused
from budgets.bills.linking import link_bill, unlink_bill
from budgets.bills.merging import Side
from budgets.bills.pushes import count_earlier_bills, find_project_connection, send_bill, send_earlier_bills
from budgets.bills.rights import may_approve_bills
from budgets.models import Bill
from budgets.views.bills.finding import get_bill
from budgets.views.bills.showing import render_bill
from integrations.switches import switches_of
from ressio.access import admin_required, financials_required, get_project
from ressio.http import CompanyRequest
from ressio.views.places import company_url

SIDES: dict[str, Side] = {"ours": "ours", "theirs": "theirs"}
Deed = Callable[[CompanyRequest, Bill, datetime], tuple[str, str]]
"""Does it, and answers what to say and where to go ("": back to the bill)."""


@require_POST
@financials_required
def do_deed(request: CompanyRequest, company: str, bill_id: int, deed: str) -> HttpResponse:
    if deed not in DEEDS:
        raise Http404("There is no such thing to do.")
    bill, reach = get_bill(request, bill_id)
    try:
        said, where = DEEDS[deed](request, bill, timezone.now())
    except BillRefused as refused:
        if refused.code == "not_allowed":
            raise PermissionDenied from refused
        bill, reach = get_bill(request, bill_id)
        return render_bill(request, bill, reach, refusal=str(refused), status=400)
    messages.success(request, said)
    return redirect(where or company_url("bill", request.company, bill_id=bill.pk))


def _submit(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    submit_bill(bill=bill, member=request.member, now=now)
    return "Submitted. An Admin approves it.", ""


def _approve(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    is_intended = "both_are_right" in request.POST
    mark = request.POST.get("seen", "")
    approve_bill(bill=bill, member=request.member, now=now, duplicate_is_intended=is_intended, mark=mark)
    return "Approved. It counts in the budget from now on.", ""


def _send_back(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    return_bill(bill=bill, note=request.POST.get("note", ""), member=request.member, now=now)
    done = "Sent back" if may_approve_bills(request.member) else "Withdrawn"
    return f"{done}. It is a draft again.", ""


def _take_back(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    take_back_approval(bill=bill, member=request.member, now=now)
    return "The approval is taken back. The bill is a draft again and counts nothing.", ""


def _delete(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    name, project = str(bill), bill.project
    delete_bill(bill=bill, member=request.member)
    where = (
        company_url("project-bills", request.company, project_id=project.pk)
        if project
        else company_url("bills", request.company)
    )
    return f"{name} is deleted.", where


def _send(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    send_bill(bill=bill, member=request.member, now=now)
    return "It is on its way to QuickBooks.", ""


def _retry(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    retry_bill(bill=bill, member=request.member, now=now)
    return "It is being sent again.", ""


def _skip(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    skip_bill(bill=bill, member=request.member, now=now)
    return "It is not sent.", ""


def _link(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    link_bill(bill=bill, quickbooks_id=request.POST.get("document", ""), member=request.member, now=now)
    return "Linked. QuickBooks' document counts now, once.", ""


def _unlink(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    unlink_bill(bill=bill, member=request.member, now=now)
    return "Unlinked. This bill is a draft again; the document stays in QuickBooks and counts by itself.", ""


def _move_date(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    day = _read_date(request.POST.get("issued_on", ""))
    move_to_open_period(bill=bill, issued_on=day, member=request.member, now=now)
    return "The date is changed, and the bill is sent.", ""


def _read_date(text: str) -> date:
    try:
        day: date = forms.DateField().clean(text)
    except ValidationError as error:
        raise BillRefused("Enter the new date.", field="issued_on") from error
    return day


def _wait(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    wait_for_reopening(bill=bill, member=request.member, now=now)
    return "It waits, and is sent once the period is open again.", ""


def _both_right(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    allow_duplicate(bill=bill, member=request.member, now=now)
    return "Both are right. This one is sent too.", ""


def _decide(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    choices: dict[str, Side] = {}
    for number, each in enumerate(bill.conflicts.get("fields", [])):
        side = SIDES.get(request.POST.get(f"side-{number}", ""))
        if side is not None:
            choices[each["field"]] = side
    mark = request.POST.get("seen", "")
    decide_conflicts(bill=bill, choices=choices, mark=mark, member=request.member, now=now)
    return "Decided.", ""


def _copy(request: CompanyRequest, bill: Bill, now: datetime) -> tuple[str, str]:
    copy = copy_bill(bill=bill, member=request.member, now=now)
    return "Copied as a new draft.", company_url("bill-edit", request.company, bill_id=copy.pk)


DEEDS: dict[str, Deed] = {
    "submit": _submit,
    "approve": _approve,
    "send-back": _send_back,
    "take-back": _take_back,
    "delete": _delete,
    "send": _send,
    "retry": _retry,
    "skip": _skip,
    "link": _link,
    "unlink": _unlink,
    "move-date": _move_date,
    "wait": _wait,
    "both-right": _both_right,
    "decide": _decide,
    "copy": _copy,
}


# Many at once -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def send_earlier(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """Says how many bills and dollars, then sends exactly those (U1)."""
    project = get_project(request, project_id)
    refusal = ""
    if request.method == "POST":
        expected = request.POST.get("expected", "")
        try:
            if not expected.isdecimal() or len(expected) > 9:
                raise BillRefused("Look at the number of bills first.")
            count = send_earlier_bills(
                project=project, expected=int(expected), member=request.member, now=timezone.now()
            )
        except BillRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{count} bill{'s' if count != 1 else ''} on the way to QuickBooks.")
            return redirect(company_url("project-bills", request.company, project_id=project.pk))
    context = {
        "project": project,
        "earlier": count_earlier_bills(project),
        "connection": find_project_connection(project),
        "is_on": switches_of(project).push_bills,
        "refusal": refusal,
    }
    return render(request, "budgets/bills/send_earlier.html", context, status=400 if refusal else 200)
