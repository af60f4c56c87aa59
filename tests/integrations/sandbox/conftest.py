"""One server in this process for all tests of the stand-in; books of its own for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import requests

from integrations.sandbox.app import Options
from integrations.sandbox.server import SandboxServer, start_in_thread, stop
from tests.integrations.sandbox.client import Company


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
