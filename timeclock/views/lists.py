"""The grid of shifts: a week of everybody's for Admins, of one's own for others; a project's in its tab (R30)."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from integrations.connecting import current_connection
from ressio.access import get_project, member_required
from ressio.csv_text import write_csv
from ressio.http import CompanyRequest
from ressio.list_columns import ColumnSet, ListColumn
from ressio.models import Project, TeamMember
from ressio.views.files import send_csv
from ressio.views.lists import describe_columns, describe_pages, keep_columns, query_without
from ressio.views.places import company_url
from timeclock.forms import ALL_WEEKS, ShiftFilterForm, say_week
from timeclock.people import PersonWeek, add_up, days_of, weeks_of_people
from timeclock.reviewing import DEFAULT_ORDER, ShiftFilter, ShiftPage, ShiftRow, all_shifts, find_shifts
from timeclock.rights import may_record, may_review

PROJECT_ORDER = "-date"


LISTED = (
    ListColumn("worker", "Worker"),
    ListColumn("date", "Date"),
    ListColumn("project", "Project"),
    ListColumn("code", "Cost code"),
    ListColumn("time", "Time"),
    ListColumn("hours", "Hours", is_number=True),
    ListColumn("type", "Shift type"),
    ListColumn("description", "Description", sorts=False),
    ListColumn("error", "Error", sorts=False),
    ListColumn("state", "State"),
    ListColumn("sending", "QuickBooks", sorts=False),
    ListColumn("budget", "Budget", sorts=False),
    ListColumn("place", "Place", sorts=False),
    ListColumn("origin", "Made in"),
)
COLUMNS = ColumnSet("time", LISTED, always=("date",), unasked=("description", "budget", "place", "origin"))
# Others than Admins see their own time, and nothing of budgets. On a phone two columns are seen at once.
_OWN = (
    "date",
    "hours",
    "project",
    "code",
    "time",
    "type",
    "description",
    "error",
    "state",
    "sending",
    "place",
    "origin",
)
OWN_COLUMNS = ColumnSet(
    "own-time",
    tuple(column for key in _OWN for column in LISTED if column.key == key),
    always=("hours",),
    unasked=("description", "place", "origin"),
)
EXPORT_HEADER = (
    "Worker", "Date", "Project", "Project number", "Cost code", "Start", "End", "Hours", "Shift type", "Description",
    "Billable", "Error", "State", "QuickBooks", "Budget", "Made in", "Place in", "Place out", "QuickBooks id",
)  # fmt: skip


@require_safe
@member_required
def list_shifts(request: CompanyRequest, company: str) -> HttpResponse:
    return _show(request, None)


@require_safe
@member_required
def list_project_shifts(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    return _show(request, get_project(request, project_id))


def _show(request: CompanyRequest, project: Project | None) -> HttpResponse:
    form = ShiftFilterForm(request.GET, member=request.member, project=project)
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "found": None,
        "may_record": may_record(request.member),
        "may_review": may_review(request.member),
        "new_url": company_url("shift-new", request.company) + (f"?project={project.pk}" if project else ""),
    }
    template = "timeclock/project_list.html" if project else "timeclock/list.html"
    if not form.is_valid():
        return render(request, template, context, status=400)
    wanted = form.to_filter()
    sort = form.cleaned_data["sort"] or (PROJECT_ORDER if project else DEFAULT_ORDER)
    columns = columns_for(request.member)
    found = find_shifts(
        request.member,
        wanted,
        now=timezone.now(),
        order=sort,
        page=form.cleaned_data["page"] or 1,
        with_budget=any(column.key == "budget" for column in columns.shown(request.member)),
    )
    query = query_without(request, "page")
    own = f"project={project.pk}&" if project else ""
    context |= {
        "found": found,
        "wanted": wanted,
        "sort": sort,
        **_weeks(request, wanted),
        **_by_person(request, wanted),
        **describe_columns(request, columns, without=_not_worth_showing(request, columns, project, found)),
        "query": query,
        "whole_query": f"{own}{'' if 'week' in request.GET or not own else f'week={ALL_WEEKS}&'}{query}".rstrip(
            "&"
        ),
        "is_filtered": any(form.cleaned_data[name] for name in ("q", "project", "worker", "status")),
        "may_approve": may_review(request.member) and found.totals.approvable > 0,
        **describe_pages(found.page, found.page_count),
    }
    return render(request, template, context)


def _weeks(request: CompanyRequest, wanted: ShiftFilter) -> dict[str, Any]:
    """Addresses of the week before and after, with everything else as it is."""
    base = query_without(request, "page", "week")
    day = wanted.first_day or timezone.localdate()
    return {
        "week_words": say_week(wanted.first_day, wanted.last_day)
        if wanted.first_day and wanted.last_day
        else "",
        "week_value": wanted.first_day.isoformat() if wanted.first_day else ALL_WEEKS,
        "week_before": f"?{base}week={day - timedelta(days=7)}",
        "week_after": f"?{base}week={day + timedelta(days=7)}",
        "this_week": f"?{base}week={timezone.localdate()}",
        "all_weeks": f"?{base}week={ALL_WEEKS}",
    }


def _by_person(request: CompanyRequest, wanted: ShiftFilter) -> dict[str, Any]:
    """The week as a timesheet, for whoever reviews, and the way there and back."""
    base = query_without(request, "page", "by")
    links = {"by_person_url": f"?{base}by=person", "by_shift_url": f"?{base}".rstrip("&?") or "?"}
    people = _people_of(request, wanted)
    if people is None or wanted.first_day is None:
        return {**links, "by_person": False}
    days = days_of(wanted.first_day)
    return {**links, "by_person": True, "people": people, "everybody": add_up(people), "days": days}


def _people_of(request: CompanyRequest, wanted: ShiftFilter) -> list[PersonWeek] | None:
    """None where shifts are asked for, and not people."""
    if request.GET.get("by") != "person" or wanted.first_day is None or not may_review(request.member):
        return None
    return weeks_of_people(request.member, wanted, monday=wanted.first_day, now=timezone.now())


def columns_for(member: TeamMember) -> ColumnSet:
    return COLUMNS if may_review(member) else OWN_COLUMNS


def _not_worth_showing(
    request: CompanyRequest, columns: ColumnSet, project: Project | None, found: ShiftPage
) -> set[str]:
    """What is the same in every row; and, unless they asked for it, the shift type where it says nothing, and
    QuickBooks without one.
    """
    hidden = {"project"} if project else set()
    if columns.is_chosen(request.member):
        return hidden
    if not any(row.shift.shift_type for row in found.rows):
        hidden.add("type")
    if current_connection(request.company) is None:
        hidden.add("sending")
    return hidden


@require_POST
@member_required
def choose_columns(request: CompanyRequest, company: str) -> HttpResponse:
    time = company_url("time-review", request.company)
    return keep_columns(request, columns_for(request.member), list_url=time, list_id="time-columns")


@require_safe
@member_required
def export_shifts(request: CompanyRequest, company: str) -> HttpResponse:
    """Every shift that matches, as CSV."""
    form = ShiftFilterForm(request.GET, member=request.member)
    if not form.is_valid():
        return HttpResponse(
            "The filter makes no sense.", status=400, content_type="text/plain; charset=utf-8"
        )
    wanted = form.to_filter()
    people = _people_of(request, wanted)
    if people is not None and wanted.first_day is not None:
        header = ["Worker", *map(str, days_of(wanted.first_day)), "Draft", "Approved", "Total"]
        return send_csv(write_csv(header, map(_person_row, people)), f"hours-{wanted.first_day}.csv")
    order = form.cleaned_data["sort"] or DEFAULT_ORDER
    is_reviewer = may_review(request.member)
    rows = all_shifts(request.member, wanted, now=timezone.now(), order=order, with_budget=is_reviewer)
    words = ["time", slugify(wanted.project.name) if wanted.project else "", str(wanted.first_day or "")]
    return send_csv(write_csv(EXPORT_HEADER, map(_export_row, rows)), f"{'-'.join(filter(None, words))}.csv")


def _person_row(person: PersonWeek) -> tuple[object, ...]:
    seconds = (*person.by_day, person.draft, person.approved, person.total)
    return (person.name, *(f"{each / 3600:.2f}" for each in seconds))


def _export_row(row: ShiftRow) -> tuple[object, ...]:
    shift = row.shift
    return (
        shift.shown_worker,
        shift.worked_on,
        shift.project.name if shift.project else "",
        shift.project.number if shift.project else "",
        shift.cost_code.name if shift.cost_code else "",
        row.start,
        row.end,
        f"{row.seconds / 3600:.2f}",
        shift.shift_type,
        shift.description,
        "yes" if shift.is_billable else "no",
        ", ".join(mark.label for mark in row.marks),
        "Running" if shift.is_running else shift.get_state_display(),
        row.standing.words if row.standing else "",
        (row.in_budget.reason.title if row.in_budget.reason else "Counts") if row.in_budget else "",
        shift.get_origin_display(),
        shift.start_place,
        shift.end_place,
        shift.quickbooks_id,
    )
