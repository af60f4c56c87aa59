"""The clock itself: one large button on a phone. A tap comes from a plain form, or from the script that keeps it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from ressio.access import member_required
from ressio.http import CompanyRequest
from ressio.models import CostCode, Project
from ressio.templatetags.ressio_ui import write_date
from ressio.views.places import company_url
from timeclock.choices import clockable_projects, codes_by_project, shift_types_of
from timeclock.clock import (
    clock_in,
    clock_out,
    end_break,
    running_shift,
    say_time,
    seconds_of,
    start_break,
    switch_to,
)
from timeclock.durations import LONGEST_BREAK, NoSuchTime, UnclearTime, day_of, is_forgotten, read_wall
from timeclock.errors import ShiftRefused
from timeclock.models import Shift, make_client_key
from timeclock.rights import may_record, may_review

LATE = timedelta(minutes=2)
OLDEST_AGE = 366 * 24 * 3600
FROM_SCRIPT = "X-Clock"
"""The answer says so in this header: then it is the clock anew, and no page of something in between."""


@require_safe
@member_required
def show_clock(request: CompanyRequest, company: str) -> HttpResponse:
    return render(request, "timeclock/clock.html", clock_context(request))


@require_POST
@member_required
def tap(request: CompanyRequest, company: str, tap: str) -> HttpResponse:
    if tap not in TAPS:
        raise Http404("There is no such tap.")
    now = timezone.now()
    is_script = request.POST.get("by") == "script"
    said = refusal = ""
    try:
        said = TAPS[tap](request, now)
    except ShiftRefused as refused:
        refusal = str(refused)
    if not is_script and not refusal:
        messages.success(request, said)
        return redirect(company_url("time-clock", request.company))
    context = clock_context(request, said=said, refusal=refusal)
    template = "timeclock/partials/clock.html" if is_script else "timeclock/clock.html"
    response = render(request, template, context, status=409 if refusal else 200)
    response[FROM_SCRIPT] = "refused" if refusal else "taken"
    return response


# Taps ---------------------------------------------------------------------------------------------------------------


def _clock_in(request: CompanyRequest, now: datetime) -> str:
    shift = clock_in(member=request.member, now=now, **_read_choice(request), **_read_tap(request, now))
    return f"Clocked in on {shift.project} at {say_time(shift, shift.started_at)}.{_say_late(shift.started_at, now)}"


def _switch(request: CompanyRequest, now: datetime) -> str:
    shift = switch_to(member=request.member, now=now, **_read_choice(request), **_read_tap(request, now))
    return f"Switched to {shift.project} at {say_time(shift, shift.started_at)}.{_say_late(shift.started_at, now)}"


def _clock_out(request: CompanyRequest, now: datetime) -> str:
    shift = _find_shift(request)
    given = _read_tap(request, now)
    if request.POST.get("stopped"):
        given["at"] = _read_stopped(request.POST["stopped"], shift, now)
    done = clock_out(shift=shift, member=request.member, now=now, **given)
    hours = f"{done.worked_seconds / 3600:.2f}"
    if request.POST.get("stopped"):
        return f"Clocked out at {say_time(done, done.ended_at)}, as you said: {hours} hours."
    return f"Clocked out at {say_time(done, done.ended_at)}: {hours} hours.{_say_late(done.ended_at, now)}"


def _start_break(request: CompanyRequest, now: datetime) -> str:
    shift, given = _find_shift(request), _read_tap(request, now)
    given.pop("place")
    begun = start_break(shift=shift, member=request.member, now=now, **given)
    until = say_time(shift, begun.started_at + LONGEST_BREAK)
    return f"On a break since {say_time(shift, begun.started_at)}. It ends by itself at {until}."


def _end_break(request: CompanyRequest, now: datetime) -> str:
    shift, given = _find_shift(request), _read_tap(request, now)
    given.pop("place")
    ended = end_break(shift=shift, member=request.member, now=now, **given)
    return f"Back to work at {say_time(shift, ended.ended_at)}."


TAPS: dict[str, Callable[[CompanyRequest, datetime], str]] = {
    "in": _clock_in,
    "switch": _switch,
    "out": _clock_out,
    "break": _start_break,
    "end-break": _end_break,
}


def _say_late(moment: datetime | None, now: datetime) -> str:
    if moment is None or now - moment < LATE:
        return ""
    return " This is when you tapped; it was sent only now, and the shift's history says so."


def _read_tap(request: CompanyRequest, now: datetime) -> dict[str, Any]:
    """`age`: seconds since the tap, by the phone's own clock, so that a clock that is wrong does no harm."""
    key, age = request.POST.get("key", ""), request.POST.get("age", "")
    if not 8 <= len(key) <= 64 or not key.isascii() or not key.isprintable():
        raise ShiftRefused("This form is too old. Load the page again.")
    seconds = int(age) if age.isdecimal() and len(age) < 10 else 0
    at = now - timedelta(seconds=min(seconds, OLDEST_AGE)) if seconds else None
    return {"key": key, "at": at, "place": request.POST.get("place", "")[:60]}


