"""What is odd about a shift, for the Error column of the grid (R30). Said, never refused: people sort it out."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from timeclock.durations import FORGOTTEN_AFTER
from timeclock.models import Shift, ShiftOrigin, ShiftState


@dataclass(frozen=True, slots=True)
class Mark:
    code: str
    label: str
    sentence: str


OVERLAPS = Mark("overlaps", "Overlaps", "Another shift of the same person covers part of the same time.")
FORGOTTEN = Mark(
    "forgotten",
    "Still running",
    "It has run for more than fourteen hours and was probably forgotten. It goes on until somebody ends it.",
)
LONG = Mark("long", "Very long", "More than fourteen hours were worked in one shift.")
EMPTY = Mark("empty", "No time", "Nothing was worked in it. Correct its times or remove it.")
NO_CODE = Mark("no_code", "No cost code", "A cost code says which row of the budget it counts in.")
MARKS = (OVERLAPS, FORGOTTEN, LONG, EMPTY, NO_CODE)


def with_marks(shifts: "QuerySet[Shift]", *, now: datetime) -> "QuerySet[Shift]":
    """Adds `overlaps`, the only mark that needs other rows."""
    return shifts.annotate(overlaps=Exists(_others(now)))


def _others(now: datetime) -> "QuerySet[Shift]":
    others: QuerySet[Shift] = Shift.objects.filter(
        Q(started_at__lt=Coalesce(OuterRef("ended_at"), now)),
        Q(ended_at__gt=OuterRef("started_at")) | Q(ended_at__isnull=True),
        team_member=OuterRef("team_member"),
    )
    return others.exclude(pk=OuterRef("pk")).exclude(state=ShiftState.DELETED)


def marks_of(shift: Shift, *, now: datetime) -> list[Mark]:
    """Of a row that `with_marks` gave. No query."""
    if shift.state == ShiftState.DELETED:
        return []
    found = [OVERLAPS] if shift.overlaps else []  # type: ignore[attr-defined]
    if shift.is_running:
        assert shift.started_at is not None
        if now - shift.started_at > FORGOTTEN_AFTER:
            found.append(FORGOTTEN)
    elif shift.worked_seconds == 0:
        found.append(EMPTY)
    elif shift.worked_seconds > FORGOTTEN_AFTER.total_seconds():
        found.append(LONG)
    if shift.cost_code_id is None and shift.is_ours:
        found.append(NO_CODE)
    return found


def has_marks(now: datetime) -> Q:
    """The same for the database, to find them all."""
    running = Q(started_at__isnull=False, ended_at__isnull=True)
    return ~Q(state=ShiftState.DELETED) & (
        Q(overlaps=True)
        | (running & Q(started_at__lt=now - FORGOTTEN_AFTER))
        | (~running & Q(worked_seconds=0))
        | Q(worked_seconds__gt=FORGOTTEN_AFTER.total_seconds())
        | Q(cost_code__isnull=True, origin=ShiftOrigin.RESSIO)
    )


def why_not_approvable(shift: Shift) -> str:
    """What has to be put right first, as a sentence; "" when nothing stands in the way. No query."""
    if not shift.is_ours:
        return "This time was entered in QuickBooks and is not approved here."
    if shift.state != ShiftState.DRAFT:
        return f"This shift is {shift.get_state_display().lower()} already."
    if shift.is_running:
        return "This shift still runs."
    if shift.project_id is None or shift.cost_code_id is None:
        return "Choose a cost code first."
    if shift.worked_seconds == 0:
        return "Nothing was worked in this shift."
    return ""
