"""The command line, the same for ``manage.py quickbooks_sandbox`` and ``python -m integrations.sandbox``."""

from __future__ import annotations

import signal
import sqlite3
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Mapping
from threading import Thread
from types import FrameType
from typing import Any

from integrations.sandbox.app import Options, Sandbox
from integrations.sandbox.companies import NAMES
from integrations.sandbox.server import SandboxServer


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
    parser.add_argument("--port", type=int, default=9050, help="Port to listen on; 0 picks a free one.")
    parser.add_argument(
        "--company", choices=NAMES, default="demo", help="Company a fresh server starts with."
    )
    parser.add_argument("--state", default=":memory:", help="SQLite file that survives a restart.")
    parser.add_argument("--latency-ms", type=float, default=0, help="Wait this long with each API request.")
    parser.add_argument("--per-row-ms", type=float, default=0, help="Wait this much more per returned row.")
    parser.add_argument(
        "--limits", action=BooleanOptionalAction, default=True, help="Throttle as Intuit does."
    )


def run(values: Mapping[str, Any]) -> None:
    """Serve until SIGTERM or SIGINT; then answer what is running, save the state and return."""
    options = Options(
        company=values["company"],
        state=values["state"],
        latency_ms=values["latency_ms"],
        per_row_ms=values["per_row_ms"],
        limits=values["limits"],
    )
    server = open_server(options, values["port"], values["host"])
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: _stop(server, number, frame))
    sys.stdout.write(f"sandbox ready on {server.url}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    server.sandbox.close()


def open_server(options: Options, port: int, host: str) -> SandboxServer:
    """A taken port or a file that is none of ours is said in a line, without a traceback."""
    try:
        return SandboxServer(Sandbox(options), port, host)
    except (OSError, OverflowError, ValueError, sqlite3.Error) as problem:
        raise SystemExit(f"The sandbox cannot start on port {port} with {options.state}: {problem}") from None


def _stop(server: SandboxServer, number: int, frame: FrameType | None) -> None:
    """shutdown() waits for serve_forever, which runs in this very thread: so from another one."""
    Thread(target=server.shutdown, daemon=True).start()
