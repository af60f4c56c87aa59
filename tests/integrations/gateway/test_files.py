"""Files on their way to QuickBooks and back: their bytes, their names, and where we let ourselves be sent."""

import io
import json
import logging
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import responses
from pytest_django import Settings

from integrations.gateway import Garbled, Gateway, NotFound, QuickBooksError, Refused, Throttled, Unreachable
from integrations.gateway.downloads import check_address, fetch_file
from integrations.gateway.uploads import CHUNK, name_part
from integrations.models import ApiUsage, Connection, Exchange
from ressio.scoping import scope
from tests.integrations.gateway.conftest import COMPANY_URL
from tests.integrations.gateway.test_client import EXPIRED, PAIR, TIME, TOKEN_URL, exchanges_of, sent_query
from tests.support.sandbox import Realm

Http = responses.RequestsMock
BYTES = b"%PDF-1.4\r\n\r\n--boundary\r\n\x00\xff\n" + bytes(range(256)) * 1000
STORED = "https://intuit-files.s3.us-west-2.amazonaws.com/a/b.pdf?X-Amz-Signature=secret"
UPLOAD_URL, DOWNLOAD_URL = f"{COMPANY_URL}/upload", f"{COMPANY_URL}/download/77"


def describe(name: str = "scan.pdf", **more: Any) -> bytes:
    return json.dumps({"FileName": name, "ContentType": "application/pdf", **more}).encode()


def upload(connection: Connection, content: Any = BYTES, name: str = "scan.pdf", **more: Any) -> Any:
    return Gateway(connection).upload(
        describe(name), content, filename=name, content_type="application/pdf", **more
    )


def download(connection: Connection, attachable_id: str = "77", limit: int = 10_000_000) -> bytes:
    into = io.BytesIO()
    Gateway(connection).download(attachable_id, into, limit=limit)
    return into.getvalue()


# Against the stand-in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [bytes, io.BytesIO])
def test_a_file_comes_back_byte_for_byte(connection: Connection, make: Any) -> None:
    row = upload(connection, make(BYTES))

    assert (row.data["FileName"], row.data["Size"]) == ("scan.pdf", len(BYTES))
    assert download(connection, row.data["Id"]) == BYTES


def test_only_the_download_is_metered(connection: Connection) -> None:
    download(connection, upload(connection).data["Id"])

    with scope(company=connection.company_id):
        usage = ApiUsage.objects.get()
        rows = list(Exchange.objects.order_by("pk").values_list("operation", "entity", "is_metered"))
    assert (usage.requests, usage.metered) == (2, 1)
    assert rows == [("upload", "Attachable", False), ("download", "Attachable", True)]


def test_an_upload_under_the_same_request_id_is_stored_once_by_the_stand_in(
    connection: Connection, realm: Realm
) -> None:
    realm.fail_next("drop_after", operation="upload")
    with pytest.raises(Unreachable):
        upload(connection, request_id="file-1")

    ids = {upload(connection, request_id="file-1").data["Id"] for _ in range(2)}

    assert [document["Id"] for document in realm.list_documents("Attachable")] == list(ids)
    assert realm.count_requests()["operations"]["upload"] == 3


def test_a_stream_is_sent_whole_again_after_a_refused_token(connection: Connection, realm: Realm) -> None:
    realm.fail_next("401", operation="upload")

    row = upload(connection, io.BytesIO(BYTES))

    assert download(connection, row.data["Id"]) == BYTES


@pytest.mark.parametrize("name", ["Zoë's invoice №7.pdf", 'a"; name="x.pdf', "a\r\nX-Evil: 1\r\n\r\n.pdf"])
def test_the_name_people_see_is_the_one_in_the_metadata(connection: Connection, name: str) -> None:
    row = upload(connection, name=name)

    assert row.data["FileName"] == name
    assert download(connection, row.data["Id"]) == BYTES


def test_a_kind_of_file_that_is_not_taken(connection: Connection) -> None:
    with pytest.raises(Refused) as caught:
        upload(connection, name="tool.exe")

    assert caught.value.code == "6041"
    assert "files of this kind" in caught.value.detail_for_people


def test_a_file_that_is_not_there(connection: Connection) -> None:
    with pytest.raises(NotFound):
        download(connection, "123")


def test_a_line_that_fails_once_while_the_address_is_asked_for(connection: Connection, realm: Realm) -> None:
    row = upload(connection)
    realm.fail_next("html502", operation="download")

    assert download(connection, row.data["Id"]) == BYTES


