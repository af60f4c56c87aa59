"""The outer layer of every kind of answer: query, changes, batch, single document, fault (JSON, XML, HTML)."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.gateway.faults import QuickBooksError, make_fault
from integrations.gateway.reading import (
    decode_at,
    read_query_answer,
    read_server_time,
    walk_array,
    walk_object,
)
from integrations.gateway.rows import QueryAnswer, Row


@dataclass(slots=True)
class BatchItem:
    """One item of a batch, or one file of an upload, which has no name."""

    name: str = ""
    query: QueryAnswer | None = None
    fault: Any = None
    documents: dict[str, Row] = field(default_factory=dict)


@dataclass(slots=True)
class Envelope:
    """What an answer holds. Every part may be absent; whoever asked decides what must be there."""

    server_time: datetime | None = None
    fault: Any = None
    query: QueryAnswer | None = None
    changes: list[QueryAnswer] | None = None
    batch: dict[str, BatchItem] | None = None
    files: list[BatchItem] | None = None
    documents: dict[str, Row] = field(default_factory=dict)


def read_envelope(text: str) -> Envelope:
    """Raises ValueError when the text is not one whole JSON object. Keys of envelopes come in any casing."""
    envelope = Envelope()

    def read_member(key: str, position: int) -> int:
        opening = text[position : position + 1]
        match (key.lower(), opening):
            case ("queryresponse", "{"):
                envelope.query, end = read_query_answer(text, position)
            case ("cdcresponse", "["):
                envelope.changes, end = read_changes(text, position, envelope)
            case ("batchitemresponse", "["):
                items, end = read_items(text, position)
                envelope.batch = {item.name: item for item in items}
            case ("attachableresponse", "["):
                envelope.files, end = read_items(text, position)
            case _:
                value, end = decode_at(text, position)
                keep_plain_member(envelope, key, value, text[position:end])
        return end

    end = walk_object(text, len(text) - len(text.lstrip()), read_member)
    if text[end:].strip():
        raise ValueError("text after the end of the answer")
    return envelope


def keep_plain_member(envelope: Envelope, key: str, value: Any, text: str) -> None:
    if key.lower() == "fault":
        envelope.fault = value
    elif key.lower() == "time":
        envelope.server_time = read_server_time(value)
    elif isinstance(value, dict):
        envelope.documents[key] = Row(value, text)


def read_changes(text: str, start: int, envelope: Envelope) -> tuple[list[QueryAnswer], int]:
    """`CDCResponse` is a list of objects whose `QueryResponse` is a list, one object for each entity that
    changed.
    """
    answers: list[QueryAnswer] = []

    def read_answer(position: int) -> int:
        answer, end = read_query_answer(text, position)
        answers.append(answer)
        return end

    def read_member(key: str, position: int) -> int:
        if key.lower() == "queryresponse":
            # Anything but a list is Unreadable: passed over, it would look as if nothing had changed.
            return walk_array(text, position, read_answer)
        value, end = decode_at(text, position)
        if key.lower() == "fault":
            envelope.fault = value
        return end

    return answers, walk_array(text, start, lambda position: walk_object(text, position, read_member))


def read_items(text: str, start: int) -> tuple[list[BatchItem], int]:
    """Items are told apart by `bId`; their order is not promised, and neither is the place of `bId` in an
    item.
    """
    items: list[BatchItem] = []

    def read_item(position: int) -> int:
        item = BatchItem()

        def read_member(key: str, position: int) -> int:
            if key.lower() == "queryresponse" and text.startswith("{", position):
                item.query, end = read_query_answer(text, position)
                return end
            value, end = decode_at(text, position)
            keep_item_member(item, key, value, text[position:end])
            return end

        end = walk_object(text, position, read_member)
        items.append(item)
        return end

    return items, walk_array(text, start, read_item)


def keep_item_member(item: BatchItem, key: str, value: Any, text: str) -> None:
    if key.lower() == "bid":
        item.name = str(value)
    elif key.lower() == "fault":
        item.fault = value
    elif isinstance(value, dict):
        item.documents[key] = Row(value, text)


# Faults -----------------------------------------------------------------------------------------------------

# XML is read by pattern, not by a parser: only the code is wanted, and a parser would expand entities.
XML_CODE = re.compile(r"<(?:\w+:)?Error\b[^>]*\bcode\s*=\s*[\"'](\w+)[\"']", re.IGNORECASE)
CODE_IN_MESSAGE = re.compile(r"errorCode=(\w+)", re.IGNORECASE)


def read_fault(fault: Any, *, status: int, intuit_tid: str) -> QuickBooksError:
    """A `Fault` object, in capitals (service) or small letters (gateway). The first error names the
    failure.
    """
    errors = get_ignoring_case(fault, "error")
    first = errors[0] if isinstance(errors, list) and errors else errors
    code = get_ignoring_case(first, "code") or find_code(str(get_ignoring_case(first, "message") or ""))
    return make_fault(str(code or ""), status=status, intuit_tid=intuit_tid)


def get_ignoring_case(holder: Any, key: str) -> Any:
    if not isinstance(holder, dict):
        return None
    return next((value for name, value in holder.items() if name.lower() == key), None)


def find_code(message: str) -> str:
    found = CODE_IN_MESSAGE.search(message)
    return found[1].lstrip("0") if found else ""


def read_refusal(text: str, *, status: int, intuit_tid: str) -> QuickBooksError:
    """The fault of an answer whose status is not 2xx, whatever its body is made of."""
    try:
        envelope = read_envelope(text)
    except ValueError:
        found = XML_CODE.search(text)
        code = found[1] if found else find_code(text)
        return make_fault(code or str(status), status=status, intuit_tid=intuit_tid)
    if envelope.fault is not None:
        return read_fault(envelope.fault, status=status, intuit_tid=intuit_tid)
    return make_fault(find_plain_code(text) or str(status), status=status, intuit_tid=intuit_tid)


def find_plain_code(text: str) -> str:
    """Some gateways answer without envelope: {"code": …, "type": …, "message": …, "detail": …}."""
    value, _ = decode_at(text.strip())
    return str(get_ignoring_case(value, "code") or "")
