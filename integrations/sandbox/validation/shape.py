"""Are the properties known, of the right type, short enough, and inside their closed lists?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.sandbox.errors import ApiFault, unsupported_property
from integrations.sandbox.fields import ENTITIES, SERVER_SET, TYPES, Field
from integrations.sandbox.wire import Document

LINE_DETAILS = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "JournalEntryLineDetail")
UNPARSABLE = "failed to parse json object; a property specified"
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def accept(entity: str, payload: object) -> Document:
    """A checked copy of what a client sent, without the properties that are always the server's."""
    if not isinstance(payload, dict):
        raise unsupported_property(UNPARSABLE)
    return _accept_object(ENTITIES[entity], payload, top=True)


def _accept_object(fields: dict[str, Field], payload: Document, *, top: bool = False) -> Document:
    accepted: Document = {}
    for name, value in payload.items():
        if name not in fields:
            raise unsupported_property(name)
        if top and name in SERVER_SET:
            continue
        # An empty text is the same as nothing; libraries send one for every field they know.
        accepted[name] = None if value in (None, "") else _accept_value(fields[name], value)
    return accepted if top else {name: value for name, value in accepted.items() if value is not None}


def _accept_value(field: Field, value: object) -> Any:
    if not field.many:
        return _accept_single(field, value)
    if not isinstance(value, list):
        raise unsupported_property(UNPARSABLE)
    return [_accept_single(field, item) for item in value]


def _accept_single(field: Field, value: object) -> Any:
    if field.kind == "object":
        return _accept_part(field, value)
    if isinstance(value, dict | list) and field.kind != "any":
        raise unsupported_property(UNPARSABLE)
    return _CHECKS[field.kind](field, value)


def _accept_part(field: Field, value: object) -> Document:
    if not isinstance(value, dict):
        raise unsupported_property(UNPARSABLE)
    if field.part == "Line":
        value = _with_project_on_line(value)
    return _accept_object(TYPES[field.part], value)


def _with_project_on_line(line: Document) -> Document:
    """An official sample sends ProjectRef inside the detail; the answer has it on the line."""
    line = dict(line)
    for name in LINE_DETAILS:
        detail = line.get(name)
        if isinstance(detail, dict) and "ProjectRef" in detail:
            line[name] = {key: part for key, part in detail.items() if key != "ProjectRef"}
            line.setdefault("ProjectRef", detail["ProjectRef"])
    return line


def _check_text(field: Field, value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if CONTROL_CHARACTERS.search(text):
        raise ApiFault("2040", f"Invalid String : {field.name}", element=field.name)
    if field.longest and len(text) > field.longest:
        raise ApiFault(
            "2050",
            "String length specified does not match the supported length. "
            f"Min:0 Max:{field.longest} supported. Supplied length:{len(text)}",
            element=field.name,
        )
    return text


def _check_number(field: Field, value: object) -> Decimal | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ApiFault("2090", f"Invalid Number : {value}", element=field.name) from None
    if isinstance(value, bool) or not found.is_finite():
        raise ApiFault("2090", f"Invalid Number : {value}", element=field.name)
    return found


def _check_whole(field: Field, value: object) -> int:
    found = _check_number(field, value)
    if found != int(found):
        raise ApiFault("2090", f"Invalid Number : {value}", element=field.name)
    return int(found)


def _check_flag(field: Field, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise unsupported_property(UNPARSABLE)


def _check_date(field: Field, value: object) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise ApiFault("2060", f"Invalid Date Format : {value}", element=field.name) from None


def _check_time(field: Field, value: object) -> str:
    """Kept as sent; TimeActivity reads clock times like ``08:00:00-08:00`` itself."""
    return str(value)


def _check_choice(field: Field, value: object) -> str:
    text = str(value)
    if text in field.choices:
        return text
    if text.casefold() in {choice.casefold() for choice in field.choices}:
        raise unsupported_property(UNPARSABLE)
    raise ApiFault("2170", f"Invalid Enumeration : {text}", element=field.name)


def _pass(field: Field, value: object) -> object:
    return value


_CHECKS: dict[str, Callable[[Field, object], Any]] = {
    "text": _check_text,
    "number": _check_number,
    "whole": _check_whole,
    "flag": _check_flag,
    "date": _check_date,
    "time": _check_time,
    "choice": _check_choice,
    "any": _pass,
}
