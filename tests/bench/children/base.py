"""What every measured process begins and ends with."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any


def start_django() -> None:
    """As a Celery worker does: all apps loaded, nothing asked of the database yet."""
    import django

    import config.celery  # noqa: F401  the tasks that syncs and switches ring for
    from config import logs

    logs.configure_structlog()
    django.setup()


def open_limits() -> None:
    """Takes our own pace off; at most eight requests in flight stays."""
    from django.conf import settings

    for name in ("PER_SECOND", "PER_MINUTE", "BATCHES_PER_MINUTE"):
        setattr(settings, f"QBO_LIMIT_{name}", 100_000)


@contextmanager
def in_company() -> Iterator[Any]:
    """The one connection there is, in the scope of its company."""
    from integrations.models import Connection
    from ressio.scoping import scope, scopes_disabled

    with scopes_disabled():
        connection = Connection.objects.select_related("company").get()
    with scope(company=connection.company):
        yield connection


def hand_back(**results: Any) -> None:
    """The last line of output is the result; memory and processor time go with it."""
    usage = getrusage(RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    sys.stdout.write(json.dumps({**results, "peak_mb": measure_peak_mb(), "cpu_seconds": cpu}) + "\n")


def measure_peak_mb() -> float:
    """Most memory held at once. `ru_maxrss` would also count what the parent held when it started us."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024