def _read_choice(request: CompanyRequest) -> dict[str, Any]:
    project = _find(clockable_projects(request.member), request.POST.get("project", ""))
    if project is None:
        raise ShiftRefused("Choose a project.", field="project")
    code_id = request.POST.get("cost_code", "")
    code = _find(CostCode.objects.filter(is_active=True), code_id)
    if code_id and code is None:
        raise ShiftRefused("There is no such cost code.", field="cost_code")
    return {
        "project": project,
        "cost_code": code,
        "shift_type": request.POST.get("shift_type", ""),
        "description": request.POST.get("description", "").replace("\0", ""),
    }


def _find(rows: Any, text: str) -> Any:
    return rows.filter(pk=text).first() if text.isdecimal() and len(text) < 19 else None


def _find_shift(request: CompanyRequest) -> Shift:
    """By the key of the tap that began it: a page that could not be loaded anew knows that, and no more."""
    key = request.POST.get("started", "").replace("\0", "")
    shift: Shift | None = request.member.shifts.filter(client_key=key).first()
    if shift is None:
        raise ShiftRefused("The shift this belongs to has not arrived here.", code="unknown")
    return shift


def _read_stopped(text: str, shift: Shift, now: datetime) -> datetime:
    """Of a forgotten shift: when it really ended, on its own clock."""
    zone = ZoneInfo(shift.zone)
    try:
        shown = parse_datetime(text[:16])
    except ValueError:
        shown = None
    if shown is None:
        raise ShiftRefused("Say when you stopped.", field="stopped")
    try:
        moment = read_wall(shown.date(), shown.time(), zone)
    except UnclearTime as unclear:
        how = "not at all" if isinstance(unclear, NoSuchTime) else "twice"
        raise ShiftRefused(
            f"The clocks showed {shown:%H:%M} {how} in that night. Choose another minute, or ask an Admin.",
            field="stopped",
        ) from unclear
    if moment > now:
        raise ShiftRefused("This is yet to come.", field="stopped")
    return moment


# The page -----------------------------------------------------------------------------------------------------------


def clock_context(request: CompanyRequest, *, said: str = "", refusal: str = "") -> dict[str, Any]:
    now, member = timezone.now(), request.member
    running = running_shift(member)
    projects = list(clockable_projects(member))
    codes: dict[CostCode, list[int]] = {}
    for project_id, offered in codes_by_project(projects).items():
        for code in offered:
            codes.setdefault(code, []).append(project_id)
    today = _shifts_of_today(request, now)
    types = shift_types_of(member)
    return {
        "said": said,
        "refusal": refusal,
        "running": running,
        **_describe_running(running, now),
        "projects": projects,
        "codes": sorted(codes.items(), key=lambda pair: pair[0].name.casefold()),
        "shift_types": types if len(types) > 1 else [],
        **_chosen(request, running, projects, codes),
        "today": [(shift, seconds_of(shift, now=now)) for shift in today],
        "today_seconds": sum(seconds_of(shift, now=now) for shift in today),
        "keys": {
            name: make_client_key() for name in ("in", "switch", "out", "stopped", "break", "end_break")
        },
        "may_record": may_record(member),
        "may_review": may_review(member),
    }


