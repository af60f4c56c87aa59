"""What was asked of the server: counts that tests and benchmarks read back through the control API."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

LATEST = 2000
# Data-out is metered, data-in is free.
METERED = ("read", "query", "cdc", "batch", "download")


class Counts:
    def __init__(self) -> None:
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Forget what was counted; requests in flight stay in flight."""
        self.calls: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.metered = 0
        self.rows = 0
        self.highest_in_flight = self.in_flight
        self.latest: deque[dict[str, Any]] = deque(maxlen=LATEST)


class Journal:
    def __init__(self) -> None:
        self._lock = Lock()
        self._realms: defaultdict[str, Counts] = defaultdict(Counts)

    @contextmanager
    def in_flight(self, realm: str) -> Iterator[None]:
        with self._lock:
            counts = self._realms[realm]
            counts.in_flight += 1
            counts.highest_in_flight = max(counts.highest_in_flight, counts.in_flight)
        try:
            yield
        finally:
            with self._lock:
                counts.in_flight -= 1

    def note(
        self, realm: str, operation: str, entity: str, status: int, rows: int, detail: dict[str, Any]
    ) -> None:
        with self._lock:
            counts = self._realms[realm]
            counts.calls[(operation, entity)] += 1
            counts.statuses[str(status)] += 1
            counts.rows += rows
            if operation in METERED and 200 <= status < 300:
                counts.metered += 1
            entry = {"operation": operation, "entity": entity, "status": status, "rows": rows, **detail}
            counts.latest.append(entry)

    def note_refusal(self, realm: str, limit: str) -> None:
        with self._lock:
            self._realms[realm].refusals[limit] += 1

    def metered(self, realm: str) -> int:
        with self._lock:
            return self._realms[realm].metered

    def clear(self, realm: str) -> None:
        with self._lock:
            self._realms[realm].reset()

    def as_dict(self, realm: str) -> dict[str, Any]:
        with self._lock:
            counts = self._realms[realm]
            by_operation: defaultdict[str, dict[str, int]] = defaultdict(dict)
            for (operation, entity), number in sorted(counts.calls.items()):
                by_operation[operation][entity] = number
            return {
                "total": sum(counts.calls.values()),
                "operations": {name: sum(found.values()) for name, found in by_operation.items()},
                "entities": dict(by_operation),
                "statuses": dict(counts.statuses),
                "metered_reads": counts.metered,
                "rows": counts.rows,
                "highest_in_flight": counts.highest_in_flight,
                "refusals": dict(counts.refusals),
                "latest": list(counts.latest),
            }
