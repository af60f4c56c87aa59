"""Deletions that nobody tells: found by counting, then by asking for the ids we hold.

The rows of an entity are divided into ranges of LastUpdatedTime. QuickBooks counts each (questions in a batch
that is sent anyway) and we count ours; where the numbers differ, and only there, ids are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from integrations.feeds.statements import PAGE, one_of, select_count, updated_between, where
from integrations.feeds.windows import read_window
from integrations.feeds.writer import Writer
from integrations.gateway import Gateway
from integrations.models import Connection, Document
from integrations.registry import EntityFeed

IDS_IN_A_QUESTION = 500
# Smaller ranges are not worth a question of their own.
SMALLEST_RANGE = 25


@dataclass(frozen=True)
class Range:
    feed: EntityFeed
    low: datetime | None = None
    high: datetime | None = None

    @property
    def statement(self) -> str:
        return select_count(self.feed, updated_between(self.low, self.high))

    def ours(self, connection: Connection) -> Any:
        """Our living documents in it."""
        rows = Document.objects.filter(connection=connection, entity=self.feed.entity, deleted_at=None)
        if self.low:
            rows = rows.filter(last_updated_at__gte=self.low)
        return rows.filter(last_updated_at__lt=self.high) if self.high else rows


def divide(connection: Connection, feed: EntityFeed) -> list[Range]:
    """Ranges of about equal numbers, open at both ends, so that together they hold every row there can be."""
    rows = Range(feed).ours(connection).order_by("last_updated_at")
    total = rows.count()
    parts = max(1, min(feed.delete_ranges, total // SMALLEST_RANGE))
    times = rows.values_list("last_updated_at", flat=True)
    borders = sorted({times[total * part // parts] for part in range(1, parts)})
    edges = [None, *borders, None]
    return [Range(feed, low, high) for low, high in pairwise(edges)]


@dataclass(frozen=True)
class Count:
    """What QuickBooks counted in a range."""

    range: Range
    theirs: int

    def differs(self, connection: Connection) -> bool:
        return bool(self.range.ours(connection).count() != self.theirs)


def repair(gateway: Gateway, writer: Writer, count: Count) -> None:
    """Bring one range in step: bury what QuickBooks no longer has, read what we lack."""
    found = drop_missing(gateway, writer, count.range)
    if found < count.theirs:
        for page in read_window(gateway, count.range.feed, count.range.low, count.range.high):
            writer.store(count.range.feed, page.rows, seen_at=page.server_time, take_equal=True)


def drop_missing(gateway: Gateway, writer: Writer, part: Range) -> int:
    """Ask for the very ids we hold: what does not come back is gone, whatever moved in time meanwhile."""
    ids = list(part.ours(writer.connection).values_list("quickbooks_id", flat=True))
    found = 0
    for some in _slices(ids):
        page = gateway.query_rows(part.feed.entity, where(part.feed, one_of(some)), size=PAGE)
        present = {row.data["Id"] for row in page.rows}
        writer.store(part.feed, page.rows, seen_at=page.server_time)
        writer.delete(part.feed, dict.fromkeys(set(some) - present, page.server_time))
        found += len(present)
    return found


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + IDS_IN_A_QUESTION] for start in range(0, len(ids), IDS_IN_A_QUESTION))
