"""Working days counted back from today, and times in the zone QuickBooks writes its time stamps in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from integrations.sandbox.wire import PACIFIC

# The newest entry lies two days back, so that no time stamp is ever in the future, in whatever zone
# the caller's "today" was taken.
NEWEST = timedelta(days=2)
SATURDAY = 5


def pacific_moment(day: date, minute: int) -> str:
    """``minute`` of the day as a date-time with its offset, e.g. 2026-05-04T08:15:00-07:00."""
    return datetime.combine(day, time(minute // 60, minute % 60), PACIFIC).isoformat()


class Workdays:
    """``day(n)`` is the n-th working day before the newest one, so that stories never fall on a Sunday."""

    def __init__(self, today: date, count: int = 270) -> None:
        self.today = today
        self._days = self._count_back(today - NEWEST, count)

    @staticmethod
    def _count_back(newest: date, count: int) -> list[date]:
        days: list[date] = []
        while len(days) < count:
            if newest.weekday() < SATURDAY:
                days.append(newest)
            newest -= timedelta(days=1)
        return days

    def day(self, back: int) -> date:
        return self._days[back]

    def back_of(self, day: str) -> int:
        """The working day ``day`` (ISO) counted back; the inverse of ``day``."""
        return self._days.index(date.fromisoformat(day))

    def moment(self, back: int, minute: int) -> str:
        return pacific_moment(self.day(back), minute)
