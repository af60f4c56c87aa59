"""Change data capture: what was changed or deleted since a time, at most 30 days back, at most 1,000 objects."""

from __future__ import annotations

from integrations.sandbox.answers import deleted_stub, row_text, time_text
from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault, missing
from integrations.sandbox.fields import BY_SEGMENT
from integrations.sandbox.wire import dumps, format_time, parse_time

LOOK_BACK_SECONDS = 30 * 24 * 3600
CAP = 1000
UNSUPPORTED = ("TimeActivity", "TaxCode", "TaxRate", "TaxAgency")


def cdc_body(books: Books, entities: str, changed_since: str) -> tuple[str, int]:
    """The whole answer and the number of objects in it."""
    response, count = cdc_response(books, entities, changed_since)
    return f'{{"CDCResponse":[{response}],"time":"{time_text(books)}"}}', count


def cdc_response(books: Books, entities: str, changed_since: str) -> tuple[str, int]:
    since = _since(books, changed_since)
    slots: list[str] = []
    count = 0
    with books.lock:
        for entity in _entities(books, entities):
            per_request = books.switches["cdc_cap"] == "request"
            found = _changes(books, entity, since, CAP - count if per_request else CAP)
            count += len(found)
            if found:
                slots.append(_slot(entity, found))
            elif books.switches["cdc_empty_slot"] == "empty":
                slots.append("{}")
    return f'{{"QueryResponse":[{",".join(slots)}]}}', count


def _entities(books: Books, names: str) -> list[str]:
    asked = [name.strip() for name in names.split(",") if name.strip()]
    if not asked:
        raise missing("entities")
    entities = []
    for name in asked:
        entity = BY_SEGMENT.get(name.casefold())
        if entity is None:
            raise ApiFault("2000", f"Invalid or unsupported object name: {name}")
        if entity not in UNSUPPORTED:
            entities.append(entity)
        elif books.switches["cdc_unsupported"] == "400":
            raise ApiFault("500", f"Operation cdc is not supported for {entity}.")
    return entities


def _since(books: Books, text: str) -> int:
    if not text:
        raise missing("changedSince")
    try:
        since = parse_time(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise ApiFault("2060", f"Invalid Date Format : {text}", element="changedSince") from None
    if since < books.clock.epoch() - LOOK_BACK_SECONDS:
        raise ApiFault(
            "500",
            f"Operation cdc with changedSince date {text} which is older than fixed days is not supported.",
        )
    return since


def _changes(books: Books, entity: str, since: int, room: int) -> list[str]:
    """Live documents, oldest change first, then the deleted ones; cut off without a sign when full."""
    shelf = books.shelf(entity)
    live = shelf.updated.ids_between(since, None)[:room]
    gone = shelf.deleted.ids_between(since, None)[: room - len(live)]
    texts = [row_text(books, entity, shelf.rows[row_id]) for row_id in live]
    return texts + [_tombstone(books, row_id, shelf.tombstones[row_id]) for row_id in gone]


def _tombstone(books: Books, row_id: str, at: int) -> str:
    """Unlike the answer of a delete, this stub has a time."""
    return dumps({**deleted_stub(row_id), "MetaData": {"LastUpdatedTime": format_time(at, books.zone)}})


def _slot(entity: str, texts: list[str]) -> str:
    size = len(texts)
    rows = ",".join(texts)
    return f'{{"{entity}":[{rows}],"startPosition":1,"maxResults":{size},"totalCount":{size}}}'
