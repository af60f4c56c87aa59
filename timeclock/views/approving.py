"""Approving time: one shift on its page, many from the grid after a look at the numbers (R31)."""

import json
from collections import Counter, defaultdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.views.places import company_url, read_next
from timeclock.approval import approve_shift, approve_shifts, take_back_approval
from timeclock.decisions import retry_shift, send_shift, skip_shift
from timeclock.errors import ShiftRefused
from timeclock.forms import ShiftFilterForm
from timeclock.looking_ahead import look_ahead
from timeclock.marks import CAN_BE_APPROVED, Mark, find_overlapping, marks_of, why_not_approvable
from timeclock.models import Shift
from timeclock.reviewing import ShiftFilter, matching
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
    messages.success(request, "Approved. It counts in the budget from now on.")
    return redirect(company_url("shift", request.company, shift_id=shift.pk))


@require_POST
@admin_required
def take_back(request: CompanyRequest, company: str, shift_id: int) -> HttpResponse:
    shift = get_shift(request, shift_id)
    try:
        take_back_approval(shift=shift, member=request.member, now=timezone.now())
    except ShiftRefused as refused:
        return render_shift(request, shift, refusal=str(refused), status=400)
    messages.success(request, "The approval is taken back. The shift is a draft again and counts nothing.")
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
    expected = _mark_of(shifts)
    is_same = request.POST.get("expected") == expected
    if is_same and shifts:
        return _approve(request, shifts, now, back)
    context: dict[str, Any] = {
        "shifts": shifts,
        "seconds": seconds,
        "by_project": _by_project(shifts),
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
        count = len(done.shifts)
        messages.success(
            request, f"{count} shift{'s are' if count != 1 else ' is'} approved: {hours:,.2f} hours."
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
    shifts = list(
        found.select_related("project", "cost_code", "team_member").order_by("worked_on", "pk")[:MOST_AT_ONCE]
    )
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


def _by_project(shifts: list[Shift]) -> list[dict[str, Any]]:
    groups: dict[str, list[Shift]] = defaultdict(list)
    for shift in shifts:
        groups[str(shift.project)].append(shift)
    return [
        {
            "name": name,
            "shifts": len(group),
            "workers": len({shift.team_member_id for shift in group}),
            "seconds": sum(shift.worked_seconds for shift in group),
        }
        for name, group in sorted(groups.items())
    ]


def _kept(posted: QueryDict) -> list[tuple[str, str]]:
    """What the second step sends again."""
    names = ("which", "query", "next", "shift")
    return [(name, value) for name in names for value in posted.getlist(name)]
