"""The weekly grid of a company whose people clock twice a day: queries, and the time the server needs, warm.

grid.py PEOPLE WEEKS: shows the latest of so many weeks.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.bench.children.base import hand_back, start_django
from tests.bench.children.page import VIEWS, make_company, view

MONDAY = date(2026, 3, 2)
CODES, PROJECTS = 40, 12
DAYS = 5


def main() -> None:
    start_django()
    from ressio.scoping import scope

    company, boss = make_company()
    people, weeks = int(sys.argv[1]), int(sys.argv[2])
    with scope(company=company):
        fill(company, people, weeks)
        hand_back(**look(company, boss))


def fill(company: Any, people: int, weeks: int) -> None:
    from django.db import connection

    from ressio.models import CostCode, Project, Role, TeamMember
    from timeclock.models import Shift

    crew = [TeamMember(company=company, name=f"Worker {n:03}", role=Role.FIELD) for n in range(people)]
    codes = [CostCode(company=company, name=f"{n:03} Trade") for n in range(CODES)]
    projects = [Project(company=company, name=f"House {n}") for n in range(PROJECTS)]
    TeamMember.objects.bulk_create(crew)
    CostCode.objects.bulk_create(codes)
    Project.objects.bulk_create(projects)
    Shift.objects.bulk_create(make_shifts(company, crew, codes, projects, weeks), batch_size=1000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE timeclock_shift")


def make_shifts(company: Any, crew: Any, codes: Any, projects: Any, weeks: int) -> Iterator[Any]:
    """Two a day. The latest week is still in draft."""
    from timeclock.models import Shift, ShiftState

    for number in range(weeks * DAYS * len(crew) * 2):
        half, place = number % 2, number // 2
        worker, day = crew[place % len(crew)], place // len(crew)
        worked_on = MONDAY - timedelta(weeks=day // DAYS) + timedelta(days=day % DAYS)
        start = datetime(worked_on.year, worked_on.month, worked_on.day, 12 + 5 * half, tzinfo=UTC)
        yield Shift(
            company=company,
            team_member=worker,
            project=projects[number % PROJECTS],
            cost_code=codes[number % CODES],
            zone="America/New_York",
            worked_on=worked_on,
            started_at=start,
            ended_at=start + timedelta(hours=4),
            worked_seconds=4 * 3600,
            state=ShiftState.DRAFT if day < DAYS else ShiftState.APPROVED,
        )


def look(company: Any, boss: Any) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from ressio.views.places import company_url
    from timeclock.models import Shift

    client = Client(headers={"host": "localhost"})
    client.force_login(boss)
    week = f"?week={MONDAY}"
    url, export = (company_url(name, company) + week for name in ("time-review", "time-export"))
    view(client, url)
    seconds, cpu = zip(*[view(client, url) for _ in range(VIEWS)], strict=True)
    with CaptureQueriesContext(connection) as queries:
        view(client, url)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "queries": len(queries),
        "shifts": Shift.objects.filter(worked_on__gte=MONDAY).count(),
        "all_shifts": Shift.objects.count(),
        "export": [view(client, export)[0] for _ in range(3)],
    }


if __name__ == "__main__":
    main()
