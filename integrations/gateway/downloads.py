"""A file of QuickBooks, fetched from the temporary address that QuickBooks names (transport 10.3).

The address comes from outside and opens the file to anybody for 15 minutes. So it is followed only to hosts
we know, without our token, and is neither logged nor stored; that is also why faults here never quote it.
"""

import ipaddress
import re
import time
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from integrations.gateway.faults import Refused, Unreachable
from integrations.gateway.options import option
from integrations.gateway.transport import Call

CHUNK = 64 * 1024
# A name and perhaps a port, nothing else: parsers do not agree on where an odd host ends.
PLAIN_HOST = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z0-9-]+(?::443)?", re.IGNORECASE)
# As it is, not unpacked on the way: a small answer must not become a large file.
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Ressio"}


class NoAuth(AuthBase):
    """No token, and no password either: without an `auth` requests would look for one in a .netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def build_download_call(attachable_id: str) -> Call:
    """Answers with an address in plain text. Metered, like every read."""
    if not (attachable_id.isascii() and attachable_id.isalnum()):
        raise ValueError("That is no id of an attachment.")
    return Call("download", f"download/{attachable_id}", "Attachable")


def fetch_file(address: str, into: BinaryIO, *, limit: int) -> None:
    """Once, in pieces. `into` holds at most `limit` bytes, and on a failure perhaps a part of the file."""
    check_address(address)
    deadline = time.monotonic() + option("QBO_DOWNLOAD_TIMEOUT")
    # A session of its own: neither cookies of QuickBooks go there nor cookies from there come back.
    with requests.Session() as session, open_address(session, address) as response:
        check_answer(response, limit=limit)
        size = 0
        for chunk in read_chunks(response, deadline=deadline):
            size += len(chunk)
            if size > limit:
                raise refuse_size(limit)
            into.write(chunk)


def open_address(session: requests.Session, address: str) -> requests.Response:
    try:
        return session.get(
            address,
            headers=HEADERS,
            auth=NoAuth(),
            timeout=(option("QBO_CONNECT_TIMEOUT"), option("QBO_READ_TIMEOUT")),
            allow_redirects=False,
            stream=True,
        )
    except (requests.RequestException, OSError) as error:
        # `from None`: the text of these errors holds the address.
        raise Unreachable(type(error).__name__) from None


def read_chunks(response: requests.Response, *, deadline: float) -> Iterator[bytes]:
    """`read1` gives what has come instead of waiting for a full piece, so a trickle meets the deadline."""
    try:
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            if time.monotonic() > deadline:
                raise Unreachable("download_timeout")
            yield chunk
    except (HTTPError, OSError) as error:
        raise Unreachable(type(error).__name__) from None


def check_answer(response: requests.Response, *, limit: int) -> None:
    status = response.status_code
    if 300 <= status < 400:
        raise refuse_host(status)
    if status == 429 or status >= 500:
        raise Unreachable(str(status), status=status)
    if status != 200:
        raise Refused(str(status), status=status)
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > limit:
        raise refuse_size(limit)


# Where we let ourselves be sent ----------------------------------------------------------------------------


def check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise refuse_host() from None
    if not (is_stand_in_host(parts) or is_known_host(parts)):
        raise refuse_host()


def is_stand_in_host(parts: SplitResult) -> bool:
    """The very host and port of a stand-in on this machine, and only while the API itself is there."""
    api = urlsplit(settings.QBO_API_BASE_URL)
    return is_loopback(api.hostname or "") and (parts.scheme, parts.netloc) == (api.scheme, api.netloc)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_known_host(parts: SplitResult) -> bool:
    """https only, a name and no number, and no name or password in front of it."""
    if parts.scheme != "https" or not PLAIN_HOST.fullmatch(parts.netloc):
        return False
    host = parts.netloc.lower().partition(":")[0]
    if host.rpartition(".")[2].isdecimal():
        return False
    known = [name.strip().lower() for name in settings.QBO_DOWNLOAD_HOSTS]
    return any(host == name or host.endswith(f".{name}") for name in known if name)


def refuse_host(status: int = 0) -> Refused:
    sentence = (
        "QuickBooks Online named a place for this file that Ressio does not fetch from. Open the file in "
        "QuickBooks Online, and tell support."
    )
    return Refused("download_host", status=status, detail_for_people=sentence)


def refuse_size(limit: int) -> Refused:
    sentence = f"This file is larger than {describe_size(limit)}, the most that Ressio fetches."
    return Refused("too_large", detail_for_people=sentence)


def describe_size(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size} bytes"
