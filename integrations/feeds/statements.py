"""The questions feeds put to QuickBooks, as statements and conditions of its query language."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings

from integrations.gateway import quote
from integrations.gateway.quoting import build_select, format_moment
from integrations.registry import EntityFeed

UPDATED = "MetaData.LastUpdatedTime"
# Edits move a document in the order of LastUpdatedTime, so that pages would miss its neighbours. CreateTime stays.
CREATED = "MetaData.CreateTime"
PAGE = 1000
"""As many rows as one answer may hold."""


def page_size() -> int:
    """Smaller by setting, for trials of what happens between pages; each page is a request that is metered."""
    return int(getattr(settings, "QBO_PAGE_SIZE", PAGE))


def select_rows(feed: EntityFeed, conditions: Iterable[str] = (), *, size: int, order: str = "") -> str:
    return build_select(feed.entity, where=where(feed, conditions), order=order, size=size)


def select_count(feed: EntityFeed, conditions: Iterable[str] = ()) -> str:
    return build_select(feed.entity, where=where(feed, conditions), what="count(*)")


def where(feed: EntityFeed, conditions: Iterable[str] = ()) -> str:
    """Inactive rows are always wanted: links and lines name them."""
    active = ["Active in (true, false)"] if feed.has_inactive else []
    return " and ".join([*active, *conditions])


def updated_between(low: datetime | None, high: datetime | None = None) -> list[str]:
    """From `low` on and before `high`; None leaves that side open."""
    from_low = [f"{UPDATED} >= {quote(format_moment(low))}"] if low else []
    before_high = [f"{UPDATED} < {quote(format_moment(high))}"] if high else []
    return from_low + before_high


def one_of(ids: Sequence[str]) -> list[str]:
    return [f"Id in ({', '.join(map(quote, ids))})"]
