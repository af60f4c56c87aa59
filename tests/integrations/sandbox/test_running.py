"""Started as a program: ready line, signals, state that survives, both ways to start; and the socket itself."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from integrations.sandbox.server import SandboxServer
from tests.integrations.sandbox.client import Company, identity

REALM = "9341450000000001"


@contextmanager
def running(*options: str, module: bool = True) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    start = ["-m", "integrations.sandbox"] if module else ["manage.py", "quickbooks_sandbox"]
    command = [sys.executable, *start, "--port", "0", "--company", "empty", "--no-limits", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"sandbox ready on (http://127\.0\.0\.1:\d+)\n", line)
        assert found is not None, line
        try:
            yield found[1], process
        finally:
            process.send_signal(signal.SIGKILL) if process.poll() is None else None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(number: signal.Signals) -> None:
    with running() as (_, process):
        process.send_signal(number)

        assert process.wait(10) == 0


@pytest.mark.slow
def test_manage_command_starts_the_same_server() -> None:
    with running(module=False) as (url, process):
        assert requests.get(f"{url}/_sandbox/health", timeout=20).json()["default_realm"] == REALM
        process.terminate()
        assert process.wait(10) == 0


def test_state_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "books.sqlite3")
    with running("--state", path) as (url, process):
        company = Company(url, REALM)
        vendor = company.vendor()
        gone, kept = company.bill(vendor), company.bill(vendor)
        company.post("bill", identity(gone), operation="delete")
        answer = company.post("vendor", {"DisplayName": "Once"}, requestid="r1")
        files = {"file_content_0": ("a.txt", b"hello", "text/plain")}
        file_id = company.http.post(f"{company.api}/upload", files=files, timeout=20).json()
        company.control("POST", "clock", {"minutes": 5})
        other = company.control("POST", "companies", {"company": "empty"})["realm"]
        access = company.http.headers["Authorization"]
        process.terminate()
        assert process.wait(10) == 0

    with running("--state", path) as (url, _):
        company = Company(url, REALM)
        company.http.headers["Authorization"] = access
        assert company.read("Bill", kept["Id"]) == kept
        assert company.control("GET", "deleted/Bill") == [gone["Id"]]
        assert company.bill(vendor)["Id"] == str(int(kept["Id"]) + 1)
        assert company.post("vendor", {"DisplayName": "Once"}, requestid="r1").text == answer.text
        link = company.read("Attachable", file_id["AttachableResponse"][0]["Attachable"]["Id"])[
            "TempDownloadUri"
        ]
        assert requests.get(link, timeout=20).content == b"hello"
        assert company.control("GET", "clock")["offset_seconds"] == 300
        assert other in [found["realm"] for found in company.control("GET", "companies")["companies"]]


def test_a_killed_process_loses_no_document(tmp_path: Path) -> None:
    path = str(tmp_path / "books.sqlite3")
    with running("--state", path) as (url, process):
        vendor = Company(url, REALM).vendor()
        process.kill()
        process.wait(10)

    with running("--state", path) as (url, _):
        assert Company(url, REALM).read("Vendor", vendor["Id"]) == vendor


def test_a_file_that_holds_no_books_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear bookkeeper, " * 100)
    command = [sys.executable, "-m", "integrations.sandbox", "--port", "0", "--state", str(path)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert f"cannot start on port 0 with {path}" in ended.stderr


def test_it_needs_no_django_settings() -> None:
    code = "import sys; import integrations.sandbox.cli; sys.exit('django' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


# The socket


def connection(server: SandboxServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(str(urlsplit(server.url).netloc), timeout=20)


def test_one_connection_serves_many_requests(server: SandboxServer, company: Company) -> None:
    link = connection(server)
    for _ in range(3):
        link.request("GET", "/_sandbox/health")
        answer = link.getresponse()
        assert answer.status == 200
        assert b"ready" in answer.read()
        assert link.sock is not None
    link.close()


def test_a_client_that_wants_to_close_is_told_so(server: SandboxServer, company: Company) -> None:
    link = connection(server)
    link.request("GET", "/_sandbox/health", headers={"Connection": "close"})

    assert link.getresponse().headers["Connection"] == "close"
    link.close()


def test_long_answers_are_compressed_when_accepted(server: SandboxServer, company: Company) -> None:
    headers = {"Authorization": str(company.http.headers["Authorization"]), "Accept": "application/json"}
    path = f"/v3/company/{company.realm}/query?query=select%20*%20from%20Account"
    link = connection(server)

    link.request("GET", path, headers={**headers, "Accept-Encoding": "gzip"})
    packed = link.getresponse()
    content = packed.read()
    link.request("GET", path, headers=headers)
    plain = link.getresponse()

    assert packed.headers["Content-Encoding"] == "gzip"
    assert b'"QueryResponse"' in gzip.decompress(content)
    assert plain.headers["Content-Encoding"] is None
    assert b'"QueryResponse"' in plain.read()
    link.close()


def test_chunked_bodies_are_read(server: SandboxServer, company: Company) -> None:
    headers = {
        "Authorization": str(company.http.headers["Authorization"]),
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    link = connection(server)
    body = iter([b'{"Display', b'Name": "Chunky"}'])

    link.request(
        "POST", f"/v3/company/{company.realm}/vendor", body=body, headers=headers, encode_chunked=True
    )

    assert link.getresponse().status == 200
    link.close()
    assert company.rows("select * from Vendor")[0]["DisplayName"] == "Chunky"
