"""JSON and times as they travel: Decimal numbers in, bare numbers out, times with a Pacific offset."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")

Document = dict[str, Any]


def loads(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def _bare_number(value: object) -> object:
    """Decimal as a JSON number. A float's shortest form keeps 15 digits, the most QuickBooks stores."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_bare_number)


def dumps(value: object) -> str:
    return _encoder.encode(value)


def number(value: object) -> Decimal:
    """Any JSON number (or its text) as Decimal; absent is zero."""
    if isinstance(value, Decimal):
        return value
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def zone_named(name: str) -> ZoneInfo:
    return PACIFIC if name == "America/Los_Angeles" else ZoneInfo(name)


@lru_cache(maxsize=4096)
def format_time(epoch: int, zone: ZoneInfo = PACIFIC) -> str:
    """``2026-11-20T09:01:02-08:00``, the form of MetaData times."""
    return datetime.fromtimestamp(epoch, zone).isoformat(timespec="seconds")


def format_moment(moment: datetime, zone: ZoneInfo = PACIFIC) -> str:
    """The envelope's ``time``: as above with milliseconds."""
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def parse_time(text: str) -> int:
    """Seconds since 1970 of a date or a date-time; one without offset is Pacific. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PACIFIC)
    return int(moment.timestamp())


def today(now: datetime) -> date:
    """The server's date, used where a transaction has none."""
    return now.astimezone(PACIFIC).date()


def epoch_of(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
