"""Clocks: the server's is real time plus what was advanced; a company's runs on from the server's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """``base`` is the clock this one is relative to; without one, real time."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base
        self.offset_seconds = 0.0

    def now(self) -> datetime:
        before = self._base.now() if self._base else datetime.now(UTC)
        return before + timedelta(seconds=self.offset_seconds)

    def epoch(self) -> int:
        """Whole seconds since 1970: the resolution of MetaData times."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        self.offset_seconds += seconds
