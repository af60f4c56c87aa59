"""Files of a bill: added, removed, and where each stands on its way to QuickBooks or from there (M45, M48, M51)."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from budgets.bills.errors import BillRefused
from budgets.bills.files import (
    attach_file,
    files_of_bill,
    is_in_quickbooks,
    may_change_files,
    remove_bill_file,
)
from budgets.bills.pushes import FILE_KIND
from budgets.bills.rights import may_approve_bills
from budgets.models import Bill, BillAttachment, BillFile
from budgets.views.bills.finding import get_bill
from integrations.models import Push
from integrations.outbox import DecisionRefused, open_pushes, retry_push, skip_push
from ressio.access import financials_required, projects_for
from ressio.http import CompanyRequest, takes_files
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
    uploads = request.FILES.getlist(INPUT_NAME)
    if not uploads:
        messages.error(request, "Choose at least one file first.")
    for upload in uploads:
        name = upload.name or ""
        try:
            attach_file(bill=bill, upload=upload, name=name, member=request.member, now=timezone.now())
        except BillRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"“{name}” is added.")
    return _back(request, bill)


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
    decide = {"retry": retry_push, "skip": skip_push}.get(decision)
    bill, _ = get_bill(request, bill_id)
    bill_file = _find(request, bill, bill_file_id)
    if decide is None:
        raise Http404("There is no such thing to do.")
    if not may_approve_bills(request.member):
        raise PermissionDenied
    push = _pushes(bill, [bill_file]).get(bill_file.pk)
    try:
        if push is None:
            raise DecisionRefused("Nothing of this file waits for a decision any more.")
        decide(push=push, actor=request.user, now=timezone.now())
        messages.success(
            request, "It is being sent again." if decision == "retry" else "The file is not sent."
        )
    except DecisionRefused as refused:
        messages.error(request, str(refused))
    return _back(request, bill)


def draw_bill_files(request: CompanyRequest, bill: Bill) -> dict[str, Any]:
    """What the files' panel shows: rows, their state in QuickBooks, and what is still there to be fetched."""
    found = _visible(request, bill)
    pushes = _pushes(bill, found)
    may_change = may_change_files(bill, request.member)
    missing = BillAttachment.objects.filter(
        connection=bill.connection, bill_ref=bill.quickbooks_id, state__in=WAITING
    )
    return {
        "file_rows": [
            {
                "row": _draw(request, bill, each, may_change=may_change),
                "file": each,
                "push": pushes.get(each.pk),
            }
            for each in found
        ],
        "missing_files": list(missing.order_by("file_name")) if bill.quickbooks_id else [],
        "upload_url": _file_url("bill-file-add", request, bill) if may_change and not bill.is_gone else "",
    }


def _draw(request: CompanyRequest, bill: Bill, bill_file: BillFile, *, may_change: bool) -> FileRow:
    is_removable = may_change and not bill_file.file.is_read_only and not is_in_quickbooks(bill_file)
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


def _pushes(bill: Bill, files: list[BillFile]) -> dict[int, Push]:
    """What is on its way or held, by the file's id."""
    if bill.connection is None:
        return {}
    found = open_pushes(bill.connection, FILE_KIND, [str(each.pk) for each in files])
    return {int(key): push for key, push in found.items()}


def _back(request: CompanyRequest, bill: Bill) -> HttpResponse:
    return redirect(_url(request, bill))


def _url(request: CompanyRequest, bill: Bill) -> str:
    return f"{company_url('bill', request.company, bill_id=bill.pk)}#files-title"


def _file_url(name: str, request: CompanyRequest, bill: Bill, **kwargs: int) -> str:
    return company_url(name, request.company, bill_id=bill.pk, **kwargs)
