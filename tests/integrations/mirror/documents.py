"""Documents as QuickBooks would send them, small."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.gateway.rows import Row

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def at(minute: int, second: int = 0) -> str:
    """A MetaData time of that day, in the Pacific offset QuickBooks uses."""
    return f"2026-11-20T09:{minute:02}:{second:02}-08:00"


def moment(minute: int, second: int = 0) -> datetime:
    return datetime(2026, 11, 20, 17, minute, second, tzinfo=UTC)


def row(quickbooks_id: str, *, version: str = "0", updated: str = at(0), **members: Any) -> Row:
    text = json.dumps(
        {
            "Id": quickbooks_id,
            "SyncToken": version,
            "MetaData": {"CreateTime": at(0), "LastUpdatedTime": updated},
            **members,
        }
    )
    return Row(json.loads(text, parse_float=Decimal), text)
