"""One server in this process for all tests of the stand-in; books of its own for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from integrations.sandbox.app import Options
from integrations.sandbox.server import SandboxServer, start_in_thread, stop
from tests.integrations.sandbox.client import Company


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The stand-in knows no database of the product's: once is enough."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and "db" not in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.pure)


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    running = start_in_thread(Options(company="empty", limits=False))
    yield running
    stop(running)


@pytest.fixture
def company(server: SandboxServer) -> Iterator[Company]:
    realm = str(uuid.uuid4().int)[:16]
    wanted = {"realm": realm, "company": "empty"}
    requests.post(f"{server.url}/_sandbox/companies", json=wanted, timeout=20).raise_for_status()
    opened = Company(server.url, realm)
    yield opened
    opened.control("DELETE", "faults")
    opened.control("DELETE", f"companies/{realm}")
    opened.http.close()
