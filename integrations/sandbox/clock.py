"""The server's clock: real time plus what the control API advanced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self, offset_seconds: float = 0.0) -> None:
        self.offset_seconds = offset_seconds

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds)

    def epoch(self) -> int:
        """Whole seconds since 1970: the resolution of MetaData times."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        self.offset_seconds += seconds
