"""The HTTP server: HTTP/1.1 with keep-alive on the standard library, because faults need the socket itself."""

from __future__ import annotations

import gzip
import socket
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from integrations.sandbox.app import Options, Sandbox
from integrations.sandbox.http import Request, Response

# Smaller answers are not worth compressing.
COMPRESSED_FROM = 1024
COMPRESSIBLE = ("application/json", "text/", "application/xml")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SandboxServer
    timeout = 75
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        response = self.server.sandbox.handle(self._request())
        if response.dropped:
            self._drop()
        else:
            self._send(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815  names of http.server

    def _request(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, self._body(self.headers))

    def _body(self, headers: Message) -> bytes:
        if "chunked" in headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = headers.get("Content-Length", "0")
        return self._exactly(int(length)) if length.isdecimal() else b""

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self._exactly(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return bytes(body)

    def _exactly(self, size: int) -> bytes:
        """A client that hangs up in the middle of its request has asked for nothing."""
        content = self.rfile.read(size)
        if len(content) < size:
            raise ConnectionAbortedError
        return content

    def _send(self, response: Response) -> None:
        content = response.content
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self._compresses(response, content):
            content = gzip.compress(content, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def _compresses(self, response: Response, content: bytes) -> bool:
        return (
            len(content) >= COMPRESSED_FROM
            and "gzip" in self.headers.get("Accept-Encoding", "")
            and response.content_type.startswith(COMPRESSIBLE)
            and bool(self.server.sandbox.switches["gzip"])
        )

    def _drop(self) -> None:
        """Cut the connection without a byte of an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  name of http.server
        """Quiet: the control API tells what was asked."""


class SandboxServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, sandbox: Sandbox, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.sandbox = sandbox
        sandbox.set_base_url(self.url)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news."""


def start_in_thread(options: Options) -> SandboxServer:
    """A running server inside this process, for tests. Stop it with ``stop``."""
    server = SandboxServer(Sandbox(options))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def stop(server: SandboxServer) -> None:
    server.shutdown()
    server.server_close()
    server.sandbox.close()
