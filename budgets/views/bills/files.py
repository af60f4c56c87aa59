"""Files of a bill: added, removed, and where each stands on its way to QuickBooks or from there (M45, M48, M51)."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from budgets.bills.errors import BillRefused
from budgets.bills.files import (
    attach_file,
    files_of_bill,
    find_removable,
    keep_file_here,
    may_change_files,
    open_file_pushes,
    remove_bill_file,
    send_file_again,
)
from budgets.bills.pulling import count_earlier_files, fetch_earlier_files, try_again
from budgets.bills.rights import may_approve_bills
from budgets.models import Bill, BillAttachment, BillFile
from budgets.views.bills.finding import get_bill
from integrations.switches import switches_of
from ressio.access import admin_required, financials_required, get_project, projects_for
from ressio.http import CompanyRequest, takes_files
from ressio.models import Project
from ressio.views.file_rows import INPUT_NAME, FileRow, draw_file
from ressio.views.places import company_url

WAITING = (BillAttachment.State.WANTED, BillAttachment.State.REFUSED)


@takes_files
@require_POST
@financials_required
def add_files(request: CompanyRequest, company: str, bill_id: int) -> HttpResponse:
    """Each on its own: those that are refused do not keep the others out."""
    bill, _ = get_bill(request, bill_id)
    if not may_change_files(bill, request.member):
        raise PermissionDenied
    if not attach_uploads(request, bill):
        messages.error(request, "Choose at least one file first.")
    return _back(request, bill)


def attach_uploads(request: CompanyRequest, bill: Bill) -> int:
    """The files of a form, and what became of each said to the person. Returns how many were sent."""
    uploads = request.FILES.getlist(INPUT_NAME)
    for upload in uploads:
        who: dict[str, Any] = {"member": request.member, "now": timezone.now()}
        try:
            kept = attach_file(bill=bill, upload=upload, name=upload.name or "", **who)
        except BillRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"“{kept.file.name}” is added.")
    return len(uploads)


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def remove_file(request: CompanyRequest, company: str, bill_id: int, bill_file_id: int) -> HttpResponse:
    """The question is a page of its own as well, for browsers without script."""
    bill, _ = get_bill(request, bill_id)
    bill_file = _find(request, bill, bill_file_id)
    if not may_change_files(bill, request.member):
        raise PermissionDenied
    if request.method != "POST":
        context = {
            "project": bill.project,
            "row": draw_file(request, bill_file.file),
            "back": _url(request, bill),
        }
        return render(request, "ressio/projects/remove_file.html", context)
    name = bill_file.file.name
    try:
        remove_bill_file(bill_file=bill_file, member=request.member, now=timezone.now())
        messages.success(request, f"“{name}” is removed.")
    except BillRefused as refused:
        messages.error(request, str(refused))
    return _back(request, bill)


@require_POST
@financials_required
def decide_about_file(
    request: CompanyRequest, company: str, bill_id: int, bill_file_id: int, decision: str
) -> HttpResponse:
    """A file that is held on its way to QuickBooks: try again, or do not send it."""
    decide = {"retry": send_file_again, "skip": keep_file_here}.get(decision)
    bill, _ = get_bill(request, bill_id)
    bill_file = _find(request, bill, bill_file_id)
    if decide is None:
        raise Http404("There is no such thing to do.")
    if not may_approve_bills(request.member):
        raise PermissionDenied
    try:
        decide(bill_file=bill_file, member=request.member, now=timezone.now())
        messages.success(
            request, "It is being sent again." if decision == "retry" else "The file is not sent."
        )
    except BillRefused as refused:
        messages.error(request, str(refused))
    return _back(request, bill)


@require_POST
@admin_required
def fetch_again(request: CompanyRequest, company: str, attachment_id: int) -> HttpResponse:
    attachment = get_object_or_404(BillAttachment, pk=attachment_id)
    it_hangs_on = {"connection": attachment.connection_id, "quickbooks_id": attachment.bill_ref}
    bill, _ = get_bill(request, get_object_or_404(Bill, **it_hangs_on).pk)
    try:
        try_again(attachment=attachment, member=request.member, now=timezone.now())
        messages.success(request, f"“{attachment.file_name}” is being fetched again.")
    except BillRefused as refused:
        messages.error(request, str(refused))
    return _back(request, bill)


def draw_bill_files(request: CompanyRequest, bill: Bill) -> dict[str, Any]:
    """What the files' panel shows: rows, their state in QuickBooks, and what is still there to be fetched."""
    found = _visible(request, bill)
    pushes = open_file_pushes(found)
    may_change = may_change_files(bill, request.member)
    removable = find_removable(bill, found, request.member)
    missing = BillAttachment.objects.filter(
        connection=bill.connection, bill_ref=bill.quickbooks_id, state__in=WAITING
    )
    return {
        "file_rows": [
            {
                "row": _draw(request, bill, each, is_removable=each.pk in removable),
                "file": each,
                "push": pushes.get(each.pk),
            }
            for each in found
        ],
        "missing_files": list(missing.order_by("file_name")) if bill.quickbooks_id else [],
        "upload_url": _file_url("bill-file-add", request, bill) if may_change and not bill.is_gone else "",
    }


