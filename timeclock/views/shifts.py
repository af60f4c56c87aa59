"""One shift: its page with its history, the form that records or changes it, removing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio.access import member_required
from ressio.http import CompanyRequest
from ressio.views.places import company_url
from timeclock.errors import ShiftRefused
from timeclock.forms import ShiftForm, say_week, write_breaks
from timeclock.history import history_of
from timeclock.in_budget import InBudget, count_shifts
from timeclock.marks import why_not_approvable
from timeclock.models import Shift, ShiftState, make_client_key
from timeclock.preview import preview_of
from timeclock.recording import change_shift, mark_of, record_shift, remove_shift
from timeclock.reviewing import ShiftFilter, draw_rows, matching, week_of
from timeclock.rights import may_edit, may_record, may_review, may_take_back
from timeclock.taking_back import why_not_deletable
from timeclock.written_times import as_given


def get_shift(request: CompanyRequest, shift_id: int) -> Shift:
    """404 for what the member may not see: it looks like one that does not exist."""
    shifts = matching(request.member, ShiftFilter(), now=timezone.now())
    found: Shift | None = (
        shifts.filter(pk=shift_id)
        .select_related(
            "project", "cost_code", "team_member", "created_by", "approved_by", "connection", "company"
        )
        .prefetch_related("breaks")
        .first()
    )
    if found is None:
        raise Http404("No such shift.")
    return found


@require_safe
@member_required
def show_shift(request: CompanyRequest, company: str, shift_id: int) -> HttpResponse:
    return render_shift(request, get_shift(request, shift_id))


def render_shift(
    request: CompanyRequest, shift: Shift, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    is_reviewer = may_review(request.member)
    why_not = why_not_approvable(shift)
    is_draft = shift.is_ours and shift.state == ShiftState.DRAFT
    row = draw_rows([shift], now=timezone.now())[0]
    preview = preview_of(shift) if is_reviewer and shift.is_ours and not shift.is_running else None
    in_budget = count_shifts([shift]).get(shift.pk) if is_reviewer and not shift.is_running else None
    context = {
        "shift": shift,
        "row": row,
        "week_words": say_week(*week_of(shift.worked_on)),
        "standing": row.standing if is_reviewer else None,
        "preview": preview,
        "will_be_held": bool(preview and preview.obstacles and not preview.stays and not shift.is_sent),
        "in_budget": in_budget,
        "breaks": sorted(shift.breaks.all(), key=lambda each: each.started_at),
        "history": history_of(shift, request.member),
        "seen": mark_of(shift),
        "may_edit": may_edit(request.member, shift),
        "may_approve": is_reviewer and is_draft and not why_not,
        "why_not": why_not if is_reviewer and is_draft and not shift.is_running else "",
        "may_take_back": may_take_back(request.member, shift)
        and not (row.standing and row.standing.is_being_deleted),
        "why_not_back": why_not_deletable(shift) if shift.is_sent else "",
        "take_back_words": _say_taken_back(request, shift, in_budget),
        "refusal": refusal,
    }
    return render(request, "timeclock/shift.html", context, status=status)


def _say_taken_back(request: CompanyRequest, shift: Shift, in_budget: InBudget | None) -> str:
    """In numbers, before anybody presses."""
    hours = f"{shift.worked_seconds / 3600:,.2f} hours"
    is_counted = in_budget is not None and in_budget.amount is not None and in_budget.is_counted
    leaves = (
        f"{hours} and {request.company.currency} {in_budget.amount:,.2f}" if in_budget and is_counted else ""
    )
    if shift.is_sent:
        then = f"Then {leaves} leave the budget, and the shift" if leaves else "Then the shift"
        return (
            f"QuickBooks deletes its time entry. {then} is a draft again, to be changed and approved anew. A payroll "
            "already run with it does not change."
        )
    if not leaves:
        return (
            f"The shift is a draft again; its {hours} are not sent to QuickBooks. The budget does not change."
        )
    return f"{leaves} leave the budget. The shift is not sent to QuickBooks and is a draft again."


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def record(request: CompanyRequest, company: str) -> HttpResponse:
    """`?project=` chooses the project already."""
    if not may_record(request.member):
        raise PermissionDenied
    now = timezone.now()
    initial = {
        "worked_on": timezone.localdate(),
        "project": request.GET.get("project"),
        "worker": request.member.pk,
        "is_billable": True,
    }
    form = ShiftForm(request.POST or None, member=request.member, initial=initial)
    if form.is_valid():
        worker = form.cleaned_data.get("worker") or request.member
        key = request.POST.get("key", "")[:64] or make_client_key()
        try:
            shift = record_shift(
                worker=worker, given=form.to_input(), member=request.member, key=key, now=now
            )
        except ShiftRefused as refused:
            _put_beside(form, refused)
        else:
            messages.success(request, f"{shift.worked_seconds / 3600:.2f} hours are recorded as a draft.")
            return redirect(company_url("shift", request.company, shift_id=shift.pk))
    return _show_form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def edit_shift(request: CompanyRequest, company: str, shift_id: int) -> HttpResponse:
    shift = get_shift(request, shift_id)
    if not may_edit(request.member, shift):
        raise PermissionDenied
    form = ShiftForm(request.POST or None, member=request.member, shift=shift, initial=initial_of(shift))
    if form.is_valid():
        try:
            change_shift(
                shift=shift,
                given=form.to_input(),
                member=request.member,
                now=timezone.now(),
                mark=request.POST.get("seen", ""),
            )
        except ShiftRefused as refused:
            _put_beside(form, refused)
        else:
            messages.success(request, "The shift is saved. What stood before is in its history.")
            return redirect(company_url("shift", request.company, shift_id=shift.pk))
    return _show_form(request, form, shift)


def initial_of(shift: Shift) -> dict[str, Any]:
    given = as_given(shift)
    return {
        "project": shift.project_id,
        "cost_code": shift.cost_code_id,
        "shift_type": given.shift_type,
        "worked_on": given.worked_on,
        "started": given.started,
        "ended": given.ended,
        "started_is": given.started_is,
        "ended_is": given.ended_is,
        "seconds": "" if given.seconds is None else f"{given.seconds / 3600:.4f}".rstrip("0").rstrip("."),
        "breaks": write_breaks(shift),
        "description": given.description,
        "is_billable": shift.is_billable,
    }


def _put_beside(form: ShiftForm, refused: ShiftRefused) -> None:
    if refused.code == "not_allowed":
        raise PermissionDenied from refused
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def _show_form(request: CompanyRequest, form: ShiftForm, shift: Shift | None) -> HttpResponse:
    is_asked_which = any(form[name].errors or form[name].value() for name in ("started_is", "ended_is"))
    back = (
        company_url("shift", request.company, shift_id=shift.pk)
        if shift
        else company_url("time-clock", request.company)
    )
    context = {
        "form": form,
        "shift": shift,
        "is_asked_which": is_asked_which,
        "seen": (request.POST.get("seen", "") if form.is_bound else mark_of(shift)) if shift else "",
        "key": (request.POST.get("key", "")[:64] if form.is_bound else "") or make_client_key(),
        "back_url": back,
    }
    return render(request, "timeclock/form.html", context, status=400 if form.is_bound else 200)


@require_POST
@member_required
def remove(request: CompanyRequest, company: str, shift_id: int) -> HttpResponse:
    shift = get_shift(request, shift_id)
    try:
        remove_shift(shift=shift, member=request.member, now=timezone.now())
    except ShiftRefused as refused:
        if refused.code == "not_allowed":
            raise PermissionDenied from refused
        return render_shift(request, shift, refusal=str(refused), status=400)
    messages.success(request, "The shift is removed.")
    return redirect(company_url("time-review", request.company) + f"?week={shift.worked_on}")
