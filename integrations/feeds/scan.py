"""Everything QuickBooks holds of some entities, several pages at once, and whether that was complete.

Pages by number are no snapshot: when a document is deleted meanwhile, the next one slips over the border of a
page and is missed. So the ids seen, set right by what changed since the scan began, are held against
QuickBooks' own count afterwards.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from integrations.feeds.questions import accept_refusal, ask, time_of
from integrations.feeds.statements import CREATED, page_size, select_count, select_rows, where
from integrations.feeds.threads import fetch_in_order
from integrations.gateway import Gateway, Page, Refused, Row
from integrations.mirror import read_moment
from integrations.registry import ENTITIES, EntityFeed, Source

# Two less than Intuit allows in flight: people at their pages get their turn during a full pull.
PAGES_AT_ONCE = 6


@dataclass
class Scan:
    """What was met of one entity. `expected` is QuickBooks' count before the first page."""

    feed: EntityFeed
    expected: int
    began_at: datetime
    seen: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)

    def meet(self, rows: Sequence[Row]) -> None:
        began = self.began_at.replace(microsecond=0)
        for row in rows:
            self.seen.add(row.data["Id"])
            if read_moment((row.data.get("MetaData") or {}).get("CreateTime")) >= began:
                self.fresh.add(row.data["Id"])

    def lose(self, ids: Mapping[str, datetime]) -> None:
        self.seen.difference_update(ids)
        self.fresh.difference_update(ids)

    @property
    def was_one_answer(self) -> bool:
        """A snapshot by itself: nothing can slip over the border of a page."""
        return self.expected < page_size()

    @property
    def needs_count(self) -> bool:
        return not self.was_one_answer or self.feed.deletes_silently

    def is_complete(self, count_now: int) -> bool:
        """Nothing was missed if as many are known as QuickBooks counts now.

        Where deletions are not told, a document seen and then deleted could make up for one that slipped
        through. So there no deletion may have happened at all: the count grew by what is new and no less.
        """
        if len(self.seen) != count_now:
            return False
        if self.was_one_answer or self.feed.source is Source.CDC:
            return True
        return self.expected + len(self.fresh) == count_now


class ScannedPage(NamedTuple):
    scan: Scan
    page: Page | Refused


@dataclass
class Counted:
    scans: list[Scan]
    refused: dict[str, Refused]


def count_first(gateway: Gateway, feeds: Sequence[EntityFeed]) -> Counted:
    """One request for all counts and the time on QuickBooks' clock."""
    clock = select_rows(ENTITIES["CompanyInfo"], size=1)
    replies = ask(gateway, [clock, *map(select_count, feeds)])
    began_at = time_of(replies)
    answered = list(zip(feeds, replies[1:], strict=True))
    return Counted(
        scans=[Scan(feed, reply, began_at) for feed, reply in answered if isinstance(reply, int)],
        refused={feed.entity: reply for feed, reply in answered if isinstance(reply, Refused)},
    )


def read_pages(gateway: Gateway, scans: Sequence[Scan], *, at_once: int) -> Iterator[ScannedPage]:
    """All pages of all scans in their order, fetched and decoded in threads."""
    size = page_size()
    calls: list[Callable[[], ScannedPage]] = [
        partial(_read_page, gateway, scan, start, size)
        for scan in scans
        for start in range(1, scan.expected + 1, size)
    ]
    return fetch_in_order(calls, workers=max(1, min(at_once, len(calls)))) if calls else iter(())


def _read_page(gateway: Gateway, scan: Scan, start: int, size: int) -> ScannedPage:
    try:
        page = gateway.query_rows(scan.feed.entity, where(scan.feed), start=start, size=size, order=CREATED)
    except Refused as fault:
        return ScannedPage(scan, accept_refusal(fault))
    return ScannedPage(scan, page)
