"""What changed since a moment, by change data capture, also where there is too much for one answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from integrations.feeds.questions import accept_refusal, ask
from integrations.feeds.statements import select_count, select_rows, updated_between
from integrations.gateway import Changes, Gateway, Page, Refused, Row
from integrations.registry import ENTITIES, EntityFeed

# QuickBooks cuts at 1,000 objects without saying so. Deletions are not in the count, hence the margin.
ROOM_IN_AN_ANSWER = 700
UNSUPPORTED = "500"


class ReachesTooFar(Exception):
    """QuickBooks no longer knows the changes since that moment: only a full pull helps."""


@dataclass
class News:
    """`overflowing` are entities with too many changes for any answer: to be read page by page. `refused` are
    those that this edition or person may no longer read.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    deleted: dict[str, dict[str, datetime]] = field(default_factory=dict)
    server_time: datetime | None = None
    overflowing: list[EntityFeed] = field(default_factory=list)
    refused: dict[str, Refused] = field(default_factory=dict)

    def add(self, changes: Changes) -> None:
        self.rows.update(changes.rows)
        for entity, tombstones in changes.deleted.items():
            self.deleted[entity] = {
                tombstone.id: tombstone.changed_at or changes.server_time for tombstone in tombstones
            }
        self.note_time(changes.server_time)

    def note_time(self, moment: datetime) -> None:
        self.server_time = min(self.server_time or moment, moment)


def read_news(gateway: Gateway, feeds: Sequence[EntityFeed], since: Mapping[str, datetime]) -> News:
    """One request, unless a thousand things changed. Raises ReachesTooFar."""
    news = News()
    if not feeds:
        return news
    try:
        changes = _ask_changes(gateway, feeds, since)
    except Refused as fault:
        _read_one_by_one(gateway, feeds, since, news, fault)
        return news
    if not changes.is_truncated:
        news.add(changes)
    else:
        _read_in_parts(gateway, feeds, since, news)
    return news


def _ask_changes(gateway: Gateway, feeds: Sequence[EntityFeed], since: Mapping[str, datetime]) -> Changes:
    oldest = min(since[feed.entity] for feed in feeds)
    try:
        return gateway.changes([feed.entity for feed in feeds], oldest)
    except Refused as fault:
        if fault.code == UNSUPPORTED:
            raise ReachesTooFar from fault
        raise


def _read_one_by_one(
    gateway: Gateway,
    feeds: Sequence[EntityFeed],
    since: Mapping[str, datetime],
    news: News,
    fault: Refused,
) -> None:
    """A downgraded edition (Q65) makes QuickBooks refuse the whole question for one entity in it."""
    accept_refusal(fault)
    for feed in feeds:
        try:
            changes = _ask_changes(gateway, [feed], since)
        except Refused as own_fault:
            news.refused[feed.entity] = accept_refusal(own_fault)
            continue
        if changes.is_truncated:
            news.overflowing.append(feed)
        else:
            news.add(changes)
    if len(news.refused) == len(feeds):
        raise fault


def _read_in_parts(
    gateway: Gateway, feeds: Sequence[EntityFeed], since: Mapping[str, datetime], news: News
) -> None:
    sizes = _count_changes(gateway, feeds, since, news)
    for group in _pack(feeds, sizes):
        changes = _ask_changes(gateway, group, since)
        if changes.is_truncated:
            news.overflowing += group
        else:
            news.add(changes)
    news.overflowing += [feed for feed in feeds if sizes[feed.entity] > ROOM_IN_AN_ANSWER]


def _count_changes(
    gateway: Gateway, feeds: Sequence[EntityFeed], since: Mapping[str, datetime], news: News
) -> dict[str, int]:
    clock = select_rows(ENTITIES["CompanyInfo"], size=1)
    counts = [select_count(feed, updated_between(since[feed.entity])) for feed in feeds]
    first, *replies = ask(gateway, [clock, *counts])
    if isinstance(first, Page):
        news.note_time(first.server_time)
    # An entity that may not be counted goes with the big ones, where its refusal has its own place.
    return {
        feed.entity: reply if isinstance(reply, int) else ROOM_IN_AN_ANSWER + 1
        for feed, reply in zip(feeds, replies, strict=True)
    }


def _pack(feeds: Sequence[EntityFeed], sizes: Mapping[str, int]) -> list[list[EntityFeed]]:
    """As few groups as their order allows, each small enough for one answer."""
    groups: list[list[EntityFeed]] = []
    room = 0
    for feed in feeds:
        size = sizes[feed.entity]
        if size > ROOM_IN_AN_ANSWER:
            continue
        if size > room or not groups:
            groups.append([])
            room = ROOM_IN_AN_ANSWER
        groups[-1].append(feed)
        room -= size
    return groups