def _draw(request: CompanyRequest, bill: Bill, bill_file: BillFile, *, is_removable: bool) -> FileRow:
    where = _file_url("bill-file-remove", request, bill, bill_file_id=bill_file.pk) if is_removable else ""
    return replace(draw_file(request, bill_file.file), remove_url=where)


def _visible(request: CompanyRequest, bill: Bill) -> list[BillFile]:
    """Files pulled for a project are seen by whoever sees that project."""
    return list(
        files_of_bill(bill).filter(file__project__in=projects_for(request.member)).select_related("bill")
    )


def _find(request: CompanyRequest, bill: Bill, file_id: int) -> BillFile:
    mine = files_of_bill(bill).filter(file__project__in=projects_for(request.member))
    found: BillFile = get_object_or_404(mine, pk=file_id)
    return found


def _back(request: CompanyRequest, bill: Bill) -> HttpResponse:
    return redirect(_url(request, bill))


def _url(request: CompanyRequest, bill: Bill) -> str:
    return f"{company_url('bill', request.company, bill_id=bill.pk)}#files-title"


def _file_url(name: str, request: CompanyRequest, bill: Bill, **kwargs: int) -> str:
    return company_url(name, request.company, bill_id=bill.pk, **kwargs)


# Files of earlier bills -------------------------------------------------------------------------------------------


def render_earlier_files(request: CompanyRequest, project: Project) -> SafeString | str:
    """Below the switches of a project, while there is something to fetch (K12)."""
    count = count_earlier_files(project) if request.member.is_admin else 0
    if not count:
        return ""
    context = {"project": project, "company": request.company, "count": count}
    return mark_safe(render_to_string("budgets/partials/earlier_files.html", context, request=request))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def fetch_earlier(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """Says how many files, then fetches exactly those (U1)."""
    project = get_project(request, project_id)
    refusal = ""
    if request.method == "POST":
        expected = request.POST.get("expected", "")
        try:
            if not expected.isdecimal() or len(expected) > 9:
                raise BillRefused("Look at the number of files first.")
            count = fetch_earlier_files(
                project=project, expected=int(expected), member=request.member, now=timezone.now()
            )
        except BillRefused as refused:
            refusal = str(refused)
        else:
            messages.success(
                request, f"{count} file{'s' if count != 1 else ''} on the way. They appear one by one."
            )
            return redirect(company_url("project-financials", request.company, project_id=project.pk))
    context = {
        "project": project,
        "count": count_earlier_files(project),
        "is_on": switches_of(project).pull_bill_files,
        "refusal": refusal,
    }
    return render(request, "budgets/earlier_files.html", context, status=400 if refusal else 200)