def test_exactly_the_limit_is_taken_and_no_byte_more(connection: Connection) -> None:
    id_ = upload(connection).data["Id"]

    assert download(connection, id_, limit=len(BYTES)) == BYTES
    with pytest.raises(Refused) as caught:
        download(connection, id_, limit=len(BYTES) - 1)

    assert caught.value.code == "too_large"
    assert str(len(BYTES) - 1) in caught.value.detail_for_people


# Uploads: single answers -----------------------------------------------------------------------------------


def test_an_upload_is_a_pair_of_parts(canned: Connection, http: Http) -> None:
    http.post(UPLOAD_URL, json={"AttachableResponse": [{"Attachable": {"Id": "5"}}], "time": TIME})

    row = upload(canned, b"content", request_id="file-1")

    request = http.calls[0].request
    kind, _, boundary = request.headers["Content-Type"].partition("; boundary=")
    sent = b"".join(request.body or ())  # type: ignore[arg-type]
    assert row.data == {"Id": "5"}
    assert kind == "multipart/form-data"
    assert sent.decode().split(f"--{boundary}") == [
        "",
        '\r\nContent-Disposition: form-data; name="file_metadata_01"\r\nContent-Type: application/json\r\n\r\n'
        + describe().decode()
        + "\r\n",
        '\r\nContent-Disposition: form-data; name="file_content_01"; filename="scan.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\ncontent\r\n",
        "--\r\n",
    ]
    assert int(request.headers["Content-Length"]) == len(sent)
    assert sent_query(http.calls[0]) == {"requestid": ["file-1"], "minorversion": ["75"]}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("scan 1 (a).pdf", "scan 1 (a).pdf"),
        ("a\r\nX-Evil: 1.pdf", "a__X-Evil_ 1.pdf"),
        ('a"; name="b\\.pdf', "a__ name=_b_.pdf"),
        ("Zoë.pdf", "Zo_.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("", "file"),
    ],
)
def test_names_of_parts_end_no_header(name: str, part: str) -> None:
    assert name_part(name) == part


@pytest.mark.parametrize(
    ("metadata", "content_type"),
    [
        (b"[]", "application/pdf"),
        (b'{"a":', "application/pdf"),
        (b"{}", "text/plain\r\nX-Evil: 1"),
        (b"{}", "pdf"),
    ],
)
def test_wrong_uploads_are_not_sent(
    canned: Connection, http: Http, metadata: bytes, content_type: str
) -> None:
    with pytest.raises(ValueError, match=r"."):
        Gateway(canned).upload(metadata, b"x", filename="x.pdf", content_type=content_type)

    assert len(http.calls) == 0


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        ({"body": requests.ConnectionError("cut")}, Unreachable),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, Unreachable),
        ({"status": 429, "body": "busy"}, Throttled),
        ({"json": {"AttachableResponse": [{"Fault": {"Error": [{"code": "6041"}]}}]}}, Refused),
        ({"json": {"Fault": {"Error": [{"code": "6030"}]}}}, Refused),
        ({"json": {"AttachableResponse": []}}, Garbled),
        ({"json": {"AttachableResponse": [{"Bill": {"Id": "1"}}]}}, Garbled),
        (
            {"json": {"AttachableResponse": [{"Attachable": {"Id": "1"}}, {"Attachable": {"Id": "2"}}]}},
            Garbled,
        ),
        ({"body": '{"AttachableResponse":[{"Attachable":{"Id":"1"'}, Garbled),
    ],
)
def test_an_upload_that_fails_is_sent_once(
    canned: Connection, http: Http, answer: dict[str, Any], family: type[Exception]
) -> None:
    http.post(UPLOAD_URL, **answer)

    with pytest.raises(family):
        upload(canned)

    assert len(http.calls) == len(exchanges_of(canned)) == 1


