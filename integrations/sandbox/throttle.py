"""Limits per realm and client: requests a second and a minute, batches a minute, requests in flight.

They use real time, not the advanced clock: they protect against real traffic.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

PER_SECOND = 10
PER_MINUTE = 500
BATCHES_PER_MINUTE = 40
IN_FLIGHT = 10


class Throttled(Exception):
    """The request is over a limit; ``limit`` says which, for the control API."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Throttle:
    def __init__(self) -> None:
        self._lock = Lock()
        self._recent: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)
        self._in_flight: defaultdict[tuple[str, str], int] = defaultdict(int)

    @contextmanager
    def admit(self, realm: str, client: str, *, is_batch: bool, enabled: bool) -> Iterator[None]:
        """Hold a place while the request is served. Raises Throttled; a refused request uses no quota."""
        key = (realm, client)
        with self._lock:
            if enabled:
                self._check(key, is_batch=is_batch)
            self._in_flight[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight[key] -= 1

    def _check(self, key: tuple[str, str], *, is_batch: bool) -> None:
        now = time.monotonic()
        calls = self._window(("calls", *key), now)
        batches = self._window(("batches", *key), now)
        if sum(1 for at in calls if at > now - 1) >= PER_SECOND:
            raise Throttled("per_second")
        if len(calls) >= PER_MINUTE:
            raise Throttled("per_minute")
        if is_batch and len(batches) >= BATCHES_PER_MINUTE:
            raise Throttled("batches_per_minute")
        if self._in_flight[key] >= IN_FLIGHT:
            raise Throttled("in_flight")
        calls.append(now)
        if is_batch:
            batches.append(now)

    def _window(self, key: tuple[str, ...], now: float) -> deque[float]:
        recent = self._recent[key]
        while recent and recent[0] <= now - 60:
            recent.popleft()
        return recent
