"""Sends what is approved, bills or time, as a worker does that was rung for, and hands back the very bodies sent.

push.py [--open-limits]
"""

import json
import sys
import time
from typing import Any

from tests.bench.children.base import hand_back, in_company, open_limits, start_django


def main() -> None:
    start_django()
    if "--open-limits" in sys.argv:
        open_limits()
    hand_back(**push())


def push() -> dict[str, Any]:
    from budgets.counting import count_project
    from budgets.models import Bill
    from integrations.models import Push, PushState
    from integrations.outbox import perform_push_batch
    from ressio.models import Project
    from timeclock.models import Shift

    with in_company() as connection:
        started = time.perf_counter()
        batches = perform_push_batch(connection.pk)
        seconds = time.perf_counter() - started
        costs = count_project(Project.objects.get())
        return {
            "seconds": seconds,
            "batches": batches,
            "done": Push.objects.filter(state=PushState.DONE).count(),
            "unpaid": Bill.objects.filter(state="unpaid").count(),
            "linked": Shift.objects.filter(quickbooks_id__gt="").count(),
            "counted": str(costs.counted.amount),
            "difference": str(costs.difference),
            "documents": [
                json.loads(text) for text in Push.objects.order_by("pk").values_list("payload", flat=True)
            ],
        }


if __name__ == "__main__":
    main()
