"""Everything the demo and large companies hold uses only names, types and enumerations of Intuit's schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from integrations.sandbox.companies.demo import demo_documents
from integrations.sandbox.companies.large import large_documents
from integrations.sandbox.wire import Document

SCHEMA = Path(__file__).resolve().parents[4] / "shared" / "qbo" / "schema.json"
TODAY = date(2026, 11, 21)
# The schema describes XML: a reference's or memo's value is its text there, and a property in JSON.
TEXT_CONTENT = {"MemoRef": {"value": {"type": "string"}}}
REFERENCE_NAMES = {"value", "name", "type"}
OFFSET_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    if not SCHEMA.exists():
        pytest.skip(f"THE SCHEMA IS NOT THERE, so nothing was compared with it: {SCHEMA.name}")
    found: dict[str, Any] = json.loads(SCHEMA.read_text())
    return found


def test_demo_company_keeps_to_the_schema(schema: dict[str, Any]) -> None:
    documents = list(demo_documents(TODAY))

    assert len(documents) > 900
    assert [error for entity, row in documents for error in errors_in(schema, entity, row)] == []


def test_large_company_keeps_to_the_schema(schema: dict[str, Any]) -> None:
    documents = list(islice(large_documents(600, today=TODAY), 1000))

    assert [error for entity, row in documents for error in errors_in(schema, entity, row)] == []


def test_the_check_finds_what_is_wrong(schema: dict[str, Any]) -> None:
    bill = {
        "Id": 7,
        "Invented": True,
        "TxnDate": "12/31/2026",
        "Line": [{"Amount": "5", "DetailType": "Nonsense"}],
        "LinkedTxn": {"TxnId": "1"},
    }

    assert [error.split(" ")[0] for error in errors_in(schema, "Bill", bill)] == [
        "Bill.Id",
        "Bill.Invented",
        "Bill.TxnDate",
        "Bill.Line.Amount",
        "Bill.Line.DetailType",
        "Bill.LinkedTxn",
    ]


def errors_in(schema: dict[str, Any], entity: str, document: Document) -> Iterator[str]:
    yield from _object_errors(schema, entity, schema["entities"][entity], document)


def _object_errors(
    schema: dict[str, Any], path: str, fields: dict[str, Any], found: Document
) -> Iterator[str]:
    for name, value in found.items():
        here = f"{path}.{name}"
        if name not in fields:
            yield f"{here} is not in the schema"
        else:
            yield from _field_errors(schema, here, fields[name], value)


def _field_errors(schema: dict[str, Any], path: str, field: dict[str, Any], value: object) -> Iterator[str]:
    if field.get("list"):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for element in value:
            yield from _value_errors(schema, path, field, element)
    else:
        yield from _value_errors(schema, path, field, value)


def _value_errors(schema: dict[str, Any], path: str, field: dict[str, Any], value: object) -> Iterator[str]:
    kind = field["type"]
    if "enum" in field:
        if value not in field["enum"]:
            yield f"{path} has {value!r}"
    elif kind == "ReferenceType":
        if not isinstance(value, dict) or not set(value) <= REFERENCE_NAMES or not _texts(value):
            yield f"{path} is no reference: {value!r}"
    elif kind in schema["types"]:
        if kind != "IntuitAnyType":
            assert isinstance(value, dict)
            fields = {**schema["types"][kind], **TEXT_CONTENT.get(kind, {})}
            yield from _object_errors(schema, path, fields, value)
    elif not _is_scalar(kind, value):
        yield f"{path} is no {kind}: {value!r}"


def _texts(reference: Document) -> bool:
    return all(isinstance(text, str) for text in reference.values())


def _is_scalar(kind: str, value: object) -> bool:
    if kind in ("int", "long", "positiveInteger"):
        return type(value) is int
    if kind == "decimal":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if kind == "date":
        return _parses(date.fromisoformat, value)
    if kind == "dateTime":
        return bool(OFFSET_TIME.fullmatch(value)) and _parses(datetime.fromisoformat, value)
    return True


def _parses(parse: Any, value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True
