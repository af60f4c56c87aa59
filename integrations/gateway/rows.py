"""What the gateway hands out: documents as QuickBooks wrote them, in pages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One document: `data` with every number exact (int or Decimal), `text` its own JSON, letter for
    letter.
    """

    data: dict[str, Any]
    text: str


class Tombstone(NamedTuple):
    """What a list of changes says of a deleted document."""

    id: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one query, and QuickBooks' clock when it answered: the next cursor is counted from that."""

    rows: list[Row]
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changed since a moment, by entity. `is_truncated`: QuickBooks stops at 1,000 objects
    and does not say so, hence more may be missing; ask again for fewer entities or a later moment, or pull
    in full.
    """

    rows: dict[str, list[Row]]
    deleted: dict[str, list[Tombstone]]
    server_time: datetime
    is_truncated: bool


@dataclass(slots=True)
class QueryAnswer:
    """The inside of one `QueryResponse`, before anyone decided whether it is what was asked for."""

    lists: dict[str, list[Row]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    fault: Any = None
