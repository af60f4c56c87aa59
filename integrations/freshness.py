"""As of when what we show is true."""

from datetime import datetime

from django.db.models import Min

from integrations.models import Connection, Feed, RunKind
from integrations.registry import feeds_of_kind


def as_of(connection: Connection, kind: str = RunKind.ALL) -> datetime | None:
    """The moment (our clock) up to which all documents of a kind are known; None before the first sync.

    An entity that QuickBooks does not give us at all is not waited for; its own issue says so.
    """
    entities = [feed.entity for feed in feeds_of_kind(kind)]
    feeds = Feed.objects.filter(connection=connection, entity__in=entities, last_success_at__isnull=False)
    oldest: datetime | None = feeds.aggregate(oldest=Min("last_success_at"))["oldest"]
    return oldest
