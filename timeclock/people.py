"""The hours of a week by person and day: what payday asks. One query for any number of people."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from ressio.models import TeamMember
from timeclock.models import ShiftState
from timeclock.reviewing import ShiftFilter, matching


@dataclass
class PersonWeek:
    """Seconds worked. Running shifts are not added up, deleted ones neither."""

    name: str
    member_id: int | None = None
    by_day: list[int] = field(default_factory=lambda: [0] * 7)
    draft: int = 0
    approved: int = 0

    @property
    def total(self) -> int:
        return self.draft + self.approved


def days_of(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


def weeks_of_people(
    member: TeamMember, wanted: ShiftFilter, *, monday: date, now: datetime
) -> list[PersonWeek]:
    """`wanted` is of one week, which begins on `monday`. By name."""
    shifts = matching(member, wanted, now=now).exclude(state=ShiftState.DELETED)
    shifts = shifts.exclude(Q(started_at__isnull=False, ended_at__isnull=True))
    sums = shifts.values("team_member", "worked_on", "state").annotate(
        name=Coalesce("team_member__name", "worker_name"), seconds=Sum("worked_seconds")
    )
    found: dict[tuple[int | None, str], PersonWeek] = {}
    for row in sums.order_by():
        person = found.setdefault(
            (row["team_member"], row["name"]), PersonWeek(row["name"] or "Nobody", row["team_member"])
        )
        person.by_day[(row["worked_on"] - monday).days] += row["seconds"]
        if row["state"] == ShiftState.APPROVED:
            person.approved += row["seconds"]
        else:
            person.draft += row["seconds"]
    return sorted(found.values(), key=lambda person: person.name.casefold())


def add_up(people: list[PersonWeek]) -> PersonWeek:
    return PersonWeek(
        "Total hours",
        None,
        [sum(person.by_day[number] for person in people) for number in range(7)],
        sum(person.draft for person in people),
        sum(person.approved for person in people),
    )
