"""The network between the workers and QuickBooks: it passes everything on, and fails at the next write when told to.

The first part of the path says which worker asks; QuickBooks never sees it.
"""

import http.client
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

CUT_BEFORE = "connection cut before the commit"
CUT_AFTER = "connection cut after the commit"
ERROR_AFTER = "5xx after the commit"
KILL_BEFORE = "killed as the request leaves"
KILL_DURING = "killed while the request is in flight"
KILL_AFTER = "killed just after the answer"
NETWORK_FAULTS = (CUT_BEFORE, CUT_AFTER, ERROR_AFTER, KILL_BEFORE, KILL_DURING, KILL_AFTER)
NEVER_REACHES = (CUT_BEFORE, KILL_BEFORE)
KILLS = (KILL_BEFORE, KILL_DURING, KILL_AFTER)
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
TIMEOUT = 30


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    content: bytes


BAD_GATEWAY = Answer(503, [("Content-Type", "text/html")], b"<html>Service unavailable</html>")


class Network(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, quickbooks_url: str, kill: Callable[[str], object]) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.quickbooks = urlsplit(quickbooks_url).netloc
        self.kill = kill
        self.armed: deque[tuple[str, float]] = deque()
        self.lock = threading.Lock()
        self.fired = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def arm(self, fault: str, delay: float) -> None:
        """For the next write. `delay`: seconds between the answer and the death, where that matters."""
        with self.lock:
            self.armed.append((fault, delay))

    def disarm(self) -> list[str]:
        with self.lock:
            left = [fault for fault, _ in self.armed]
            self.armed.clear()
            return left

    def is_pending(self, fault: str) -> bool:
        with self.lock:
            return any(fault == each for each, _ in self.armed)

    def take(self) -> tuple[str, float]:
        with self.lock:
            return self.armed.popleft() if self.armed else ("", 0.0)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that is dead does not read its answer."""


class Passage(BaseHTTPRequestHandler):
    """One connection of one worker."""

    protocol_version = "HTTP/1.1"
    server: Network
    disable_nagle_algorithm = True
    wbufsize = -1

    def _pass_on(self) -> None:
        worker, _, path = self.path.removeprefix("/").partition("/")
        body = self._read_body()
        fault, delay = self.server.take() if "requestid=" in path else ("", 0.0)
        if fault == KILL_BEFORE:
            self.server.kill(worker)
        if fault in NEVER_REACHES:
            self._hang_up()
            return
        answer = self._ask(
            f"/{path}", body, at_hand=lambda: fault == KILL_DURING and self.server.kill(worker)
        )
        if fault in (CUT_AFTER, KILL_DURING):
            self._hang_up()
            return
        self._answer(BAD_GATEWAY if fault == ERROR_AFTER else answer)
        if fault == KILL_AFTER:
            time.sleep(delay)
            self.server.kill(worker)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815  names of http.server

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def _ask(self, path: str, body: bytes, *, at_hand: Callable[[], object]) -> Answer:
        """`at_hand` is called once QuickBooks has the request and before its answer is read."""
        quickbooks = http.client.HTTPConnection(self.server.quickbooks, timeout=TIMEOUT)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        quickbooks.request(self.command, path, body=body or None, headers=headers)
        at_hand()
        response = quickbooks.getresponse()
        passed = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
        answer = Answer(response.status, passed, response.read())
        quickbooks.close()
        return answer

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  name of http.server
        """Quiet."""
