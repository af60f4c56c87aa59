"""Reading one entity page by page in the order of change."""

from collections.abc import Iterator
from datetime import datetime

from integrations.feeds.statements import UPDATED, page_size, updated_between, where
from integrations.gateway import Gateway, Page
from integrations.mirror import version_of
from integrations.registry import EntityFeed


def read_window(
    gateway: Gateway, feed: EntityFeed, low: datetime | None, high: datetime | None = None
) -> Iterator[Page]:
    """Everything updated from `low` on and before `high`.

    Each page begins where the last one ended in time, not at a row number: a document that changes meanwhile
    moves to the end and is met there, and one that is deleted shifts nothing. Rows of the border second come
    twice, which the mirror does not mind.
    """
    start, size = 1, page_size()
    while True:
        condition = where(feed, updated_between(low, high))
        page = gateway.query_rows(feed.entity, condition, start=start, size=size, order=UPDATED)
        yield page
        if len(page.rows) < size:
            return
        last = version_of(page.rows[-1]).updated_at
        # More than a page of one second: go on by number until that second is over.
        low, start = (last, 1) if low is None or last > low else (low, start + size)
