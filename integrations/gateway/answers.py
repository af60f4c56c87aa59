"""From an answer to what was asked for, strictly: whatever is neither that nor a fault is Garbled.

A 200 without the expected key must never look like "no rows": documents would be taken for deleted.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from integrations.gateway.calls import name_item
from integrations.gateway.envelopes import BatchItem, Envelope, read_envelope, read_fault, read_refusal
from integrations.gateway.faults import Garbled, QuickBooksError
from integrations.gateway.reading import make_storable, read_server_time
from integrations.gateway.rows import Changes, Page, QueryAnswer, Row, Tombstone
from integrations.gateway.transport import Answer

# QuickBooks stops a list of changes here without saying so.
MOST_CHANGES = 1000
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+", re.IGNORECASE)


def raise_for_status(answer: Answer) -> None:
    """For an answer that is not 2xx. Faults inside a 200 show when the answer is read."""
    if not answer.is_success:
        raise read_refusal(answer.text, status=answer.status, intuit_tid=answer.intuit_tid)


def read_page(answer: Answer, entity: str) -> Page:
    envelope = open_envelope(answer)
    if envelope.query is None:
        raise garbled(answer)
    return Page(pick_rows(envelope.query, entity, answer), read_clock(envelope, answer))


def read_count(answer: Answer) -> int:
    envelope = open_envelope(answer)
    if envelope.query is None:
        raise garbled(answer)
    return pick_count(envelope.query, answer)


def read_document(answer: Answer, entity: str) -> Row:
    documents = open_envelope(answer).documents
    if entity not in documents:
        raise garbled(answer)
    return documents[entity]


def read_changes(answer: Answer) -> Changes:
    envelope = open_envelope(answer)
    if envelope.changes is None:
        raise garbled(answer)
    rows: dict[str, list[Row]] = {}
    deleted: dict[str, list[Tombstone]] = {}
    for group in envelope.changes:
        raise_inner_fault(group, answer)
        for entity, found in group.lists.items():
            rows.setdefault(entity, []).extend(row for row in found if not is_deleted(row))
            deleted.setdefault(entity, []).extend(make_tombstone(row) for row in found if is_deleted(row))
    total = sum(map(len, rows.values())) + sum(map(len, deleted.values()))
    return Changes(rows, deleted, read_clock(envelope, answer), is_truncated=total >= MOST_CHANGES)


def is_deleted(row: Row) -> bool:
    """By the literal status alone; voided and inactive things are alive."""
    return row.data.get("status") == "Deleted"


def make_tombstone(row: Row) -> Tombstone:
    changed_at = read_server_time(row.data.get("MetaData", {}).get("LastUpdatedTime"))
    return Tombstone(str(row.data["Id"]), changed_at)


def read_batch(answer: Answer, wanted: Sequence[tuple[str, bool]]) -> list[Page | int | QuickBooksError]:
    """`wanted`: entity, and whether it was a count, for each statement."""
    envelope = open_envelope(answer)
    if envelope.batch is None:
        raise garbled(answer)
    server_time = read_clock(envelope, answer)
    items = [envelope.batch.get(name_item(index)) for index in range(len(wanted))]
    return [
        read_item(item, entity, is_count, answer, server_time)
        for item, (entity, is_count) in zip(items, wanted, strict=True)
    ]


def read_item(
    item: BatchItem | None, entity: str, is_count: bool, answer: Answer, server_time: datetime
) -> Page | int | QuickBooksError:
    if item is not None and item.fault is not None:
        return read_fault(item.fault, status=answer.status, intuit_tid=answer.intuit_tid)
    if item is None or item.query is None:
        return garbled(answer)
    try:
        if is_count:
            return pick_count(item.query, answer)
        return Page(pick_rows(item.query, entity, answer), server_time)
    except QuickBooksError as error:
        return error


def read_batch_writes(answer: Answer, wanted: Mapping[str, str]) -> dict[str, Row | QuickBooksError]:
    """`wanted`: the entity of each bId. An item without an answer of its own may have been carried out."""
    batch = open_envelope(answer).batch
    if batch is None:
        raise garbled(answer)
    return {bid: read_written(batch.get(bid), entity, answer) for bid, entity in wanted.items()}


def read_written(item: BatchItem | None, entity: str, answer: Answer) -> Row | QuickBooksError:
    if item is not None and item.fault is not None:
        return read_fault(item.fault, status=answer.status, intuit_tid=answer.intuit_tid)
    if item is None or entity not in item.documents:
        return garbled(answer)
    return item.documents[entity]


def read_upload(answer: Answer) -> Row:
    """A list with an Attachable or a Fault for each file; we send one."""
    files = open_envelope(answer).files
    if files is None or len(files) != 1:
        raise garbled(answer)
    stored = read_written(files[0], "Attachable", answer)
    if isinstance(stored, QuickBooksError):
        raise stored
    return stored


def read_tax_code_id(answer: Answer) -> str:
    """TaxService answers without an envelope: what was sent, with the ids that it has now."""
    open_envelope(answer)
    made = str(json.loads(answer.text).get("TaxCodeId") or "")
    if not made:
        raise garbled(answer)
    return made


def read_address(answer: Answer) -> str:
    """Plain text: one address and nothing else. Whether we go there is decided elsewhere."""
    address = answer.text.strip()
    if address.startswith("{"):
        open_envelope(answer)
    if not ADDRESS.fullmatch(address):
        raise garbled(answer)
    return address


def find_clock(answer: Answer) -> datetime | None:
    """QuickBooks' clock, as exactly as the answer tells it; None when it does not. Never raises."""
    try:
        moment = read_envelope(answer.text).server_time
    except ValueError:
        moment = None
    if moment:
        return moment
    try:
        # A Date ends with whole seconds, and the answer was given within the one it names.
        return parsedate_to_datetime(answer.date) + timedelta(seconds=1)
    except ValueError:
        return None


# Parts ------------------------------------------------------------------------------------------------------


def open_envelope(answer: Answer) -> Envelope:
    try:
        envelope = read_envelope(make_storable(answer.text))
    except ValueError:
        raise garbled(answer) from None
    if envelope.fault is not None:
        raise read_fault(envelope.fault, status=answer.status, intuit_tid=answer.intuit_tid)
    return envelope


def garbled(answer: Answer) -> Garbled:
    return Garbled("garbled", status=answer.status, intuit_tid=answer.intuit_tid)


def pick_rows(query: QueryAnswer, entity: str, answer: Answer) -> list[Row]:
    raise_inner_fault(query, answer)
    for name, rows in query.lists.items():
        if name.lower() == entity.lower():
            return rows
    # No rows is an empty object, or one with counts that say so too. Anything else is not an answer to this
    # question.
    if query.lists or query.numbers.get("maxResults", 0):
        raise garbled(answer)
    return []


def pick_count(query: QueryAnswer, answer: Answer) -> int:
    raise_inner_fault(query, answer)
    if "totalCount" not in query.numbers:
        raise garbled(answer)
    return query.numbers["totalCount"]


def raise_inner_fault(query: QueryAnswer, answer: Answer) -> None:
    if query.fault is not None:
        raise read_fault(query.fault, status=answer.status, intuit_tid=answer.intuit_tid)


def read_clock(envelope: Envelope, answer: Answer) -> datetime:
    """QuickBooks' own clock: `time`, or the answer's Date header. A cursor built on our clock could skip
    changes.
    """
    if envelope.server_time:
        return envelope.server_time
    try:
        return parsedate_to_datetime(answer.date)
    except ValueError:
        raise garbled(answer) from None
