"""As of when what we show is true."""

from datetime import datetime

from integrations.models import Connection, Feed, RunKind
from integrations.registry import feeds_of_kind


def as_of(connection: Connection, kind: str = RunKind.ALL) -> datetime | None:
    """The moment (our clock) up to which all documents of a kind are known; None before the first sync.

    An entity that QuickBooks does not give us at all is not waited for; its own issue says so. One that could
    never be read to the end is: what is there of it is not all.
    """
    entities = [feed.entity for feed in feeds_of_kind(kind)]
    feeds = Feed.objects.filter(connection=connection, entity__in=entities)
    moments = list(feeds.values_list("last_success_at", flat=True))
    known = [moment for moment in moments if moment]
    return min(known) if known and len(known) == len(moments) else None