class Shrinking(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return b"" if self.tell() >= CHUNK else super().read(size)


def test_a_file_that_became_shorter_does_not_hang(connection: Connection, realm: Realm) -> None:
    with pytest.raises(Unreachable):
        upload(connection, Shrinking(b"x" * 4 * CHUNK))

    assert realm.list_documents("Attachable") == []


# Downloads: where we go ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        STORED,
        "https://amazonaws.com/x",
        "https://Files.Intuit.COM:443/x?y#z",
    ],
)
def test_hosts_that_are_known(settings: Settings, address: str) -> None:
    settings.QBO_API_BASE_URL = "https://quickbooks.api.intuit.com"

    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://files.amazonaws.com/x",
        "ftp://files.amazonaws.com/x",
        "file:///etc/passwd",
        "https:///x",
        "https://evil.com/x",
        "https://evilamazonaws.com/x",
        "https://amazonaws.com.evil.com/x",
        "https://amazonaws.com./x",
        "https://user@files.amazonaws.com/x",
        "https://files.amazonaws.com@evil.com/x",
        "https://evil.com\\.amazonaws.com/x",
        "https://evil.com\\@files.amazonaws.com/x",
        "https://evil.com%2f.amazonaws.com/x",
        "https://evil.com#.amazonaws.com/x",
        "https://files.amazonaws.com:22/x",
        "https://files.amazonaws.com:x/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.9/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://[::1/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:9050/x",
        "http://localhost/x",
    ],
)
def test_hosts_that_are_not(settings: Settings, address: str) -> None:
    settings.QBO_API_BASE_URL = "https://quickbooks.api.intuit.com"
    # A number stays refused even where an operator has named it.
    settings.QBO_DOWNLOAD_HOSTS = ["amazonaws.com", "intuit.com", "10.0.0.9", ""]

    with pytest.raises(Refused) as caught:
        check_address(address)

    assert caught.value.code == "download_host"
    assert "does not fetch" in caught.value.detail_for_people


@pytest.mark.parametrize(
    ("address", "is_fine"),
    [
        ("http://127.0.0.1:9050/files/x", True),
        ("http://127.0.0.1:9051/files/x", False),
        ("http://127.0.0.1/files/x", False),
        ("https://127.0.0.1:9050/files/x", False),
        ("http://localhost:9050/files/x", False),
        ("http://a@127.0.0.1:9050/files/x", False),
        ("http://127.0.0.2:9050/files/x", False),
    ],
)
def test_a_stand_in_on_this_machine_is_that_one_only(settings: Settings, address: str, is_fine: bool) -> None:
    settings.QBO_API_BASE_URL = "http://127.0.0.1:9050"

    if is_fine:
        check_address(address)
    else:
        with pytest.raises(Refused, match="download_host"):
            check_address(address)


def test_an_api_elsewhere_lends_its_host_to_no_file(settings: Settings) -> None:
    settings.QBO_API_BASE_URL = "http://10.0.0.9:9050"

    with pytest.raises(Refused, match="download_host"):
        check_address("http://10.0.0.9:9050/files/x")


def test_the_file_is_fetched_without_our_token(
    canned: Connection, http: Http, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password hers\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    http.get(DOWNLOAD_URL, body=f"{STORED}\n", content_type="text/plain", headers={"Set-Cookie": "a=b"})
    http.get(STORED, body=BYTES)

    assert download(canned) == BYTES

    asked, fetched = (call.request.headers for call in http.calls)
    assert asked["Authorization"] == "Bearer access-one"
    assert "Authorization" not in fetched
    assert "Cookie" not in fetched
    assert fetched["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("answer", "family", "code"),
    [
        ({"status": 302, "headers": {"Location": "https://evil.com/x"}}, Refused, "download_host"),
        ({"status": 307, "headers": {"Location": STORED}}, Refused, "download_host"),
        ({"status": 403, "body": "<Error>Request has expired</Error>"}, Refused, "403"),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, Unreachable, "502"),
        ({"status": 429, "body": "SlowDown"}, Unreachable, "429"),
        ({"body": requests.ConnectTimeout(STORED)}, Unreachable, "ConnectTimeout"),
        ({"body": b"x" * 101}, Refused, "too_large"),
        ({"body": b"", "headers": {"Content-Length": "101"}, "auto_calculate_content_length": False},
         Refused, "too_large"),
    ],
)  # fmt: skip
def test_what_comes_instead_of_the_file(
    canned: Connection, http: Http, answer: dict[str, Any], family: type[QuickBooksError], code: str
) -> None:
    http.get(DOWNLOAD_URL, body=STORED, content_type="text/plain")
    http.get(STORED, **answer)

    with pytest.raises(family) as caught:
        download(canned, limit=100)

    assert caught.value.code == code
    assert STORED not in f"{caught.value!r} {caught.value} {caught.value.detail_for_people}"
    assert caught.value.__cause__ is None
    assert len(http.calls) == 2


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        ({"body": "https://evil.com/x"}, Refused),
        ({"body": "file:///etc/passwd"}, Refused),
        ({"json": {"Fault": {"Error": [{"code": "610"}]}}}, NotFound),
        ({"json": {"time": TIME}}, Garbled),
        ({"body": "<html>Sign in</html>"}, Garbled),
        ({"body": ""}, Garbled),
        ({"body": f"{STORED}\r\nhttps://evil.com/x"}, Garbled),
    ],
)
def test_an_answer_that_is_no_address_we_follow(
    canned: Connection, http: Http, answer: dict[str, Any], family: type[Exception]
) -> None:
    http.get(DOWNLOAD_URL, **answer)

    with pytest.raises(family):
        download(canned)

    assert len(http.calls) == 1


