"""Files on a bill's page: shown, added, removed, asked for again; and the files of earlier bills of a project."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from budgets.bills.errors import BillRefused
from budgets.bills.files import (
    attach_file,
    attachments_of_bill,
    files_of_bill,
    find_removable,
    may_change_files,
    open_file_pushes,
    remove_bill_file,
    send_file_again,
)
from budgets.bills.pulling import count_earlier_files, fetch_earlier_files, try_again
from budgets.bills.rights import may_approve_bills
from budgets.models import Bill, BillAttachment, BillFile
from budgets.views.bills.finding import get_bill
from integrations.models import Push
from integrations.switches import switches_of
from ressio.access import admin_required, financials_required, get_project, projects_for
from ressio.http import CompanyRequest, takes_files
from ressio.models import Project
from ressio.views.file_rows import INPUT_NAME, FileRow, draw_file
from ressio.views.places import company_url

State = BillAttachment.State


def describe_bill_files(request: CompanyRequest, bill: Bill) -> dict[str, Any]:
    """What `budgets/bills/partials/files.html` shows: only copies of projects that the member may see."""
    waiting = attachments_of_bill(bill)
    takes = bill.is_ours and not bill.is_gone and may_change_files(bill, request.member)
    return {
        "files": _draw(request, bill),
        "upload_url": company_url("bill-files-add", request.company, bill_id=bill.pk) if takes else "",
        "files_coming": sum(1 for row in waiting if row.state == State.WANTED),
        "files_refused": [row for row in waiting if row.state == State.REFUSED],
        "may_try_again": may_approve_bills(request.member),
    }


def _draw(request: CompanyRequest, bill: Bill) -> list[tuple[BillFile, FileRow, Push | None]]:
    """With what is on its way or held of it."""
    files = list(files_of_bill(bill).filter(file__project__in=projects_for(request.member)))
    removable = find_removable(bill, files, request.member)
    pushes = open_file_pushes(files)
    return [
        (each, _draw_one(request, each, is_removable=each.pk in removable), pushes.get(each.pk))
        for each in files
    ]


def _draw_one(request: CompanyRequest, bill_file: BillFile, *, is_removable: bool) -> FileRow:
    row = draw_file(request, bill_file.file)
    if not is_removable:
        return row
    url = company_url("bill-file-remove", request.company, bill_file_id=bill_file.pk)
    return replace(row, remove_url=url)


@takes_files
@require_POST
@financials_required
def add_files(request: CompanyRequest, company: str, bill_id: int) -> HttpResponse:
    """Each file of the form on its own: those that are refused do not keep the others out."""
    bill, _ = get_bill(request, bill_id)
    if bill.is_ours and not may_change_files(bill, request.member):
        raise PermissionDenied
    uploads = request.FILES.getlist(INPUT_NAME)
    if not uploads:
        messages.error(request, "Choose at least one file first.")
    added = []
    for upload in uploads:
        try:
            added.append(
                attach_file(
                    bill=bill,
                    upload=upload,
                    name=upload.name or "",
                    member=request.member,
                    now=timezone.now(),
                )
            )
        except BillRefused as refused:
            _tell(request, refused)
    if added:
        what = f"“{added[0].file.name}” is" if len(added) == 1 else f"{len(added)} files are"
        messages.success(request, f"{what} added.")
    return _back(request, bill)


@require_http_methods(["GET", "HEAD", "POST"])
@financials_required
def remove_file(request: CompanyRequest, company: str, bill_file_id: int) -> HttpResponse:
    """The question is a page of its own as well, for browsers without script."""
    bill_file: BillFile = get_object_or_404(BillFile.objects.select_related("file__project"), pk=bill_file_id)
    bill, _ = get_bill(request, bill_file.bill_id)
    if bill.is_ours and not may_change_files(bill, request.member):
        raise PermissionDenied
    if request.method != "POST":
        row = _draw_one(request, bill_file, is_removable=True)
        back = company_url("bill", request.company, bill_id=bill.pk)
        context = {"project": bill_file.file.project, "row": row, "back": back}
        return render(request, "ressio/projects/remove_file.html", context)
    try:
        remove_bill_file(bill_file=bill_file, member=request.member, now=timezone.now())
        messages.success(request, f"“{bill_file.file.name}” is removed.")
    except BillRefused as refused:
        _tell(request, refused)
    return _back(request, bill)


@require_POST
@admin_required
def send_again(request: CompanyRequest, company: str, bill_file_id: int) -> HttpResponse:
    bill_file: BillFile = get_object_or_404(BillFile.objects.select_related("file"), pk=bill_file_id)
    bill, _ = get_bill(request, bill_file.bill_id)
    try:
        send_file_again(bill_file=bill_file, member=request.member, now=timezone.now())
        messages.success(request, f"“{bill_file.file.name}” is being sent again.")
    except BillRefused as refused:
        _tell(request, refused)
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
        _tell(request, refused)
    return _back(request, bill)


def _tell(request: CompanyRequest, refused: BillRefused) -> None:
    if refused.code == "not_allowed":
        raise PermissionDenied from refused
    messages.error(request, str(refused))


def _back(request: CompanyRequest, bill: Bill) -> HttpResponseRedirect:
    return HttpResponseRedirect(company_url("bill", request.company, bill_id=bill.pk))


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
