"""The mirror: QuickBooks' documents as they are, kept by version, with whatever is projected from them.

Everything arrives at least once, and sometimes late or out of order. So a document is written only over an
older version of itself, and what was written is projected in the same transaction.
All moments in here that come from QuickBooks are on QuickBooks' own clock.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from integrations import registry
from integrations.gateway.rows import Row
from integrations.models import Connection, Document
from ressio.bulk import bulk_upsert

PACIFIC = ZoneInfo("America/Los_Angeles")  # QuickBooks' zone where a time names none
NEVER = datetime(1970, 1, 1, tzinfo=PACIFIC)
IDS_AT_ONCE = 1000

COLUMNS = (
    "company_id",
    "connection_id",
    "entity",
    "quickbooks_id",
    "sync_token",
    "last_updated_at",
    "body",
    "deleted_at",
    "fetched_at",
)
IDENTITY = ("connection_id", "entity", "quickbooks_id")
OVERWRITTEN = ("sync_token", "last_updated_at", "body", "deleted_at", "fetched_at")

# The guard of last resort, for two writers at once; `_Known.yields_to` has decided before. Tokens are whole
# numbers in text, so the longer one is the later one. TimeActivity can change its time and keep its token.
NOT_OLDER = (
    "excluded.last_updated_at > old.last_updated_at OR (excluded.last_updated_at = old.last_updated_at AND ("
    "LENGTH(excluded.sync_token) > LENGTH(old.sync_token) OR ("
    "LENGTH(excluded.sync_token) = LENGTH(old.sync_token) AND excluded.sync_token >= old.sync_token)))"
)


@dataclass(slots=True)
class Stored:
    """What became of the documents handed in. `added` are those among `changed` that were not here before."""

    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    added: list[str] = field(default_factory=list)


class Version(NamedTuple):
    """Compares as versions do: by time, then by token."""

    updated_at: datetime
    token_length: int
    token: str


class _Known(NamedTuple):
    version: Version
    deleted_at: datetime | None

    def yields_to(self, version: Version, *, seen_at: datetime | None, take_equal: bool) -> bool:
        if self.deleted_at:
            came_back = max(version.updated_at, seen_at or version.updated_at) > self.deleted_at
            return came_back and version >= self.version
        return version > self.version or (take_equal and version == self.version)


def lock_books(connection_id: int) -> None:
    """What these books say is stored, and projected, by one at a time, until the transaction ends: a sync and an answer
    that bring the same documents would else wait for each other. Taken before any other lock. Rows that name the
    connection can be inserted meanwhile.
    """
    Connection.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=connection_id)


def store_documents(
    connection: Connection,
    entity: str,
    rows: Sequence[Row],
    *,
    now: datetime,
    seen_at: datetime | None = None,
    take_equal: bool = False,
) -> Stored:
    """Write what is newer than what is here and project it, in one transaction.

    `seen_at` is when QuickBooks listed these documents: it brings back one that was taken to be deleted
    before that. `take_equal` also compares texts of the same version: QuickBooks renames references and
    moves balances without a new version.
    """
    newest = _newest_of_each(rows)
    stored = Stored(unchanged=len(rows) - len(newest))
    with transaction.atomic():
        lock_books(connection.pk)
        known = _known_versions(connection, entity, newest)
        candidates = {
            quickbooks_id: row
            for quickbooks_id, row in newest.items()
            if quickbooks_id not in known
            or known[quickbooks_id].yields_to(version_of(row), seen_at=seen_at, take_equal=take_equal)
        }
        written = _write(connection, entity, candidates, now=now)
        changed = [row for quickbooks_id, row in candidates.items() if quickbooks_id in written]
        registry.project(connection, entity, changed, [])
    stored.changed = [row.data["Id"] for row in changed]
    stored.unchanged += len(newest) - len(changed)
    stored.added = [quickbooks_id for quickbooks_id in stored.changed if quickbooks_id not in known]
    return stored


def mark_deleted(
    connection: Connection,
    entity: str,
    ids: Iterable[str],
    *,
    now: datetime,
    at: Mapping[str, datetime] | None = None,
) -> list[str]:
    """Turn documents into tombstones and take back what was projected from them; returns their ids.

    `at` says when QuickBooks deleted each (default `now`): a document changed after that stays.
    """
    moments = {quickbooks_id: (at or {}).get(quickbooks_id, now) for quickbooks_id in ids}
    with transaction.atomic():
        lock_books(connection.pk)
        deleted = _bury(connection, entity, moments, now=now)
        registry.project(connection, entity, [], deleted)
    return deleted


def live_ids(connection: Connection, entity: str) -> set[str]:
    return set(_live(connection, entity).values_list("quickbooks_id", flat=True))


def version_of(row: Row) -> Version:
    token = str(row.data.get("SyncToken", ""))
    times = row.data.get("MetaData") or {}
    return Version(read_moment(times.get("LastUpdatedTime")), len(token), token)


@lru_cache(maxsize=4096)
def read_moment(text: str | None) -> datetime:
    """A MetaData time. Some generated rows have none: they count as oldest."""
    if not text:
        return NEVER
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)


def _newest_of_each(rows: Sequence[Row]) -> dict[str, Row]:
    """Pages overlap when QuickBooks changes while they are read."""
    newest: dict[str, Row] = {}
    for row in rows:
        before = newest.setdefault(row.data["Id"], row)
        if before is not row and version_of(row) >= version_of(before):
            newest[row.data["Id"]] = row
    return newest


def _known_versions(connection: Connection, entity: str, rows: Mapping[str, Row]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for ids in _slices(list(rows)):
        found = Document.objects.filter(connection=connection, entity=entity, quickbooks_id__in=ids)
        for quickbooks_id, token, updated_at, deleted_at in found.values_list(
            "quickbooks_id", "sync_token", "last_updated_at", "deleted_at"
        ):
            known[quickbooks_id] = _Known(Version(updated_at, len(token), token), deleted_at)
    return known


def _write(connection: Connection, entity: str, rows: Mapping[str, Row], *, now: datetime) -> set[str]:
    volatile = registry.ENTITIES[entity].volatile
    values = (_values(connection, entity, row, body=_body(row, volatile), now=now) for row in rows.values())
    written = bulk_upsert(
        Document,
        COLUMNS,
        values,
        conflict=IDENTITY,
        update=OVERWRITTEN,
        only_if=f"({NOT_OLDER}) AND (excluded.body <> old.body OR old.deleted_at IS NOT NULL)",
        returning=["quickbooks_id"],
    )
    return {quickbooks_id for (quickbooks_id,) in written}


def _values(connection: Connection, entity: str, row: Row, *, body: str, now: datetime) -> tuple[Any, ...]:
    version = version_of(row)
    return (
        connection.company_id,
        connection.pk,
        entity,
        row.data["Id"],
        version.token,
        version.updated_at,
        body,
        None,
        now,
    )


def _body(row: Row, volatile: Sequence[str]) -> str:
    if not any(name in row.data for name in volatile):
        return row.text
    kept = {name: value for name, value in json.loads(row.text).items() if name not in volatile}
    return json.dumps(kept, ensure_ascii=False)


def _live(connection: Connection, entity: str) -> Any:
    return Document.objects.filter(connection=connection, entity=entity, deleted_at=None)


def _bury(
    connection: Connection, entity: str, moments: Mapping[str, datetime], *, now: datetime
) -> list[str]:
    buried: list[str] = []
    for moment, ids in _by_moment(moments).items():
        for some in _slices(ids):
            living = _live(connection, entity).filter(quickbooks_id__in=some, last_updated_at__lte=moment)
            found = list(living.values_list("quickbooks_id", flat=True))
            living.filter(quickbooks_id__in=found).update(deleted_at=moment, fetched_at=now)
            buried += found
    return buried


def _by_moment(moments: Mapping[str, datetime]) -> dict[datetime, list[str]]:
    groups: dict[datetime, list[str]] = defaultdict(list)
    for quickbooks_id, moment in moments.items():
        groups[moment].append(quickbooks_id)
    return groups


def _slices(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))
