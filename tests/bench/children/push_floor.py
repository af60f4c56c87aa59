"""The floor of sending bills: the same bodies in the same batches, one after the other, and nothing else.

Reads its orders from standard input: {"url", "token", "batches"}.
"""

import json
import sys
import time
import uuid
from typing import Any

from tests.bench.children.base import hand_back
from tests.bench.children.floor import get_session


def main() -> None:
    orders: dict[str, Any] = json.load(sys.stdin)
    session = get_session(orders["token"])
    started = time.perf_counter()
    made = 0
    for bills in orders["batches"]:
        items = [
            {"bId": str(place), "operation": "create", "Bill": bill} for place, bill in enumerate(bills, 1)
        ]
        answer = session.post(
            orders["url"],
            params={"requestid": uuid.uuid4().hex, "minorversion": "75"},
            json={"BatchItemRequest": items},
            timeout=125,
        )
        answer.raise_for_status()
        made += sum("Bill" in item for item in answer.json()["BatchItemResponse"])
    hand_back(made=made, seconds=time.perf_counter() - started)


if __name__ == "__main__":
    main()
