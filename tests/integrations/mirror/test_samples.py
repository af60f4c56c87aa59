"""Recorded documents of real companies are mirrored and read without an error. They are not part of this project."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.describing import describe_document
from integrations.gateway import Row
from integrations.mirror import store_documents
from integrations.models import Connection, Document
from integrations.registry import ENTITIES
from tests.integrations.mirror.documents import NOW

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(os.environ.get("QBO_SAMPLES", ROOT.parent / "shared" / "qbo" / "samples"))


def read_samples(entity: str) -> list[Row]:
    """One document a file; the answers to deletions are not documents."""
    texts = [path.read_text() for path in sorted((SAMPLES / entity).glob("*.json"))]
    rows = [Row(json.loads(text, parse_float=Decimal), text) for text in texts]
    return [row for row in rows if "Id" in row.data and row.data.get("status") != "Deleted"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_recorded_documents_are_mirrored_and_read(connection: Connection, entity: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(
            f"NOT RUN: there are no recorded samples at {SAMPLES}. Set QBO_SAMPLES to where they are."
        )
    rows = read_samples(entity)
    assert rows

    stored = store_documents(connection, entity, rows, now=NOW)

    assert set(stored.changed) == {row.data["Id"] for row in rows}
    for document in Document.objects.all():
        assert describe_document(entity, document.quickbooks_id, document.data).what
