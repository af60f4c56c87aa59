"""Runs a query against the books: filter, order, cut out the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import Any

from integrations.sandbox.books import Books
from integrations.sandbox.fields import BY_SEGMENT, ENTITIES, WITH_ACTIVE
from integrations.sandbox.query.filterable import Column, find_column, validation_fault
from integrations.sandbox.query.parser import Condition, Query
from integrations.sandbox.shelf import Row, Shelf, id_key
from integrations.sandbox.wire import parse_time

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
TIMES = ("MetaData.LastUpdatedTime", "MetaData.CreateTime")
Test = Callable[[Row], bool]


@dataclass(frozen=True)
class Page:
    """The rows of one page; for count(*) only ``total`` matters."""

    entity: str
    rows: list[Row]
    start: int
    total: int
    count_only: bool = False
    columns: tuple[str, ...] = ()


def run_query(books: Books, query: Query) -> Page:
    entity = BY_SEGMENT.get(query.entity.casefold())
    if entity is None:
        raise validation_fault(f"Metadata not found for Entity: {query.entity}")
    query = _dated(books, query)
    columns = tuple(_selected(entity, name) for name in query.columns)
    start, limit = _window(books, query)
    shelf = books.shelf(entity)
    key = f"{books.switches['default_order']} {books.switches['orderby_id']} {query.conditions} {query.order}"
    if query.count and not query.conditions and entity not in WITH_ACTIVE:
        return Page(entity, [], 1, len(shelf.rows), count_only=True)
    with books.lock:
        rows = shelf.remembered(key, lambda: _find(books, shelf, entity, query))
    if query.count:
        return Page(entity, [], 1, len(rows), count_only=True)
    return Page(entity, rows[start - 1 : start - 1 + limit], start, len(rows), columns=columns)


def _dated(books: Books, query: Query) -> Query:
    """The word CURRENT_DATE stands for the server's date."""
    today = books.today().isoformat()
    conditions = []
    for condition in query.conditions:
        values = tuple(today if value.upper() == "CURRENT_DATE" else value for value in condition.values)
        conditions.append(replace(condition, values=values))
    return replace(query, conditions=tuple(conditions))


def _selected(entity: str, name: str) -> str:
    from_fields = {field.casefold(): field for field in ENTITIES[entity]}
    try:
        return from_fields[name.split(".")[0].casefold()]
    except KeyError:
        raise validation_fault(f"Property {name} not found for Entity {entity}") from None


def _window(books: Books, query: Query) -> tuple[int, int]:
    start = 1 if query.start is None else query.start
    limit = DEFAULT_PAGE if query.limit is None else query.limit
    if start == 0 and books.switches["startposition_zero"] == "as_one":
        start = 1
    for value in (start, limit):
        if value < 1:
            raise validation_fault(f"value {value} is too small. Min allowed value is 1")
    if limit > LARGEST_PAGE:
        if books.switches["maxresults_over_1000"] == "4001":
            raise validation_fault(f"value {limit} is too large. Max allowed value is {LARGEST_PAGE}")
        limit = LARGEST_PAGE
    return start, limit


def _find(books: Books, shelf: Shelf, entity: str, query: Query) -> list[Row]:
    tests = [_test(shelf, entity, condition) for condition in query.conditions]
    named = {find_column(entity, condition.field).name for condition in query.conditions}
    if entity in WITH_ACTIVE and "Active" not in named:
        tests.append(lambda row: row.active)
    rows = list(_candidates(shelf, entity, query))
    for test in tests:
        rows = [row for row in rows if test(row)]
    return _sorted(books, shelf, entity, query, rows)


