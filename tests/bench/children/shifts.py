"""Makes an office whose time goes to QuickBooks, so many drafts in it, and approves them in one go.

shifts.py BASE_URL REALM HOW_MANY
"""

import sys
import time
from typing import Any

from tests.bench.children.base import hand_back, start_django


def main() -> None:
    base_url, realm_id, count = sys.argv[1:]
    start_django()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    hand_back(**approve_shifts_of(base_url, realm_id, int(count)))


def approve_shifts_of(base_url: str, realm_id: str, count: int) -> dict[str, Any]:
    from django.utils import timezone

    from tests.faults.office import open_company
    from tests.support.sandbox import Realm, Sandbox
    from tests.timeclock.crew import open_crew
    from timeclock.approval import approve_shifts

    with open_company(Realm(Sandbox(base_url), realm_id)) as office:
        crew = open_crew(office)
        shifts = crew.draft_many(count)
        started = time.perf_counter()
        done = approve_shifts(shifts=shifts, member=office.admin, now=timezone.now())
        seconds = time.perf_counter() - started
        return {"approving": seconds, "shifts": len(done.shifts), "total": str(crew.counted())}


if __name__ == "__main__":
    main()