def _describe_running(running: Shift | None, now: datetime) -> dict[str, Any]:
    """`seconds` so far; `break_left` until an open break ends by itself."""
    if running is None or running.started_at is None:
        return {"state": "idle", "seconds": 0, "break_left": 0, "is_forgotten": False} | dict.fromkeys(
            ("since", "break_since", "break_until", "started_key", "stopped_from", "stopped_to"), ""
        )
    rest = next(
        (
            each
            for each in running.breaks.all()
            if each.ended_at is None and each.started_at <= now < each.started_at + LONGEST_BREAK
        ),
        None,
    )
    return {
        "state": "break" if rest else "working",
        "seconds": seconds_of(running, now=now),
        "since": _say_since(running, now),
        **_stopped_between(running, now),
        "started_key": running.client_key,
        "break_left": int((rest.started_at + LONGEST_BREAK - now).total_seconds()) if rest else 0,
        "break_since": say_time(running, rest.started_at) if rest else "",
        "break_until": say_time(running, rest.started_at + LONGEST_BREAK) if rest else "",
        "is_forgotten": is_forgotten(running.started_at, now),
    }


def _say_since(running: Shift, now: datetime) -> str:
    """With its day, once that is not today."""
    assert running.started_at is not None
    zone = ZoneInfo(running.zone)
    local = running.started_at.astimezone(zone)
    return (
        f"{local:%H:%M}"
        if local.date() == day_of(now, zone)
        else f"{local:%a} {write_date(local)}, {local:%H:%M}"
    )


def _stopped_between(running: Shift, now: datetime) -> dict[str, str]:
    """What can be said of a forgotten shift, on its own clock, as a browser's field takes it."""
    assert running.started_at is not None
    zone = ZoneInfo(running.zone)
    moments = {"stopped_from": running.started_at, "stopped_to": now}
    return {name: f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" for name, moment in moments.items()}


def _shifts_of_today(request: CompanyRequest, now: datetime) -> list[Shift]:
    """Those of this day, and what went on into it."""
    today = day_of(now, ZoneInfo(request.company.time_zone))
    midnight = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    shifts = request.member.shifts.select_related("project", "cost_code").prefetch_related("breaks")
    own = [
        *shifts.filter(worked_on=today),
        *shifts.filter(worked_on__lt=today, ended_at__gt=midnight),
        *shifts.filter(worked_on__lt=today, started_at__isnull=False, ended_at__isnull=True),
    ]
    return sorted(own, key=lambda shift: (shift.started_at or midnight, shift.pk))


def _chosen(
    request: CompanyRequest, running: Shift | None, projects: list[Project], codes: dict[CostCode, list[int]]
) -> dict[str, Any]:
    """What was tapped and refused, else what is running, else what was used last."""
    last = running or request.member.shifts.order_by("-recorded_at", "-pk").first()
    posted = request.POST
    project = posted.get("project") or (str(last.project_id) if last else "")
    code = posted.get("cost_code") or (str(last.cost_code_id) if last and last.cost_code_id else "")
    offered = {str(each.pk) for each in projects}
    if project not in offered:
        project = str(projects[0].pk) if len(projects) == 1 else ""
    fits = any(str(each.pk) == code and project in map(str, ids) for each, ids in codes.items())
    return {
        "chosen_project": project,
        "chosen_code": code if fits else "",
        "chosen_type": posted.get("shift_type") or (running.shift_type if running else ""),
        "chosen_description": posted.get("description", "") if request.method == "POST" else "",
    }
