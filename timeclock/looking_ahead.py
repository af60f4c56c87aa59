"""What approving many shifts will do at QuickBooks, in numbers, before anybody says yes (N4, U1)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from budgets.bills.readiness import Obstacle
from integrations.connecting import current_connection
from ressio.models import Company
from timeclock.models import Shift
from timeclock.readiness import STAYS_HERE, obstacles_of, survey

Counted = list[tuple[str, Obstacle, int]]
"""The project's name where the project is the cause, what it is, and how many shifts it concerns."""


@dataclass(frozen=True)
class Ahead:
    goes: int
    """Shifts that go to QuickBooks once they are approved."""
    stays: Counted
    """Those that stay here by themselves, and why."""
    held: Counted
    """Those that will be held until something is put right: the first thing in the way of each."""


def look_ahead(company: Company, shifts: Sequence[Shift]) -> Ahead | None:
    """Ten queries for any number; None where the company has no QuickBooks connected."""
    connection = current_connection(company)
    if connection is None or not shifts:
        return None
    around = survey(connection, shifts)
    goes = 0
    stays: Counter[tuple[str, Obstacle]] = Counter()
    held: Counter[tuple[str, Obstacle]] = Counter()
    for shift in shifts:
        found = obstacles_of(shift, around, is_approved=False)
        stop = next((each for each in found if each.code in STAYS_HERE), None)
        if stop is not None:
            stays[str(shift.project), stop] += 1
        elif found:
            held["", found[0]] += 1
        else:
            goes += 1
    return Ahead(goes, _sorted(stays), _sorted(held))


def _sorted(counts: "Counter[tuple[str, Obstacle]]") -> Counted:
    return [(name, obstacle, count) for (name, obstacle), count in counts.most_common()]
