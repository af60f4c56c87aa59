"""The way to QuickBooks Online: reads that retry, writes that never do so blindly."""

import random
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO, TypeVar

from integrations.gateway import answers, tokens
from integrations.gateway.batch_writes import BatchWrite, build_batch_write_call
from integrations.gateway.calls import (
    build_batch_call,
    build_changes_call,
    build_query_call,
    build_read_call,
    build_tax_code_call,
    build_void_call,
    build_write_call,
)
from integrations.gateway.downloads import build_download_call, fetch_file
from integrations.gateway.exchanges import Outcome, current_request_id, recording
from integrations.gateway.faults import QuickBooksError, Throttled, Unauthorized, Unreachable
from integrations.gateway.limiter import Priority, pause_everybody, take_turn
from integrations.gateway.options import option
from integrations.gateway.quoting import build_select
from integrations.gateway.rows import Changes, Page, Row
from integrations.gateway.transport import Answer, Call, send
from integrations.gateway.uploads import build_upload_call
from integrations.models import Connection, SyncRun

T = TypeVar("T")
Reader = Callable[[Answer], T]
LONGEST_PAUSE = 300.0


class Gateway:
    """One company's books. Safe to share between threads: each has its own HTTP connection, limits are
    common.

    Every method raises only the family in `faults`. Reads are retried (bounded): after a 429 when the pause
    of the whole company is over, after a time-out or a 5xx with growing waits, after a 401 once with a new
    token.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        priority: Priority = Priority.INTERACTIVE,
        run: SyncRun | None = None,
        on_exchange: Callable[[Outcome], None] | None = None,
    ) -> None:
        """`on_exchange` is told how each request that left has ended, before its fault is raised."""
        self.connection = connection
        self.priority = priority
        self.run = run
        self.on_exchange = on_exchange
        # Taken here, because worker threads do not inherit the log's context.
        self.request_id = current_request_id()

    # Reads --------------------------------------------------------------------------------------------------

    def query(self, statement: str) -> Page:
        """At most 1,000 rows; without `maxresults` in the statement QuickBooks gives 100."""
        entity = find_entity(statement)
        return self._read(
            build_query_call(statement, entity), lambda answer: answers.read_page(answer, entity)
        )

    def query_rows(
        self, entity: str, where: str = "", start: int = 1, size: int = 1000, order: str = ""
    ) -> Page:
        return self.query(build_select(entity, where=where, order=order, start=start, size=size))

    def count(self, entity: str, where: str = "") -> int:
        statement = build_select(entity, where=where, what="count(*)")
        return self._read(build_query_call(statement, entity), answers.read_count)

    def batch_queries(self, statements: Sequence[str]) -> list[Page | int | QuickBooksError]:
        """Up to 30 statements in one request, answered in their order; one that failed is its error.

        QuickBooks gives 1,000 objects at most for the whole batch.
        """
        wanted = [(find_entity(statement), is_count(statement)) for statement in statements]
        return self._read(build_batch_call(statements), lambda answer: answers.read_batch(answer, wanted))

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """One request. Not for TimeActivity, TaxCode, TaxRate, TaxAgency; `since` within the last 30 days."""
        return self._read(build_changes_call(entities, since), answers.read_changes)

    def read(self, entity: str, id: str = "") -> Row:  # noqa: A002  QuickBooks' own word
        """CompanyInfo and Preferences need no id. Raises NotFound (610) when it is not there."""
        realm = self.connection.realm_id if entity == "CompanyInfo" else ""
        call = build_read_call(entity, id or realm)
        return self._read(call, lambda answer: answers.read_document(answer, entity))

    # Writes: for the outbox only, with the payload it froze -------------------------------------------------

    def create(self, entity: str, payload: bytes, *, request_id: str, options: str = "") -> Row:
        """`options` goes as `include`: `allowduplicatedocnum` skips the check for a number in use (6140)."""
        return self._write(build_write_call("create", entity, payload, request_id, options), entity)

    def update(self, entity: str, payload: bytes, *, request_id: str, options: str = "") -> Row:
        return self._write(build_write_call("update", entity, payload, request_id, options), entity)

    def delete(self, entity: str, payload: bytes, *, request_id: str) -> Row:
        return self._write(build_write_call("delete", entity, payload, request_id), entity)

    def void(self, entity: str, payload: bytes, *, request_id: str) -> Row:
        """ValueError for an entity that cannot be voided: QuickBooks answers some of those with 200 and
        does nothing.
        """
        return self._write(build_void_call(entity, payload, request_id), entity)

    def create_tax_code(self, payload: bytes, *, request_id: str) -> str:
        """A tax code with its rates, through TaxService; gives the code's id. Look for its name before sending
        it again: nobody says that this service knows a request id.
        """
        return self._send_authorized(build_tax_code_call(payload, request_id), answers.read_tax_code_id)

    def batch_write(
        self, items: Sequence[BatchWrite], *, request_id: str
    ) -> dict[str, Row | QuickBooksError]:
        """Up to 30 writes in one request, sent once; by `bid`, what became of each. No transaction: one that
        is refused stops no other. Garbled: the answer lacks the item, which may have been carried out.

        A deleted document is a row whose status is Deleted. The same items under the same request id are not
        carried out again.
        """
        wanted = {item.bid: item.entity for item in items}
        call = build_batch_write_call(items, request_id)
        return self._send_authorized(call, lambda answer: answers.read_batch_writes(answer, wanted))

    # Files --------------------------------------------------------------------------------------------------

    def upload(
        self,
        metadata: bytes,
        content: BinaryIO | bytes,
        *,
        filename: str,
        content_type: str,
        request_id: str = "",
    ) -> Row:
        """One file with the Attachable that describes it, sent once. `content` must be seekable.

        Intuit does not say that an upload is replayed by its request id: look for the file before sending it
        again.
        """
        call = build_upload_call(
            metadata, content, filename=filename, content_type=content_type, request_id=request_id
        )
        return self._send_authorized(call, answers.read_upload)

    def download(self, attachable_id: str, into: BinaryIO, *, limit: int) -> None:
        """At most `limit` bytes. Raises Refused ("too_large", "download_host"), after which, as after any
        fault, `into` may hold a part of the file.
        """
        fetch_file(self._read(build_download_call(attachable_id), answers.read_address), into, limit=limit)

    # How a request goes -------------------------------------------------------------------------------------

    def _read(self, call: Call, reader: Reader[T]) -> T:
        failures = {Unreachable: 0, Throttled: 0}
        allowed = {Unreachable: option("QBO_READ_ATTEMPTS"), Throttled: option("QBO_THROTTLED_ATTEMPTS")}
        while True:
            try:
                return self._send_authorized(call, reader)
            except (Unreachable, Throttled) as error:
                family = type(error)
                failures[family] += 1
                if failures[family] >= allowed[family]:
                    raise
                if family is Unreachable:
                    time.sleep(measure_back_off(failures[family]))

    def _write(self, call: Call, entity: str) -> Row:
        """Once. Unreachable leaves the outcome unknown; only the same request id may be sent again."""
        return self._send_authorized(call, lambda answer: answers.read_document(answer, entity))

    def _send_authorized(self, call: Call, reader: Reader[T]) -> T:
        """A refused token is renewed once. One 401 never disconnects: only the token endpoint ends a sign-
        in.
        """
        token = tokens.access_token(self.connection)
        try:
            return self._send(call, token, reader)
        except Unauthorized:
            renewed = tokens.access_token(self.connection, refused=token)
        try:
            return self._send(call, renewed, reader)
        except Unauthorized as error:
            raise tokens.judge_refusal(self.connection, error) from None

    def _send(self, call: Call, token: str, reader: Reader[T]) -> T:
        """The turn is given back before the answer is read: reading a thousand documents is no request in
        flight.
        """
        outcome = Outcome(
            call.operation, call.entity, call.is_metered, call.is_write, request_id=self.request_id
        )
        try:
            with recording(self.connection, outcome, run=self.run):
                with take_turn(self.connection, priority=self.priority, is_batch=call.is_batch):
                    outcome.leave()
                    answer = send(call, realm_id=self.connection.realm_id, token=token)
                    outcome.arrive(status=answer.status, intuit_tid=answer.intuit_tid)
                if call.is_write:
                    outcome.server_time = answers.find_clock(answer)
                return self._open(answer, reader)
        finally:
            if self.on_exchange and outcome.started:
                self.on_exchange(outcome)

    def _open(self, answer: Answer, reader: Reader[T]) -> T:
        try:
            answers.raise_for_status(answer)
            return reader(answer)
        except Throttled:
            pause_everybody(self.connection, seconds=read_pause(answer.retry_after))
            raise


FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
COUNT = re.compile(r"\s*select\s+count\s*\(", re.IGNORECASE)


def find_entity(statement: str) -> str:
    found = FROM.search(statement)
    if not found:
        raise ValueError("The statement names no entity.")
    return found[1]


def is_count(statement: str) -> bool:
    return COUNT.match(statement) is not None


def measure_back_off(failures: int) -> float:
    """Doubling, with jitter so that threads that failed together do not come back together."""
    longest: float = option("QBO_RETRY_WAIT") * 2 ** (failures - 1)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311


def read_pause(retry_after: str) -> float:
    """Retry-After in seconds where it is given, else a whole minute: Intuit's windows are minutes."""
    if retry_after.strip().isdigit():
        return min(float(retry_after), LONGEST_PAUSE)
    return float(option("QBO_THROTTLE_PAUSE"))
