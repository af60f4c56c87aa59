"""How long a time entry is, in either of its two styles."""

from __future__ import annotations

from datetime import time

from integrations.sandbox.wire import Document

DAY = 24 * 60


def minutes_of(entry: Document) -> int:
    """A duration, or end − start − break by the clock faces; an end not after the start is past midnight."""
    if "StartTime" not in entry:
        return int(entry.get("Hours", 0)) * 60 + int(entry.get("Minutes", 0))
    start, end = clock_minute(entry["StartTime"]), clock_minute(entry["EndTime"])
    pause = int(entry.get("BreakHours", 0)) * 60 + int(entry.get("BreakMinutes", 0))
    return (end - start) % DAY + (DAY if end == start else 0) - pause


def clock_minute(text: str) -> int:
    """Minute of the day of ``2026-05-04T08:15:00-07:00`` or ``08:15:00-07:00``."""
    face = time.fromisoformat(text.rpartition("T")[2][:5])
    return face.hour * 60 + face.minute
