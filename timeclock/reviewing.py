"""The grid in which time is reviewed (R30): found, sorted, added up, in a few queries whatever its length."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce, Lower

from integrations.models import Push, PushState
from ressio.models import CostCode, Project, TeamMember
from timeclock.clock import say_time, seconds_of
from timeclock.in_budget import InBudget, count_shifts
from timeclock.marks import (
    CAN_BE_APPROVED,
    Mark,
    find_overlapping,
    has_marks,
    marks_of,
    why_not_approvable,
)
from timeclock.models import Shift, ShiftState
from timeclock.pushes import KIND
from timeclock.rights import shifts_for
from timeclock.standing import Standing, find_standings

PAGE_SIZE = 100
EXPORT_CHUNK = 1000
WEEK = timedelta(days=7)

RUNNING, ERROR = "running", "error"
STATUSES = (*ShiftState.choices, (RUNNING, "Running"), (ERROR, "With an error"))
_IS_RUNNING = Q(started_at__isnull=False, ended_at__isnull=True)


@dataclass(frozen=True, slots=True)
class ShiftFilter:
    """Everything left empty lets all through. `status` is one of `STATUSES`; both days are part of it."""

    first_day: date | None = None
    last_day: date | None = None
    project: Project | None = None
    worker: TeamMember | None = None
    cost_code: CostCode | None = None
    status: str = ""
    text: str = ""


@dataclass(frozen=True)
class ShiftRow:
    """A shift as the grid shows it."""

    shift: Shift
    marks: list[Mark]
    seconds: int
    """So far, where it still runs."""
    can_be_approved: bool
    standing: Standing | None
    """With QuickBooks; None for a draft."""
    in_budget: InBudget | None = None
    """Where it was asked for (K4)."""

    @property
    def start(self) -> str:
        return say_time(self.shift, self.shift.started_at)

    @property
    def end(self) -> str:
        return say_time(self.shift, self.shift.ended_at)


@dataclass(frozen=True)
class Totals:
    """Of all that match. Running shifts are not added up: their hours are not known yet."""

    shifts: int
    seconds: int
    draft_seconds: int
    approved_seconds: int
    running: int
    approvable: int
    approvable_seconds: int


@dataclass(frozen=True)
class ShiftPage:
    rows: list[ShiftRow]
    totals: Totals
    page: int
    page_count: int


def week_of(day: date) -> tuple[date, date]:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _places(values: Sequence[str]) -> Case:
    return Case(*(When(state=value, then=Value(place)) for place, value in enumerate(values)))


# Made when asked for: only what is sorted by is worked out for every shift.
ORDERS: Mapping[str, Callable[[], Any]] = {
    "worker": lambda: Lower(Coalesce("team_member__name", "worker_name")),
    "date": lambda: F("worked_on"),
    "project": lambda: Lower("project__name"),
    "code": lambda: Lower("cost_code__name"),
    "time": lambda: F("started_at"),
    "hours": lambda: F("worked_seconds"),
    "type": lambda: Lower("shift_type"),
    "state": lambda: _places(ShiftState.values),
    "origin": lambda: F("origin"),
}
DEFAULT_ORDER = "worker"


def find_shifts(
    member: TeamMember,
    wanted: ShiftFilter,
    *,
    now: datetime,
    order: str = DEFAULT_ORDER,
    page: int = 1,
    with_budget: bool = False,
) -> ShiftPage:
    """Eight queries at most, and as many for the budget. A page beyond the last is the last."""
    shifts = matching(member, wanted, now=now)
    totals = _add_up(shifts)
    page_count = max(1, -(-totals.shifts // PAGE_SIZE))
    page = min(max(1, page), page_count)
    start = (page - 1) * PAGE_SIZE
    found = _ordered(shifts, order)[start : start + PAGE_SIZE]
    return ShiftPage(draw_rows(list(found), now=now, with_budget=with_budget), totals, page, page_count)


def all_shifts(
    member: TeamMember,
    wanted: ShiftFilter,
    *,
    now: datetime,
    order: str = DEFAULT_ORDER,
    with_budget: bool = False,
) -> Iterator[ShiftRow]:
    """For an export, piece by piece."""
    ordered = _ordered(matching(member, wanted, now=now), order)
    start = 0
    while found := list(ordered[start : start + EXPORT_CHUNK]):
        yield from draw_rows(found, now=now, with_budget=with_budget)
        start += EXPORT_CHUNK


def draw_rows(shifts: Sequence[Shift], *, now: datetime, with_budget: bool = False) -> list[ShiftRow]:
    """Of shifts that `matching` gave. Six queries at most, and eight for the budget."""
    overlapping, standings = find_overlapping(shifts, now=now), find_standings(shifts)
    prefetch_related_objects([shift for shift in shifts if shift.is_running], "breaks")
    ended = [shift for shift in shifts if with_budget and not shift.is_running]
    in_budget = count_shifts(ended) if ended else {}
    return [
        ShiftRow(
            shift,
            [*marks_of(shift, overlapping, now=now), *_held(standings.get(shift.pk))],
            seconds_of(shift, now=now) if shift.is_running else shift.worked_seconds,
            not why_not_approvable(shift),
            standings.get(shift.pk),
            in_budget.get(shift.pk),
        )
        for shift in shifts
    ]


def _held(standing: Standing | None) -> list[Mark]:
    return [Mark("held", standing.words, standing.sentence)] if standing and standing.needs_somebody else []


def matching(member: TeamMember, wanted: ShiftFilter, *, now: datetime) -> "QuerySet[Shift]":
    """What a member may see of it, without an order. Those with an error are found by two queries more."""
    shifts = shifts_for(member).filter(_fits(wanted))
    if wanted.status == ERROR:
        drafts = shifts.filter(state=ShiftState.DRAFT)
        held = Push.objects.filter(kind=KIND, state=PushState.HELD).values_list("subject_id", flat=True)
        odd = find_overlapping(drafts, now=now) | {int(pk) for pk in held}
        shifts = shifts.filter(has_marks(odd, now=now))
    return shifts


def _fits(wanted: ShiftFilter) -> Q:
    fits = Q()
    for lookup, value in (
        ("worked_on__gte", wanted.first_day),
        ("worked_on__lte", wanted.last_day),
        ("project", wanted.project),
        ("team_member", wanted.worker),
        ("cost_code", wanted.cost_code),
    ):
        if value is not None:
            fits &= Q(**{lookup: value})
    if wanted.status == RUNNING:
        fits &= _IS_RUNNING
    elif wanted.status and wanted.status != ERROR:
        fits &= Q(state=wanted.status)
    for word in wanted.text.split():
        fits &= (
            Q(team_member__name__icontains=word)
            | Q(worker_name__icontains=word)
            | Q(description__icontains=word)
            | Q(project__name__icontains=word)
            | Q(cost_code__name__icontains=word)
        )
    return fits


def _ordered(shifts: "QuerySet[Shift]", order: str) -> "QuerySet[Shift]":
    """Ends with what tells shifts apart, so that pages neither repeat nor lose one."""
    column = ORDERS[order.removeprefix("-")]()
    first = column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)
    found = shifts.select_related("project", "cost_code", "team_member", "company")
    return found.order_by(first, "worked_on", F("started_at").asc(nulls_last=True), "pk")


def _add_up(shifts: "QuerySet[Shift]") -> Totals:
    """Deleted ones are listed and not added up."""
    counts = ~Q(state=ShiftState.DELETED)
    sums = shifts.aggregate(
        shifts=Count("pk"),
        seconds=Sum("worked_seconds", filter=counts),
        draft_seconds=Sum("worked_seconds", filter=Q(state=ShiftState.DRAFT)),
        approved_seconds=Sum("worked_seconds", filter=Q(state=ShiftState.APPROVED)),
        running=Count("pk", filter=_IS_RUNNING),
        approvable=Count("pk", filter=CAN_BE_APPROVED),
        approvable_seconds=Sum("worked_seconds", filter=CAN_BE_APPROVED),
    )
    return Totals(**{name: value or 0 for name, value in sums.items()})
