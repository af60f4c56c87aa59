"""One sync, as a worker carries it out: asked for, performed, and what it left in the database.

sync.py [--full] [--open-limits]
"""

import sys
import time

from tests.bench.children.base import hand_back, in_company, open_limits, start_django


def main() -> None:
    start_django()
    if "--open-limits" in sys.argv:
        open_limits()
    hand_back(**sync(is_full="--full" in sys.argv))


def sync(*, is_full: bool) -> dict[str, object]:
    from django.utils import timezone

    from budgets.models import CostLine
    from integrations.models import Document, RunKind, RunStatus, RunTrigger
    from integrations.sync import perform_sync, request_sync

    with in_company() as connection:
        started = time.perf_counter()
        run = request_sync(
            connection=connection,
            kind=RunKind.ALL,
            trigger=RunTrigger.BUTTON,
            is_full=is_full,
            now=timezone.now(),
        )
        perform_sync(run.pk)
        seconds = time.perf_counter() - started
        run.refresh_from_db()
        if run.status != RunStatus.SUCCEEDED:
            raise SystemExit(f"The sync failed: {run.error}")
        return {
            "seconds": seconds,
            "changed": run.changed_count,
            "documents": Document.objects.count() if is_full else None,
            "lines": CostLine.objects.count() if is_full else None,
        }


if __name__ == "__main__":
    main()
