"""The one that stores: documents, tombstones and the run's own counts, always in one transaction."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from integrations.gateway import Row
from integrations.mirror import mark_deleted, store_documents
from integrations.models import ChangeAction, Connection
from integrations.registry import EntityFeed, Source
from integrations.run_log import RunLog


class Writer:
    def __init__(self, connection: Connection, log: RunLog, *, now: datetime) -> None:
        self.connection = connection
        self.log = log
        self.now = now

    def together(self) -> AbstractContextManager[None]:
        """One transaction that only the holder of the run can commit."""
        return self.log.holding()

    def store(
        self,
        feed: EntityFeed,
        rows: Sequence[Row],
        *,
        seen_at: datetime | None = None,
        take_equal: bool = False,
    ) -> None:
        """What comes by query may change without a new version, so there its text is compared as well."""
        if not rows:
            return
        with self.together():
            stored = store_documents(
                self.connection,
                feed.entity,
                rows,
                now=self.now,
                seen_at=seen_at,
                take_equal=take_equal or feed.source is not Source.CDC,
            )
            if stored.changed or self.log.has_step(feed.label):
                self.log.advance(feed.label, done=len(rows), changed=len(stored.changed))
            added = set(stored.added)
            known = [quickbooks_id for quickbooks_id in stored.changed if quickbooks_id not in added]
            self.log.note_changes(feed.entity, stored.added, ChangeAction.ADDED)
            self.log.note_changes(feed.entity, known, ChangeAction.CHANGED)

    def delete(self, feed: EntityFeed, moments: Mapping[str, datetime]) -> None:
        """`moments`: when each was deleted, or seen to be missing, on QuickBooks' clock."""
        if not moments:
            return
        with self.together():
            deleted = mark_deleted(self.connection, feed.entity, moments, now=self.now, at=moments)
            if deleted:
                self.log.advance(feed.label, deleted=len(deleted))
                self.log.note_changes(feed.entity, deleted, ChangeAction.DELETED)
