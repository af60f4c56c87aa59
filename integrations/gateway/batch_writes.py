"""Writes that travel together: one request, up to 30 items, each of which succeeds or fails on its own.

The batch is no transaction (transport 6): QuickBooks answers 200 even if every item was refused. It remembers
each item under requestid + bId, so the same bytes under the same ids may be sent again.
"""

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple

from integrations.gateway.calls import JSON, MOST_STATEMENTS, check_document, check_options
from integrations.gateway.transport import Call

# Together they are the key under which QuickBooks remembers an item; longer ones are refused with 2130.
LONGEST_REQUEST_ID = 36
LONGEST_BID = 10
OPERATIONS = ("create", "update", "delete", "void")

# How each entity is voided inside a batch: its operation and `optionsData`. Bill answers a system fault,
# JournalEntry says nothing and does nothing, others cannot be voided at all.
BATCH_VOIDS = {
    "Invoice": ("void", ""),
    "Payment": ("update", "void"),
    "SalesReceipt": ("update", "void"),
    "BillPayment": ("update", "void"),
}


class BatchWrite(NamedTuple):
    """One write of a batch. `bid` names its answer; `payload` is one JSON object and travels byte for byte;
    `options` are the words that a single write takes as `include`, with commas between them.
    """

    bid: str
    operation: Literal["create", "update", "delete", "void"]
    entity: str
    payload: bytes
    options: str = ""


def build_batch_write_call(items: Sequence[BatchWrite], request_id: str) -> Call:
    check_batch(items, request_id)
    return Call(
        "batch",
        "batch",
        f"{len(items)} writes",
        method="POST",
        params={"requestid": request_id},
        body=b'{"BatchItemRequest":[' + b",".join(map(compose_item, items)) + b"]}",
        content_type=JSON,
        is_write=True,
        is_batch=True,  # and metered: Intuit bills the whole of /batch, even if it only brings data in
    )


def compose_item(item: BatchWrite) -> bytes:
    """JSON by hand around the payload: written anew, it would no longer be what was frozen."""
    operation, options = choose_operation(item)
    head = {"bId": item.bid, "operation": operation, **({"optionsData": options} if options else {})}
    before = f'{json.dumps(head)[:-1]},"{item.entity}":'
    return before.encode() + item.payload + b"}"


def choose_operation(item: BatchWrite) -> tuple[str, str]:
    if item.operation != "void":
        return item.operation, item.options
    if item.entity not in BATCH_VOIDS:
        raise ValueError(f"QuickBooks cannot void a {item.entity} in a batch.")
    operation, options = BATCH_VOIDS[item.entity]
    return operation, ",".join(filter(None, (options, item.options)))


def check_batch(items: Sequence[BatchWrite], request_id: str) -> None:
    if not 0 < len(items) <= MOST_STATEMENTS:
        raise ValueError(f"A batch takes 1 to {MOST_STATEMENTS} writes.")
    if not 0 < len(request_id) <= LONGEST_REQUEST_ID:
        raise ValueError(f"The request id of a batch has 1 to {LONGEST_REQUEST_ID} characters.")
    if len({item.bid for item in items}) != len(items):
        raise ValueError("Each write of a batch needs a bid of its own.")
    for item in items:
        check_item(item)


def check_item(item: BatchWrite) -> None:
    if not 0 < len(item.bid) <= LONGEST_BID:
        raise ValueError(f"A bid has 1 to {LONGEST_BID} characters.")
    if item.operation not in OPERATIONS:
        raise ValueError(f"A batch knows no operation {item.operation!r}.")
    if not (item.entity.isascii() and item.entity.isalpha()):
        raise ValueError("The write names no entity.")
    check_options(item.options)
    check_document(item.payload)
