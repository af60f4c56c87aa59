"""Batch: up to 30 independent items, each with its own result or fault. The whole is HTTP 200."""

from __future__ import annotations

from integrations.sandbox.answers import query_response, time_text
from integrations.sandbox.books import Books
from integrations.sandbox.calls import Call
from integrations.sandbox.cdc import cdc_response
from integrations.sandbox.errors import ApiFault, missing, unsupported_operation, unsupported_property
from integrations.sandbox.faults import Faults
from integrations.sandbox.fields import BY_SEGMENT
from integrations.sandbox.idempotency import Replays
from integrations.sandbox.query import parse, run_query
from integrations.sandbox.validation.shape import UNPARSABLE
from integrations.sandbox.wire import Document, dumps
from integrations.sandbox.writes import perform

LONGEST_REQUEST_ID = 36
LONGEST_ITEM_ID = 10
MOST_ROWS = 1000
ITEM_KEYS = ("bId", "operation", "optionsData", "Query", "CDCQuery", "ReportQuery")


def batch_body(
    books: Books, payload: object, request_id: str, replays: Replays, faults: Faults
) -> tuple[str, int]:
    """The answer and the number of rows in it. Raises ApiFault for the envelope only."""
    items = payload.get("BatchItemRequest") if isinstance(payload, dict) else None
    if not isinstance(items, list):
        raise missing("BatchItemRequest")
    if len(items) > books.switches["batch_max"]:
        raise ApiFault("1040", f"Batch size exceeds allowed limit of {books.switches['batch_max']}")
    _check_ids(items, request_id)
    run = _Run(books, request_id, replays, faults)
    answers = [answer for item in items if (answer := run.answer(item))]
    return f'{{"BatchItemResponse":[{",".join(answers)}],"time":"{time_text(books)}"}}', run.rows


def _check_ids(items: list[object], request_id: str) -> None:
    ids = [item.get("bId") for item in items if isinstance(item, dict)]
    if len(ids) != len(items) or None in ids:
        raise missing("bId")
    if len(set(map(str, ids))) != len(ids):
        raise ApiFault("2010", "bId must be unique within the request")
    if not request_id:
        return
    too_long = any(len(str(item_id)) > LONGEST_ITEM_ID for item_id in ids)
    if len(request_id) > LONGEST_REQUEST_ID or too_long:
        raise ApiFault("2130", "requestid is at most 36 characters and bId at most 10 when used together")


class _Run:
    """One batch: the rows its queries have returned so far count together."""

    def __init__(self, books: Books, request_id: str, replays: Replays, faults: Faults) -> None:
        self._books = books
        self._request_id = request_id
        self._replays = replays
        self._faults = faults
        self.rows = 0

    def answer(self, item: Document) -> str:
        """Empty for an item that a fault rule leaves out of the answer, carried out or not."""
        item_id = dumps(str(item["bId"]))
        actions = self._actions_for(item)
        if "drop_before" in actions:
            return ""
        try:
            _refuse(actions)
            result = self._replayed(item)
            return "" if "drop_after" in actions else f'{{"bId":{item_id},{result}}}'
        except ApiFault as fault:
            return f'{{"bId":{item_id},"Fault":{dumps(fault.as_document())}}}'

    def _actions_for(self, item: Document) -> list[str]:
        """Fault rules for the item's own operation and entity, as if it had come in a request of its own."""
        entity = next((name for name in item if name not in ITEM_KEYS), "")
        operation = str(item.get("operation", "")).casefold()
        return self._faults.actions_for(self._books.realm, operation, entity) if operation else []

    def _replayed(self, item: Document) -> str:
        """Each item is remembered under requestid + bId."""
        if not self._request_id or "Query" in item or "CDCQuery" in item:
            return self._result(item)
        key = f"{self._request_id}{item['bId']}"
        known = self._replays.begin(self._books.realm, key)
        if known is not None:
            return known
        try:
            result = self._result(item)
        except BaseException:
            self._replays.abandon(self._books.realm, key)
            raise
        self._replays.finish(self._books.realm, key, result)
        return result

    def _result(self, item: Document) -> str:
        if "Query" in item:
            return self._query(str(item["Query"]))
        if "CDCQuery" in item:
            return self._cdc(item["CDCQuery"])
        name, payload = _payload(item)
        include = frozenset(
            word.strip() for word in str(item.get("optionsData", "")).split(",") if word.strip()
        )
        operation = str(item.get("operation", "")).casefold()
        if operation not in ("create", "update", "delete", "void"):
            raise unsupported_operation(operation)
        if operation == "update" and "void" in include:
            operation = "void"
        with self._books.lock:
            return perform(self._books, Call(self._books.realm, operation, name, "", include), payload)

    def _query(self, statement: str) -> str:
        page = run_query(self._books, parse(statement))
        self.rows += len(page.rows)
        if self.rows > MOST_ROWS:
            raise ApiFault("10100", "The queries of one batch return at most 1000 objects")
        return f'"QueryResponse":{query_response(self._books, page)}'

    def _cdc(self, asked: object) -> str:
        if not isinstance(asked, dict):
            raise unsupported_property(UNPARSABLE)
        response, rows = cdc_response(
            self._books, str(asked.get("Entities", "")), str(asked.get("ChangedSince", ""))
        )
        self.rows += rows
        return f'"CDCResponse":[{response}]'


def _refuse(actions: list[str]) -> None:
    """What would be an HTTP status in a request of its own is a fault here."""
    codes = {"429": "3001", "500": "10000"}
    for action in actions:
        name, _, argument = action.partition(":")
        if code := argument if name == "fault" else codes.get(name):
            raise ApiFault(code, "set by a fault rule")


def _payload(item: Document) -> tuple[str, object]:
    """The one member that is an entity."""
    names = [name for name in item if name not in ITEM_KEYS]
    if len(names) != 1:
        raise unsupported_property(UNPARSABLE)
    entity = BY_SEGMENT.get(names[0].casefold())
    if entity != names[0]:
        raise ApiFault("2000", f"Invalid or unsupported object name: {names[0]}")
    return entity, item[names[0]]
