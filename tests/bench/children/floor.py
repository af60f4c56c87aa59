"""The floor of a full pull: fetch and parse the same pages eight at a time, keep nothing.

No limiter, no records, no database; one HTTP session a thread and the standard library's own JSON reader.
Reads its orders from standard input: {"url", "token", "pages", "per_second"}.
"""

import json
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import requests

from tests.bench.children.base import hand_back

AT_ONCE = 8
WINDOW_SECONDS = 1.05

local = threading.local()


class Pace:
    """The production pace in its simplest form: at most so many starts in any window. 0 = no limit."""

    def __init__(self, per_second: int) -> None:
        self.starts: deque[float] = deque(maxlen=per_second)
        self.lock = threading.Lock()

    def wait(self) -> None:
        if self.starts.maxlen == 0:
            return
        with self.lock:
            if len(self.starts) == self.starts.maxlen:
                time.sleep(max(0.0, self.starts[0] + WINDOW_SECONDS - time.monotonic()))
            self.starts.append(time.monotonic())


def main() -> None:
    orders: dict[str, Any] = json.load(sys.stdin)
    pace = Pace(orders["per_second"])

    def fetch(statement: str) -> int:
        pace.wait()
        answer = get_session(orders["token"]).get(
            orders["url"], params={"query": statement, "minorversion": "75"}, timeout=125
        )
        answer.raise_for_status()
        parsed = json.loads(answer.content.decode(), parse_float=Decimal)["QueryResponse"]
        return sum(len(rows) for rows in parsed.values() if isinstance(rows, list))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        hand_back(rows=sum(pool.map(fetch, orders["pages"])))


def get_session(token: str) -> requests.Session:
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.headers.update(
            {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "gzip"}
        )
    session: requests.Session = local.session
    return session


if __name__ == "__main__":
    main()
