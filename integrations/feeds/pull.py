"""One pull: everything that changed, and in full what has to be read in full.

Idle it is two requests: one for the changes of all entities that tell theirs, one batch of questions for the
others. A pull of some entities only, all of which tell theirs, is the first of the two, and the cursors of the others
stay. A full pull counts, reads all pages, then does those same two for what happened meanwhile, and believes itself
only if the counts agree. Cursors are written in the last transaction and not before, so that after any failure the
next run begins where this one did.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from integrations.feeds.changes import News, ReachesTooFar, read_news
from integrations.feeds.cursors import CDC_REACH, load_cursors, note_unfinished, save_cursors
from integrations.feeds.deletions import Count, Range, divide, repair
from integrations.feeds.garbage import collecting_rarely
from integrations.feeds.questions import Reply, ask, time_of
from integrations.feeds.scan import Scan, ScannedPage, count_first, read_pages
from integrations.feeds.statements import UPDATED, select_count, select_rows, updated_between
from integrations.feeds.windows import read_window
from integrations.feeds.writer import Writer
from integrations.gateway import Gateway, Page, Refused, Row
from integrations.mirror import live_ids
from integrations.registry import ENTITIES, EntityFeed, Source

logger = structlog.get_logger(__name__)

MOST_SCANS = 4
# Times of documents are whole seconds, the clock of answers is not.
SECOND = timedelta(seconds=2)
# Before a scan is repeated: what is new in the second in which it begins cannot be told from what was there.
BREATH_SECONDS = 1.1
LOOKING = "Looking for changes"


class KeepsChanging(Exception):
    """QuickBooks' books changed so much while they were read that no complete picture came of it."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = list(labels)
        super().__init__(", ".join(labels))


@dataclass
class Questions:
    """What the one batch asks, and what came back, side by side."""

    changed: list[EntityFeed] = field(default_factory=list)
    totals: list[Scan] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def rows(self) -> list[tuple[EntityFeed, Reply]]:
        return list(zip(self.changed, self.replies, strict=False))

    def refused(self) -> dict[str, Refused]:
        """Entities whose changes, or whose count, QuickBooks did not give: nothing is certain about them."""
        replies = [(feed.entity, reply) for feed, reply in self.rows()]
        replies += [(scan.feed.entity, reply) for scan, reply in self.counts_of_scans()]
        return {entity: reply for entity, reply in replies if isinstance(reply, Refused)}

    def counts_of_scans(self) -> list[tuple[Scan, Reply]]:
        return list(zip(self.totals, self.replies[len(self.changed) :], strict=False))

    def counts_of_ranges(self) -> list[Count]:
        replies = self.replies[len(self.changed) + len(self.totals) :]
        pairs = zip(self.ranges, replies, strict=True)
        return [Count(part, reply) for part, reply in pairs if isinstance(reply, int)]


