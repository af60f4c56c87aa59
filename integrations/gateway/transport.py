"""One HTTP request. Knows nothing of documents, tokens' lives, limits or retries."""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from integrations.gateway.faults import Unreachable
from integrations.gateway.options import option

MINOR_VERSION = "75"
BASE_HEADERS = {
    "Accept": "application/json",  # QuickBooks answers XML otherwise
    "Accept-Encoding": "gzip",
    "User-Agent": "Ressio",
}

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the Accounting API, under `/v3/company/{realm}/`. `operation` and `entity` are for the
    record.
    """

    operation: str
    path: str
    entity: str = ""
    method: str = "GET"
    params: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] | None = None
    content_type: str = ""
    is_metered: bool = True
    is_write: bool = False
    is_batch: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    intuit_tid: str = ""
    date: str = ""
    retry_after: str = ""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class BearerAuth(AuthBase):
    """As `auth`, not as a header: requests lets a .netrc entry replace a mere header."""

    token: str

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def send(call: Call, *, realm_id: str, token: str) -> Answer:
    """Raises Unreachable when there is no whole answer. `status` decides nothing here."""
    try:
        response = get_session().request(
            call.method,
            f"{settings.QBO_API_BASE_URL}/v3/company/{realm_id}/{call.path}",
            params={**call.params, "minorversion": MINOR_VERSION},
            data=call.body,
            headers={"Content-Type": call.content_type} if call.content_type else None,
            auth=BearerAuth(token),
            timeout=(option("QBO_CONNECT_TIMEOUT"), option("QBO_READ_TIMEOUT")),
            allow_redirects=False,
        )
    except (requests.RequestException, OSError) as error:
        # `from None`: the text of these errors holds the URL, and with it the realm and the statement.
        raise Unreachable(type(error).__name__) from None
    return make_answer(response)


def make_answer(response: requests.Response) -> Answer:
    return Answer(
        status=response.status_code,
        text=response.content.decode("utf-8", errors="replace"),
        intuit_tid=response.headers.get("intuit_tid", ""),
        date=response.headers.get("Date", ""),
        retry_after=response.headers.get("Retry-After", ""),
    )


def get_session() -> requests.Session:
    """One for each thread, kept alive: a session is not safe to share, and a new connection costs round
    trips. A forked worker must not speak on its parent's.
    """
    if getattr(_local, "process", None) != os.getpid():
        _local.process, _local.session = os.getpid(), build_session()
    session: requests.Session = _local.session
    return session


def build_session() -> requests.Session:
    session = requests.Session()
    session.headers.update(BASE_HEADERS)
    adapter = partial(HTTPAdapter, pool_connections=2, pool_maxsize=1, max_retries=0)
    session.mount("https://", adapter())
    session.mount("http://", adapter())
    return session
