"""Approving time: one shift on its page, many from the grid after a look at the numbers (R31)."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from budgets.reasons import Reason
from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.money import ZERO
from ressio.views.places import company_url, read_next
from timeclock.approval import approve_shift, approve_shifts
from timeclock.decisions import retry_shift, send_shift, skip_shift
from timeclock.errors import ShiftRefused
from timeclock.forms import ShiftFilterForm
from timeclock.in_budget import InBudget, count_shifts
from timeclock.looking_ahead import look_ahead
from timeclock.marks import CAN_BE_APPROVED, Mark, find_overlapping, marks_of, why_not_approvable
from timeclock.models import Shift
from timeclock.reviewing import ShiftFilter, matching
from timeclock.taking_back import take_back_approval
from timeclock.views.shifts import get_shift, render_shift

MOST_AT_ONCE = 5000


@require_POST
@admin_required
def approve_one(request: CompanyRequest, company: str, shift_id: int) -> HttpResponse:
    """Exactly what stood on the page (`seen`), not what somebody made of it since."""
    shift, now = get_shift(request, shift_id), timezone.now()
    try:
        approve_shift(shift=shift, member=request.member, now=now, mark=request.POST.get("seen", ""))
    except ShiftRefused as refused:
        return render_shift(request, get_shift(request, shift_id), refusal=str(refused), status=400)
    messages.success(request, _say_approved(shift))
    return redirect(company_url("shift", request.company, shift_id=shift.pk))


def _say_approved(shift: Shift) -> str:
    found = count_shifts([shift]).get(shift.pk)
    if found is None or found.reason is None:
        return "Approved. It counts in the budget from now on."
    return f"Approved. It does not count in the budget: {found.reason.title}."


@require_POST
@admin_required
def take_back(request: CompanyRequest, company: str, shift_id: int) -> HttpResponse:
    shift = get_shift(request, shift_id)
    try:
        taken = take_back_approval(shift=shift, member=request.member, now=timezone.now())
    except ShiftRefused as refused:
        return render_shift(request, shift, refusal=str(refused), status=400)
    said = "The approval is taken back. The shift is a draft again and counts nothing."
    if taken.is_sent:
        said = "It is being deleted in QuickBooks. Then it is a draft again; it counts until that is done."
    messages.success(request, said)
    return redirect(company_url("shift", request.company, shift_id=shift.pk))


DECISIONS = {
    "retry": (retry_shift, "It is being sent again."),
    "skip": (skip_shift, "It is not sent. It counts on here."),
    "send": (send_shift, "It is on its way to QuickBooks."),
}


@require_POST
@admin_required
def decide(request: CompanyRequest, company: str, shift_id: int, decision: str) -> HttpResponse:
    """About a shift that is held on its way to QuickBooks, or that did not go."""
    if decision not in DECISIONS:
        raise Http404("There is no such decision.")
    shift, (verb, said) = get_shift(request, shift_id), DECISIONS[decision]
    try:
        verb(shift=shift, member=request.member, now=timezone.now())
    except ShiftRefused as refused:
        return render_shift(request, get_shift(request, shift_id), refusal=str(refused), status=400)
    messages.success(request, said)
    return redirect(company_url("shift", request.company, shift_id=shift.pk))


@require_POST
@admin_required
def approve_many(request: CompanyRequest, company: str) -> HttpResponse:
    """First says how many shifts and hours, by project; then approves exactly those, if they are still the same."""
    now = timezone.now()
    shifts, left_out = _read_chosen(request, now)
    seconds = sum(shift.worked_seconds for shift in shifts)
    back = read_next(request, company_url("time-review", request.company))
    expected, counted = _mark_of(shifts), count_shifts(shifts)
    is_same = request.POST.get("expected") == expected
    if is_same and shifts:
        return _approve(request, shifts, now, back)
    context: dict[str, Any] = {
        "shifts": shifts,
        "seconds": seconds,
        "by_project": _by_project(shifts, counted),
        "counts": _add_up(shifts, counted),
        "not_counted": _group_reasons(shifts, counted),
        "workers": len({shift.team_member_id for shift in shifts}),
        "left_out": left_out,
        "marked": _count_marks(shifts, now),
        "ahead": look_ahead(request.company, shifts),
        "expected": expected,
        "is_changed": "expected" in request.POST and not is_same,
        "kept": _kept(request.POST),
        "back_url": back,
    }
    return render(request, "timeclock/approve.html", context, status=409 if context["is_changed"] else 200)


def _approve(request: CompanyRequest, shifts: list[Shift], now: datetime, back: str) -> HttpResponse:
    done = approve_shifts(shifts=shifts, member=request.member, now=now)
    hours = sum(shift.worked_seconds for shift in done.shifts) / 3600
    if done.shifts:
        count, counting = len(done.shifts), _add_up(done.shifts, count_shifts(done.shifts))["seconds"] / 3600
        rest = f" {hours - counting:,.2f} of them do not count in the budget." if hours > counting else ""
        messages.success(
            request, f"{count} shift{'s are' if count != 1 else ' is'} approved: {hours:,.2f} hours.{rest}"
        )
    for shift, sentence in done.refused[:5]:
        messages.error(request, f"{shift}: {sentence}")
    if len(done.refused) > 5:
        messages.error(request, f"{len(done.refused) - 5} more were not approved.")
    return redirect(back)


def _read_chosen(request: CompanyRequest, now: datetime) -> tuple[list[Shift], list[tuple[str, int]]]:
    """What can be approved of it, and why the rest cannot, with how many."""
    wanted, ids = ShiftFilter(), None
    if request.POST.get("which") == "found":
        form = ShiftFilterForm(QueryDict(request.POST.get("query", "")), member=request.member)
        if not form.is_valid():
            return [], []
        wanted = form.to_filter()
    else:
        ids = [int(text) for text in request.POST.getlist("shift") if text.isdecimal() and len(text) < 19]
    found = matching(request.member, wanted, now=now)
    found = found.filter(CAN_BE_APPROVED if ids is None else Q(pk__in=ids[:MOST_AT_ONCE]))
    found = found.select_related("project", "cost_code", "team_member", "company")
    shifts = list(found.order_by("worked_on", "pk")[:MOST_AT_ONCE])
    reasons: dict[str, int] = defaultdict(int)
    for shift in shifts:
        if reason := why_not_approvable(shift):
            reasons[reason] += 1
    return [shift for shift in shifts if not why_not_approvable(shift)], sorted(reasons.items())


def _mark_of(shifts: list[Shift]) -> str:
    """Of what is counted, when, where and at what: the second step is about what the first one showed."""
    names = ("pk", "worked_seconds", "worked_on", "project_id", "cost_code_id", "shift_type", "is_billable")
    said = [[str(getattr(shift, name)) for name in names] for shift in shifts]
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


def _count_marks(shifts: list[Shift], now: datetime) -> list[tuple[Mark, int]]:
    """What is odd about them, with how many: approving is a person's word all the same."""
    overlapping = find_overlapping(shifts, now=now)
    counts = Counter(mark for shift in shifts for mark in marks_of(shift, overlapping, now=now))
    return sorted(counts.items(), key=lambda pair: pair[0].label)