class Pull:
    """`only`: the entities this pull is about, once the books have been read as a whole; the first pull reads all."""

    def __init__(
        self,
        gateway: Gateway,
        writer: Writer,
        *,
        asked_at: datetime,
        pages_at_once: int,
        only: Collection[EntityFeed] | None = None,
    ) -> None:
        self.gateway = gateway
        self.writer = writer
        self.connection = writer.connection
        self.log = writer.log
        self.asked_at = asked_at
        self.pages_at_once = pages_at_once
        self.cursors = load_cursors(self.connection)
        self.subjects = list(only) if only and self.cursors else list(ENTITIES.values())
        self.refused: dict[str, Refused] = {}
        self.scans: dict[str, Scan] = {}
        self.read_until: dict[str, datetime] = {}
        self.is_last_attempt = False

    def run(self, in_full: Collection[EntityFeed]) -> None:
        """Raises QuickBooksError, and then no cursor has moved; or KeepsChanging, and then the cursors of what
        did keep still have.
        """
        wanted = self._choose_scans(in_full)
        try:
            self._run_until_complete(wanted)
        except ReachesTooFar:
            self._note_gap()
            told = [feed for feed in self.subjects if feed.source is Source.CDC]
            self._run_until_complete(list(dict.fromkeys([*wanted, *told])))

    def _choose_scans(self, in_full: Collection[EntityFeed]) -> list[EntityFeed]:
        too_old = {
            feed.entity
            for feed in self.subjects
            if feed.source is Source.CDC
            and feed.entity in self.cursors
            and self.cursors[feed.entity] < self.asked_at - CDC_REACH
        }
        if too_old:
            self._note_gap()
        return [
            feed
            for feed in self.subjects
            if feed.source is not Source.WHOLE
            and (feed in in_full or feed.entity in too_old or feed.entity not in self.cursors)
        ]

    def _note_gap(self) -> None:
        self.log.run.note = (
            "QuickBooks keeps a record of changes for 30 days only and the last sync is older: "
            "everything was read again and compared."
        )

    def _run_until_complete(self, wanted: Sequence[EntityFeed]) -> None:
        scanned = {feed.entity for feed in wanted}
        pending = list(wanted)
        for attempt in range(1, MOST_SCANS + 1):
            self.is_last_attempt = attempt == MOST_SCANS
            self._scan(pending)
            pending = self._catch_up(scanned)
            if not pending:
                return
            time.sleep(BREATH_SECONDS)
            logger.info("sync_scan_incomplete", entities=[feed.entity for feed in pending])
        with self.writer.together():
            note_unfinished(self.connection, [feed.entity for feed in pending])
        raise KeepsChanging([feed.label for feed in pending])

    # Everything -----------------------------------------------------------------------------------------

    def _scan(self, feeds: Sequence[EntityFeed]) -> None:
        if not feeds:
            return
        counted = count_first(self.gateway, feeds)
        self._set_aside(counted.refused)
        self.log.announce([(scan.feed.label, scan.expected) for scan in counted.scans])
        self.scans.update({scan.feed.entity: scan for scan in counted.scans})
        with collecting_rarely():
            for scanned in read_pages(self.gateway, counted.scans, at_once=self.pages_at_once):
                self._take(scanned)
                del scanned  # a thousand documents less while the next page is waited for

    def _take(self, scanned: ScannedPage) -> None:
        scan, page = scanned
        if isinstance(page, Refused):
            self._set_aside({scan.feed.entity: page})
            return
        scan.meet(page.rows)
        self.writer.store(scan.feed, page.rows, seen_at=page.server_time, take_equal=True)

    def _set_aside(self, refused: dict[str, Refused]) -> None:
        """The others go on; this one's cursor stays and the page says why."""
        self.refused.update(refused)
        for entity, fault in refused.items():
            self.scans.pop(entity, None)
            self.log.fail(ENTITIES[entity].label, message=fault.detail_for_people)

    # What changed ---------------------------------------------------------------------------------------

    def _catch_up(self, scanned: Collection[str]) -> list[EntityFeed]:
        """Reads and stores all changes; returns the scans that were not complete and must be read again."""
        self.log.begin(LOOKING)
        since = self._since()
        told = [feed for feed in self._feeds() if feed.source is Source.CDC]
        news = read_news(self.gateway, told, since)
        self._set_aside(news.refused)
        for feed in news.overflowing:
            self._store_window(feed, since[feed.entity])
        questions = self._ask_questions(news, since)
        self._note_times(news, told, questions)
        unread = [feed for feed, reply in questions.rows() if _is_full(feed, reply)]
        for feed in unread:
            self._store_window(feed, since[feed.entity])
        return self._settle(news, questions, scanned)

    def _feeds(self) -> list[EntityFeed]:
        return [feed for feed in self.subjects if feed.entity not in self.refused]

    def _since(self) -> dict[str, datetime]:
        """From the last cursor on, or from the beginning of the scan just made."""
        return self.cursors | {
            entity: scan.began_at.replace(microsecond=0) - SECOND for entity, scan in self.scans.items()
        }

    def _store_window(self, feed: EntityFeed, low: datetime) -> None:
        for page in read_window(self.gateway, feed, low):
            self._meet(feed, page.rows)
            self.writer.store(feed, page.rows, seen_at=page.server_time)

    def _ask_questions(self, news: News, since: dict[str, datetime]) -> Questions:
        """No request where there is nothing to ask."""
        asked = [feed for feed in self._feeds() if feed.source is not Source.CDC]
        silent = [feed for feed in asked if feed.deletes_silently]
        questions = Questions(
            totals=[scan for scan in self.scans.values() if scan.needs_count],
            ranges=[
                part
                for feed in [*silent, *news.overflowing]
                if feed.entity not in self.scans
                for part in divide(self.connection, feed)
            ],
        )
        if not asked and (questions.totals or questions.ranges or news.server_time is None):
            asked = [ENTITIES["CompanyInfo"]]  # its answer is a page, and with that QuickBooks' clock
        questions.changed = asked
        statements = [
            *(_select_changed(feed, since.get(feed.entity)) for feed in questions.changed),
            *(select_count(scan.feed) for scan in questions.totals),
            *(part.statement for part in questions.ranges),
        ]
        questions.replies = ask(self.gateway, statements)
        self._set_aside(questions.refused())
        return questions

    def _note_times(self, news: News, told: Sequence[EntityFeed], questions: Questions) -> None:
        moment = time_of(questions.replies) if questions.replies else news.server_time
        assert moment is not None
        heard = [feed for feed in told if feed.entity not in self.refused]
        self.read_until.update({feed.entity: news.server_time or moment for feed in heard})
        self.read_until.update(
            {feed.entity: moment for feed, reply in questions.rows() if isinstance(reply, Page)}
        )

    # Storing and believing it ---------------------------------------------------------------------------

    def _settle(self, news: News, questions: Questions, scanned: Collection[str]) -> list[EntityFeed]:
        """One transaction when nothing is in doubt; else requests in between, and the cursors after them."""
        with self.writer.together():
            self._store_news(news, questions)
            pending = self._find_incomplete(questions)
            doubts = [count for count in questions.counts_of_ranges() if count.differs(self.connection)]
            if not doubts:
                self._conclude(pending, scanned)
        for count in doubts:
            repair(self.gateway, self.writer, count)
        if doubts:
            with self.writer.together():
                self._conclude(pending, scanned)
        return pending

    def _store_news(self, news: News, questions: Questions) -> None:
        replies = {feed.entity: reply for feed, reply in questions.rows() if isinstance(reply, Page)}
        for feed in ENTITIES.values():
            page = replies.get(feed.entity)
            rows = page.rows if page else news.rows.get(feed.entity, [])
            gone = news.deleted.get(feed.entity, {})
            self._meet(feed, rows)
            self.writer.store(feed, rows)
            self.writer.delete(feed, gone)
            if feed.entity in self.scans:
                self.scans[feed.entity].lose(gone)

    def _meet(self, feed: EntityFeed, rows: Sequence[Row]) -> None:
        if feed.entity in self.scans:
            self.scans[feed.entity].meet(rows)

    def _find_incomplete(self, questions: Questions) -> list[EntityFeed]:
        return [
            scan.feed
            for scan, reply in questions.counts_of_scans()
            if isinstance(reply, int) and not self._is_believed(scan, reply)
        ]

    def _is_believed(self, scan: Scan, count_now: int) -> bool:
        """A single answer is good in itself; what was deleted since, the next sync's count will show."""
        return scan.is_complete(count_now) or (self.is_last_attempt and scan.was_one_answer)

    def _conclude(self, pending: Sequence[EntityFeed], scanned: Collection[str]) -> None:
        """Bury what complete scans did not meet, and move the cursors of all that is certain."""
        uncertain = {feed.entity for feed in pending}
        for entity in [entity for entity in self.scans if entity not in uncertain]:
            scan = self.scans.pop(entity)
            missing = live_ids(self.connection, entity) - scan.seen
            self.writer.delete(scan.feed, dict.fromkeys(missing, self.read_until[entity]))
            self.log.finish(scan.feed.label)
        certain = {entity: moment for entity, moment in self.read_until.items() if entity not in uncertain}
        for in_full in (False, True):
            moments = {entity: at for entity, at in certain.items() if (entity in scanned) is in_full}
            saved = save_cursors(self.connection, moments, asked_at=self.asked_at, in_full=in_full)
            self.cursors.update(saved)


def _select_changed(feed: EntityFeed, since: datetime | None) -> str:
    if feed.source is Source.WHOLE:
        return select_rows(feed, size=1)
    return select_rows(feed, updated_between(since), size=feed.answer_limit, order=UPDATED)


def _is_full(feed: EntityFeed, reply: Reply) -> bool:
    is_query = feed.source is Source.QUERY and isinstance(reply, Page)
    return is_query and len(reply.rows) >= feed.answer_limit  # type: ignore[union-attr]
