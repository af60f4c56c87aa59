"""Bodies of successful answers, put together from rows that are JSON text already."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.sandbox.attachments import with_links
from integrations.sandbox.books import Books
from integrations.sandbox.fields import ENTITIES
from integrations.sandbox.query import Page
from integrations.sandbox.shelf import Row
from integrations.sandbox.wire import Document, dumps, format_moment

WITH_TOTAL = ("Bill", "Purchase", "Invoice")


def time_text(books: Books) -> str:
    return format_moment(books.now(), books.zone)


def row_text(books: Books, entity: str, row: Row) -> str:
    """The document as it is answered; a file gets fresh links each time it is read."""
    return dumps(with_links(books, row.document())) if entity == "Attachable" else row.text


def entity_body(books: Books, entity: str, document_id: str) -> str:
    text = row_text(books, entity, books.row(entity, document_id))
    return f'{{"{entity}":{text},"time":"{time_text(books)}"}}'


def deleted_body(books: Books, entity: str, document_id: str) -> str:
    return f'{{"{entity}":{dumps(deleted_stub(document_id))},"time":"{time_text(books)}"}}'


def deleted_stub(document_id: str) -> Document:
    return {"status": "Deleted", "domain": "QBO", "Id": document_id}


def query_body(books: Books, page: Page) -> str:
    return f'{{"QueryResponse":{query_response(books, page)},"time":"{time_text(books)}"}}'


def query_response(books: Books, page: Page) -> str:
    if page.count_only:
        return f'{{"totalCount":{page.total}}}'
    if not page.rows:
        return "{}"
    with_total = books.switches["total_count"] == "some" and page.entity in WITH_TOTAL
    total = f',"totalCount":{page.total}' if with_total else ""
    rows = ",".join(_page_rows(books, page))
    return f'{{"{page.entity}":[{rows}],"startPosition":{page.start},"maxResults":{len(page.rows)}{total}}}'


def _page_rows(books: Books, page: Page) -> Iterable[str]:
    if page.columns:
        return (_projected(page, row) for row in page.rows)
    if page.entity == "Attachable":
        return (row_text(books, page.entity, row) for row in page.rows)
    return (row.text for row in page.rows)


def _projected(page: Page, row: Row) -> str:
    """Selected columns only; such a row says that it is sparse."""
    document = row.document()
    found = {
        name: document[name] for name in page.columns if name in document and name in ENTITIES[page.entity]
    }
    return dumps({**found, "Id": row.id, "sparse": True})
