"""How far each entity has been read, on QuickBooks' clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from integrations.models import Connection, Feed
from ressio.bulk import bulk_upsert

# QuickBooks' indexes lag behind its writes; what arrives twice is recognised by its version.
OVERLAP = timedelta(minutes=5)
# Change data capture reaches back 30 days. A day less, because the clocks are not one.
CDC_REACH = timedelta(days=29)

IDENTITY = ("connection_id", "entity")


def load_cursors(connection: Connection) -> dict[str, datetime]:
    rows = Feed.objects.filter(connection=connection, changed_since__isnull=False)
    return {entity: cursor for entity, cursor in rows.values_list("entity", "changed_since") if cursor}


def note_unfinished(connection: Connection, entities: Iterable[str]) -> None:
    """That a reading began and came to no end, for those that were never read to the end."""
    rows = [
        Feed(company_id=connection.company_id, connection=connection, entity=entity) for entity in entities
    ]
    Feed.objects.bulk_create(rows, ignore_conflicts=True)


def save_cursors(
    connection: Connection, read_until: Mapping[str, datetime], *, asked_at: datetime, in_full: bool
) -> dict[str, datetime]:
    """Call it in the transaction that stores the last of the documents it stands for.

    `read_until` is QuickBooks' clock for each entity, `asked_at` ours: as of when we know all about it.
    """
    cursors = {entity: until - OVERLAP for entity, until in read_until.items()}
    columns = ["company_id", "connection_id", "entity", "changed_since", "last_success_at"]
    extra = ["last_full_pull_at"] if in_full else []
    rows = [
        [connection.company_id, connection.pk, entity, cursor, asked_at, *[asked_at for _ in extra]]
        for entity, cursor in cursors.items()
    ]
    bulk_upsert(Feed, columns + extra, rows, conflict=IDENTITY)
    return cursors
