"""Reads the text of an answer. Documents keep their own text: slices of the answer, found by walking it
once.

`json.loads` would give the values but lose the text, and writing them again would cost as much as reading
and change numbers (1.10 becomes 1.1). So the outer objects are walked by hand and each document is decoded
where it stands.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.gateway.rows import QueryAnswer, Row

decode_at = json.JSONDecoder(parse_float=Decimal).raw_decode
skip_blanks = re.compile(r"[ \t\n\r]*").match
# A comma between two members, with whatever blanks stand around it.
next_comma = re.compile(r"[ \t\n\r]*,[ \t\n\r]*").match
next_colon = re.compile(r"[ \t\n\r]*:[ \t\n\r]*").match

Member = Callable[[str, int], int]
Element = Callable[[int], int]


# Escapes in JSON text, a pair of halves (one letter beyond the first plane) taken as one.
ESCAPE = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u(?P<bad>0000|[dD][89a-fA-F]\w\w)|\\.")


def make_storable(text: str) -> str:
    """NUL and half letters cannot be stored by every database; one in a memo must not stop all syncs."""
    if "\\u0000" not in text and "\\ud" not in text and "\\uD" not in text:
        return text
    return ESCAPE.sub(lambda found: "\\ufffd" if found["bad"] else found[0], text)


class Unreadable(ValueError):
    """The text is not the JSON it should be."""


def walk_object(text: str, start: int, member: Member) -> int:
    """Calls `member(key, index of its value)`, which returns where the value ends. Returns where the object
    ends.
    """
    position = open_bracket(text, start, "{")
    if text.startswith("}", position):
        return position + 1
    while True:
        key, position = decode_at(text, position)
        colon = next_colon(text, position)
        if colon is None or not isinstance(key, str):
            raise Unreadable
        position = member(key, colon.end())
        comma = next_comma(text, position)
        if comma is None:
            return close_bracket(text, position, "}")
        position = comma.end()


def walk_array(text: str, start: int, element: Element) -> int:
    position = open_bracket(text, start, "[")
    if text.startswith("]", position):
        return position + 1
    while True:
        position = element(position)
        comma = next_comma(text, position)
        if comma is None:
            return close_bracket(text, position, "]")
        position = comma.end()


def open_bracket(text: str, start: int, bracket: str) -> int:
    if not text.startswith(bracket, start):
        raise Unreadable
    return after_blanks(text, start + 1)


def close_bracket(text: str, position: int, bracket: str) -> int:
    position = after_blanks(text, position)
    if not text.startswith(bracket, position):
        raise Unreadable
    return position + 1


def after_blanks(text: str, position: int) -> int:
    found = skip_blanks(text, position)
    return found.end() if found else position


def read_rows(text: str, start: int) -> tuple[list[Row], int]:
    """The hot path, a thousand rows a page: a loop of its own instead of `walk_array`."""
    rows: list[Row] = []
    position = open_bracket(text, start, "[")
    if text.startswith("]", position):
        return rows, position + 1
    while True:
        data, end = decode_at(text, position)
        rows.append(Row(data, text[position:end]))
        comma = next_comma(text, end)
        if comma is None:
            return rows, close_bracket(text, end, "]")
        position = comma.end()


def read_query_answer(text: str, start: int) -> tuple[QueryAnswer, int]:
    """One `QueryResponse` object: lists of documents, counts, perhaps a fault."""
    answer = QueryAnswer()

    def read_member(key: str, position: int) -> int:
        if text.startswith("[", position):
            answer.lists[key], end = read_rows(text, position)
            return end
        value, end = decode_at(text, position)
        keep_member(answer, key, value)
        return end

    return answer, walk_object(text, start, read_member)


def keep_member(answer: QueryAnswer, key: str, value: Any) -> None:
    if key.lower() == "fault":
        answer.fault = value
    elif isinstance(value, int):
        answer.numbers[key] = value


def read_server_time(value: Any) -> datetime | None:
    """`time` is ISO text in service answers and milliseconds since 1970 in gateway answers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, UTC)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
