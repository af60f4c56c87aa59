"""What is odd about a shift, for the Error column of the grid (R30). Said, never refused: people sort it out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

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

LOOKED_AROUND = timedelta(days=4)
"""A shift longer than this is marked itself; what it shares time with need not be."""


def marks_of(shift: Shift, overlapping: Collection[int], *, now: datetime) -> list[Mark]:
    """`overlapping` is what `find_overlapping` gave. No query."""
    if shift.state == ShiftState.DELETED:
        return []
    found = [OVERLAPS] if shift.pk in overlapping else []
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


def has_marks(odd: Collection[int], *, now: datetime) -> Q:
    """The same for the database, to find them all; `odd` are those known to be already: what overlaps, what is held."""
    running = Q(started_at__isnull=False, ended_at__isnull=True)
    return ~Q(state=ShiftState.DELETED) & (
        Q(pk__in=odd)
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


CAN_BE_APPROVED = Q(
    state=ShiftState.DRAFT,
    origin=ShiftOrigin.RESSIO,
    cost_code__isnull=False,
    project__isnull=False,
    worked_seconds__gt=0,
) & ~Q(started_at__isnull=False, ended_at__isnull=True)
"""The same for the database."""


# Overlaps -----------------------------------------------------------------------------------------------------------

Spell = tuple[datetime, datetime, int]


def find_overlapping(shifts: "Iterable[Shift] | QuerySet[Shift]", *, now: datetime) -> set[int]:
    """Ids of those drafts among these that share time with another shift of the same person. One query, none where
    no draft has times. Whoever approved a shift has decided about it.

    Worked out here and not by the database: for a week of 200 people it takes that fifty times as long.
    """
    drafts = [
        shift
        for shift in shifts
        if shift.state == ShiftState.DRAFT and shift.started_at and shift.team_member_id
    ]
    if not drafts:
        return set()
    days = [shift.worked_on for shift in drafts]
    others = Shift.objects.filter(
        worked_on__gte=min(days) - LOOKED_AROUND,
        worked_on__lte=max(days) + LOOKED_AROUND,
        started_at__isnull=False,
        team_member__in={shift.team_member_id for shift in drafts},
    )
    spells: dict[int, list[Spell]] = defaultdict(list)
    rows = others.exclude(state=ShiftState.DELETED).values_list("team_member", "started_at", "ended_at", "pk")
    for member_id, start, end, pk in rows:
        assert start is not None
        spells[member_id].append((start, end or now, pk))
    sharing = {pk for of_person in spells.values() for pk in sharing_time(of_person)}
    return {shift.pk for shift in drafts} & sharing


def sharing_time(spells: Sequence[Spell]) -> set[int]:
    """Ids, of one person. Pure. In the order of their starts, each shares time with the one that has lasted longest so
    far, or with none before it.
    """
    found: set[int] = set()
    latest: Spell | None = None
    for spell in sorted(spells):
        if latest is not None and spell[0] < latest[1]:
            found |= {spell[2], latest[2]}
        if latest is None or spell[1] > latest[1]:
            latest = spell
    return found
