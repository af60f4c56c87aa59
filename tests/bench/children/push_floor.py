"""The floor of sending bills, or time: the same bodies in the same batches, one after the other, and nothing else.

Reads its orders from standard input: {"url", "token", "batches", "entity"}; bills unless said otherwise.
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
    session, entity = get_session(orders["token"]), orders.get("entity", "Bill")
    started = time.perf_counter()
    made = 0
    for documents in orders["batches"]:
        items = [
            {"bId": str(place), "operation": "create", entity: document}
            for place, document in enumerate(documents, 1)
        ]
        answer = session.post(
            orders["url"],
            params={"requestid": uuid.uuid4().hex, "minorversion": "75"},
            json={"BatchItemRequest": items},
            timeout=125,
        )
        answer.raise_for_status()
        made += sum(entity in item for item in answer.json()["BatchItemResponse"])
    hand_back(made=made, seconds=time.perf_counter() - started)


if __name__ == "__main__":
    main()
