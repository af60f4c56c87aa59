"""Flips switches of the busy project, and adds its verdicts up anew after each, as the next page view does."""

import time
from itertools import cycle
from typing import Any

from tests.bench.children.base import hand_back, in_company, start_django
from tests.bench.children.links import BUSY_CUSTOMER

FLIPS = 30
KEYS = ("exclude_non_billable", "include_billed_time", "vendor_credits")


def main() -> None:
    start_django()
    with in_company() as connection:
        hand_back(**flip(find_project(connection)))


def find_project(connection: Any) -> Any:
    from integrations.models import ProjectLink

    return ProjectLink.objects.get(connection=connection, customer_ref=BUSY_CUSTOMER).project


def flip(project: Any) -> dict[str, Any]:
    from django.utils import timezone

    from budgets.counting import count_project
    from integrations.switches import set_switches, switches_of

    seconds, cpu, sums = [], [], set()
    for key, _ in zip(cycle(KEYS), range(FLIPS), strict=False):
        wanted = not getattr(switches_of(project), key)
        started, used = time.perf_counter(), time.thread_time()
        set_switches(project=project, changes={key: wanted}, actor=None, now=timezone.now())
        costs = count_project(project)
        verdicts = costs.counted.amount, costs.excluded.amount, len(costs.excluded_by_reason)
        seconds.append(time.perf_counter() - started)
        cpu.append(time.thread_time() - used)
        sums.add(verdicts)
    if len(sums) < 2 or costs.difference:
        raise SystemExit("The switches changed nothing: this measured the wrong thing.")
    return {"seconds": seconds, "cpu": cpu, "lines": costs.total.lines}


if __name__ == "__main__":
    main()