def test_a_401_while_the_address_is_asked_for_renews_the_token(canned: Connection, http: Http) -> None:
    http.get(DOWNLOAD_URL, status=401, json=EXPIRED)
    http.post(TOKEN_URL, json=PAIR)
    http.get(DOWNLOAD_URL, body=STORED)
    http.get(STORED, body=b"x")

    assert download(canned) == b"x"


@pytest.mark.parametrize("id_", ["", "../bill/1", "7?x=1", "7/8", "٧"])
def test_ids_that_would_ask_for_something_else(canned: Connection, http: Http, id_: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        download(canned, id_)

    assert len(http.calls) == 0


def test_the_address_is_written_nowhere(
    connection: Connection, realm: Realm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = upload(connection)
    address = row.data["TempDownloadUri"]

    download(connection, row.data["Id"])
    with pytest.raises(Refused):
        download(connection, row.data["Id"], limit=1)

    assert "download" in caplog.text
    assert "Amz" not in caplog.text
    with scope(company=connection.company_id):
        stored = str(list(Exchange.objects.values()))
    assert "Amz" not in stored
    assert "http" not in stored
    assert "Amz" in address


# Downloads: how the line fails -----------------------------------------------------------------------------


@contextmanager
def serve_raw(settings: Settings, *pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server on this machine that sends these bytes with pauses between them, then hangs up."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            try:
                for piece in pieces:
                    self.wfile.write(piece)
                    time.sleep(pause)
            except OSError:
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.QBO_API_BASE_URL = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield f"{settings.QBO_API_BASE_URL}/files/x"
        finally:
            server.shutdown()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [(HEAD, b"x" * 60), (HEAD,), (CHUNKED, b"5\r\nhello\r\n"), (CHUNKED, b"5\r\nhel"), (b"HTTP/",), ()],
)
def test_a_file_that_is_cut_off_is_no_file(settings: Settings, pieces: tuple[bytes, ...]) -> None:
    with serve_raw(settings, *pieces) as address, pytest.raises(Unreachable):
        fetch_file(address, io.BytesIO(), limit=1000)


def test_a_whole_file_in_chunks_and_its_limit(settings: Settings) -> None:
    pieces = (CHUNKED, b"5\r\nhello\r\n", b"0\r\n\r\n")
    into, short = io.BytesIO(), io.BytesIO()

    with serve_raw(settings, *pieces) as address:
        fetch_file(address, into, limit=5)
        with pytest.raises(Refused, match="too_large"):
            fetch_file(address, short, limit=4)

    assert into.getvalue() == b"hello"
    assert len(short.getvalue()) <= 4


def test_a_file_packed_in_spite_of_us_is_unpacked_within_the_limit(settings: Settings) -> None:
    import gzip

    packed = gzip.compress(bytes(50_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    into = io.BytesIO()

    with serve_raw(settings, head, packed) as address, pytest.raises(Refused, match="too_large"):
        fetch_file(address, into, limit=100_000)

    assert len(into.getvalue()) <= 100_000


def test_silence_ends(settings: Settings) -> None:
    settings.QBO_READ_TIMEOUT = 0.2

    with serve_raw(settings, HEAD, b"x", pause=1.0) as address, pytest.raises(Unreachable):
        fetch_file(address, io.BytesIO(), limit=1000)


def test_a_trickle_ends(settings: Settings) -> None:
    settings.QBO_DOWNLOAD_TIMEOUT = 0.3
    started = time.monotonic()

    with (
        serve_raw(settings, HEAD, *[b"x"] * 100, pause=0.05) as address,
        pytest.raises(Unreachable, match="download_timeout"),
    ):
        fetch_file(address, io.BytesIO(), limit=1000)

    assert time.monotonic() - started < 3


def test_a_full_disk_is_not_taken_for_quickbooks_silence(settings: Settings) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any, /) -> int:
            raise OSError("No space left on device")

    with serve_raw(settings, HEAD, b"x" * 100) as address, pytest.raises(OSError, match="No space"):
        fetch_file(address, Full(), limit=1000)