def _candidates(shelf: Shelf, entity: str, query: Query) -> Iterable[Row]:
    """Rows that can match at all: by id, or from the timeline of a compared time, else all of them."""
    for condition in query.conditions:
        column = find_column(entity, condition.field)
        if column.name == "Id" and condition.operator in ("=", "IN"):
            return [shelf.rows[value] for value in dict.fromkeys(condition.values) if value in shelf.rows]
        if column.name in TIMES and condition.operator in (">", ">=", "="):
            timeline = shelf.updated if column.name == TIMES[0] else shelf.created
            start = int(_literal(column, condition.values[0]))
            return [shelf.rows[row_id] for row_id in timeline.ids_between(start, None)]
    return shelf.in_id_order()


def _sorted(books: Books, shelf: Shelf, entity: str, query: Query, rows: list[Row]) -> list[Row]:
    order = query.order
    if books.switches["orderby_id"] == "ignored":
        order = tuple(item for item in order if item[0].casefold() != "id")
    descending = books.switches["default_order"] == "id_desc" and not order
    # Quick when they are in that order already, as they are without a condition.
    rows.sort(key=attrgetter("key"))
    if descending:
        rows.reverse()
    for name, backwards in reversed(order):
        rows.sort(key=_order_of(shelf, find_column(entity, name, sorting=True)), reverse=backwards)
    return rows


def _order_of(shelf: Shelf, column: Column) -> Callable[[Row], Any]:
    """What rows are sorted by; missing values come first."""
    read = _reader(shelf, column)
    if column.name in (*TIMES, "Id"):
        return read

    def order(row: Row) -> tuple[bool, Any]:
        value = read(row)
        return value is not None, value if value is not None else 0

    return order


def _reader(shelf: Shelf, column: Column) -> Callable[[Row], Any]:
    if column.name == "MetaData.LastUpdatedTime":
        return attrgetter("updated")
    if column.name == "MetaData.CreateTime":
        return attrgetter("created")
    if column.name == "Id":
        return attrgetter("key")
    return lambda row: shelf.column_value(row, column.name, lambda document: _value(column, document))


def _value(column: Column, document: dict[str, Any]) -> Any:
    found = column.read(document)
    if isinstance(found, tuple):
        return tuple(_comparable(column, part) for part in found)
    return _comparable(column, found)


def _comparable(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind == "number":
        return Decimal(str(value))
    if column.kind == "flag":
        return bool(value)
    return str(value).casefold()


def _test(shelf: Shelf, entity: str, condition: Condition) -> Test:
    column = find_column(entity, condition.field)
    read = _reader(shelf, column)
    matches = _matcher(column, condition)

    def test(row: Row) -> bool:
        value = read(row)
        if isinstance(value, tuple) and column.name != "Id":
            return any(matches(part) for part in value)
        return matches(value)

    return test


def _matcher(column: Column, condition: Condition) -> Callable[[Any], bool]:
    if condition.operator == "LIKE":
        pattern = re.compile(".*".join(map(re.escape, condition.values[0].casefold().split("%"))), re.DOTALL)
        return lambda value: value is not None and pattern.fullmatch(_text_of(value)) is not None
    if condition.operator == "IN":
        allowed = {_literal(column, value) for value in condition.values}
        return lambda value: value in allowed
    if condition.values[0] == " ":
        return lambda value: value is None
    wanted = _literal(column, condition.values[0])
    compare = COMPARE[condition.operator]
    return lambda value: value is not None and compare(value, wanted)


def _text_of(value: Any) -> str:
    return value[1] if isinstance(value, tuple) else str(value)


def _literal(column: Column, text: str) -> Any:
    """The value of a literal in the column's kind. Raises fault 4001 when it is not one."""
    if column.name == "Id":
        return id_key(text)
    try:
        return _CONVERT[column.kind](text)
    except (ValueError, InvalidOperation, KeyError):
        raise validation_fault(f"value {text} is not valid for property {column.name}") from None


def _date(text: str) -> str:
    return date.fromisoformat(text[:10]).isoformat()


_CONVERT: dict[str, Callable[[str], Any]] = {
    "text": str.casefold,
    "number": Decimal,
    "date": _date,
    "time": parse_time,
    "flag": lambda text: {"true": True, "false": False}[text.casefold()],
}
