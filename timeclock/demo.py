"""A week and a bit of work at the demo builder, clocked through the verbs, so that it has a history."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from budgets.demo import DEMO_SLUG
from ressio.models import Company, CostCode, Project, TeamMember
from ressio.scoping import scope
from timeclock.approval import approve_shifts
from timeclock.clock import clock_in, clock_out, end_break, start_break
from timeclock.models import Shift, ShiftOrigin
from timeclock.recording import ShiftInput, record_shift

WORKDAYS = 5


@dataclass(frozen=True)
class DemoShift:
    """On each of the last workdays that `days` names, 0 being the latest before today."""

    worker: str
    project: str
    code: str  # start of its name, or ""
    start: str
    end: str
    days: tuple[int, ...]
    lunch: str = ""
    note: str = ""


EVERY_DAY = tuple(range(WORKDAYS))
SHIFTS = (
    DemoShift(
        "Priya Raman", "Maple Street Remodel", "06-4", "07:00", "11:30", EVERY_DAY, note="Kitchen framing"
    ),
    DemoShift(
        "Priya Raman", "Harbor View Addition", "06-100", "12:10", "15:40", EVERY_DAY, note="Wall plates"
    ),
    DemoShift("Marco Bell", "Lot 14 New Build", "01-1", "07:30", "16:00", (0, 1, 3, 4), lunch="12:00"),
    DemoShift("Marco Bell", "Lot 14 New Build", "01-1", "07:30", "12:30", (2,)),
    # Two to look at: one that shares time with the one above, and one without a cost code.
    DemoShift("Marco Bell", "Harbor View Addition", "01-1", "12:00", "16:00", (2,), note="Site visit"),
    DemoShift("Priya Raman", "Maple Street Remodel", "", "16:00", "17:15", (1,), note="Picked up trim"),
)
APPROVED_FROM_DAY = 2
"""What is older than this many workdays is approved already."""


def load_shifts(*, now: datetime) -> int:
    """How many were made; none when the demo builder has shifts already."""
    company = Company.objects.get(slug=DEMO_SLUG)
    with scope(company=company):
        if Shift.objects.filter(origin=ShiftOrigin.RESSIO).exists():
            return 0
        zone = ZoneInfo(company.time_zone)
        days = _last_workdays(now.astimezone(zone).date())
        made = [_clock(plan, days[place], zone, now) for plan in SHIFTS for place in plan.days]
        old = [
            shift for shift in made if shift.worked_on <= days[APPROVED_FROM_DAY + 1] and shift.cost_code_id
        ]
        admin = TeamMember.objects.get(name="Dana Whitlock")
        made.append(_record(admin, days[0], now))
        approve_shifts(shifts=old, member=admin, now=now)
        return len(made)


def _clock(plan: DemoShift, day: date, zone: ZoneInfo, now: datetime) -> Shift:
    member = TeamMember.objects.select_related("company").get(name=plan.worker)
    project = Project.objects.get(name=plan.project)
    code = CostCode.objects.get(name__startswith=plan.code) if plan.code else None
    key = f"demo {plan.worker} {day} {plan.start}"
    start, end = (_moment(day, text, zone) for text in (plan.start, plan.end))
    shift = clock_in(
        member=member, project=project, cost_code=code, description=plan.note, key=key, now=start
    )
    if plan.lunch:
        rest = _moment(day, plan.lunch, zone)
        start_break(shift=shift, member=member, key=f"{key} rest", now=rest)
        end_break(shift=shift, member=member, key=f"{key} back", now=rest + timedelta(minutes=25))
    return clock_out(shift=shift, member=member, key=f"{key} out", now=end)


def _record(admin: TeamMember, day: date, now: datetime) -> Shift:
    """Entered afterwards by the office, by its length alone."""
    worker = TeamMember.objects.select_related("company").get(name="Marco Bell")
    project = Project.objects.get(name="Maple Street Remodel")
    code = CostCode.objects.get(name__startswith="01-1")
    given = ShiftInput(
        project=project, cost_code=code, worked_on=day, seconds=5400, description="Client meeting"
    )
    return record_shift(worker=worker, given=given, member=admin, key="demo recorded", now=now)


def _moment(day: date, text: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=zone)


def _last_workdays(today: date) -> list[date]:
    """Before today, the latest first."""
    days: list[date] = []
    day = today
    while len(days) < WORKDAYS:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days
