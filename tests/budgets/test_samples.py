"""Recorded documents of real companies are read whole. They are not part of this project."""

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from budgets.projection import COST_ENTITIES, KnownLists, cost_lines_of

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(os.environ.get("QBO_SAMPLES", ROOT.parent / "shared" / "qbo" / "samples"))
KNOWN = KnownLists(home_currency="USD")


def read_documents(entity: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document of an entity: in its own folder, and inside answers that carry several."""
    for path in sorted(SAMPLES.rglob("*.json")):
        content = json.loads(path.read_text(), parse_float=Decimal)
        own = path.parent.name == entity
        for document in find_documents({entity: content} if own else content, entity):
            yield str(path.relative_to(SAMPLES)), document


def find_documents(content: Any, entity: str) -> Iterator[dict[str, Any]]:
    if isinstance(content, list):
        for part in content:
            yield from find_documents(part, entity)
    elif isinstance(content, dict):
        for name, part in content.items():
            if name == entity:
                yield from as_documents(part)
            yield from find_documents(part, entity)


def as_documents(part: Any) -> Iterator[dict[str, Any]]:
    documents = part if isinstance(part, list) else [part]
    return (document for document in documents if isinstance(document, dict) and "MetaData" in document)


@pytest.mark.parametrize("entity", COST_ENTITIES)
def test_recorded_documents_are_read_whole(entity: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(
            f"NOT RUN: there are no recorded samples at {SAMPLES}. Set QBO_SAMPLES to where they are."
        )
    found = list(read_documents(entity))
    assert found, f"no recorded {entity} in {SAMPLES}"

    for name, document in found:
        lines = cost_lines_of(entity, document, known=KNOWN)
        assert len(lines) == count_expected(entity, document), name


def count_expected(entity: str, document: dict[str, Any]) -> int:
    if entity == "TimeActivity":
        return 1
    details = [line.get("DetailType", "") for line in document.get("Line", [])]
    return sum(detail.endswith("ExpenseLineDetail") for detail in details)