def _by_project(shifts: list[Shift], counted: Mapping[int, InBudget]) -> list[dict[str, Any]]:
    groups: dict[str, list[Shift]] = defaultdict(list)
    for shift in shifts:
        groups[str(shift.project)].append(shift)
    return [
        {
            "name": name,
            "shifts": len(group),
            "workers": len({shift.team_member_id for shift in group}),
            "seconds": sum(shift.worked_seconds for shift in group),
            "counts": _add_up(group, counted),
        }
        for name, group in sorted(groups.items())
    ]


def _add_up(shifts: list[Shift], counted: Mapping[int, InBudget]) -> dict[str, Any]:
    """What of them will count in budgets: hours and dollars."""
    count = [shift for shift in shifts if shift.pk in counted and counted[shift.pk].is_counted]
    return {
        "seconds": sum(shift.worked_seconds for shift in count),
        "amount": sum((counted[shift.pk].amount or ZERO for shift in count), ZERO),
    }


def _group_reasons(shifts: list[Shift], counted: Mapping[int, InBudget]) -> list[tuple[Reason, list[int]]]:
    """Why the others will not, with how many shifts and seconds."""
    found: dict[Reason, list[int]] = {}
    for shift in shifts:
        reason = counted[shift.pk].reason if shift.pk in counted else None
        if reason is not None:
            sums = found.setdefault(reason, [0, 0])
            sums[0] += 1
            sums[1] += shift.worked_seconds
    return sorted(found.items(), key=lambda pair: -pair[1][0])


def _kept(posted: QueryDict) -> list[tuple[str, str]]:
    """What the second step sends again."""
    names = ("which", "query", "next", "shift")
    return [(name, value) for name in names for value in posted.getlist(name)]
