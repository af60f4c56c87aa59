"""Intuit's published requests are taken by the stand-in: none of them is called malformed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.fields import BY_SEGMENT, ENTITIES
from integrations.sandbox.validation import shape
from tests.integrations.sandbox.shared import REFERENCE, need

SAMPLES = REFERENCE / "samples"
# Samples that Intuit's own schema does not allow: an account type in the plural, a Name on a Customer, and
# closed lists printed in the spelling of constants.
AGAINST_THE_SCHEMA = {"Account/fyle-4.json", "Customer/fyle-1.json", "Invoice/docs-4.json"}


def pairs() -> list[Path]:
    folder = SAMPLES / "_pairs"
    return sorted(folder.glob("*.json")) if folder.exists() else []


def entity_of(pair: dict[str, Any]) -> str:
    path = pair["url"].split("?")[0].rstrip("/")
    return "" if "taxservice" in path else BY_SEGMENT.get(path.split("/")[-1], "")


def test_the_samples_are_there() -> None:
    need(SAMPLES)

    assert len(pairs()) > 50


@pytest.mark.parametrize("path", pairs(), ids=lambda path: path.stem)
def test_published_requests_are_well_formed(path: Path) -> None:
    pair = json.loads(path.read_text())
    entity = entity_of(pair)
    if not entity:
        assert any(
            word in path.stem for word in ("deposit", "transfer", "receipt", "taxservice", "category")
        ), path
        return

    shape.accept(entity, pair["request"])


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_recorded_documents_are_well_formed(entity: str) -> None:
    """What Intuit's server answered can be sent back to this one, as clients do on a full update."""
    folder = SAMPLES / entity
    refused = {}
    for path in sorted(folder.glob("*.json")) if folder.exists() else []:
        for document in documents_in(json.loads(path.read_text()), entity):
            try:
                shape.accept(entity, document)
            except ApiFault as fault:
                refused[f"{entity}/{path.name}"] = fault.detail

    assert set(refused) == {
        name for name in AGAINST_THE_SCHEMA if name.startswith(f"{entity}/") and folder.exists()
    }


def documents_in(node: Any, entity: str) -> list[dict[str, Any]]:
    """Documents of the entity wherever they stand in a sample."""
    if isinstance(node, list):
        return [found for item in node for found in documents_in(item, entity)]
    if not isinstance(node, dict):
        return []
    if "Id" in node and "status" not in node and "SyncToken" in node:
        return [node]
    inner = [node[key] for key in (entity, "QueryResponse", "response") if key in node]
    return [found for item in inner for found in documents_in(item, entity)]
