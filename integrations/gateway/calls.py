"""Each operation of the Accounting API as a request: path, parameters, body."""

import json
from collections.abc import Sequence
from datetime import datetime

from integrations.gateway.quoting import LONGEST_IN_ADDRESS, format_moment
from integrations.gateway.transport import Call

JSON = "application/json"
MOST_STATEMENTS = 30

# How each entity is voided; others cannot be, and must not be tried: some answer 200 and do nothing.
VOID_PARAMS = {
    "Invoice": {"operation": "void"},
    "Payment": {"operation": "void"},
    "SalesReceipt": {"operation": "update", "include": "void"},
    "BillPayment": {"operation": "update", "include": "void"},
}


def build_query_call(statement: str, entity: str) -> Call:
    if len(statement) <= LONGEST_IN_ADDRESS:
        return Call("query", "query", entity, params={"query": statement})
    body = statement.encode()
    return Call("query", "query", entity, method="POST", body=body, content_type="application/text")


def build_batch_call(statements: Sequence[str]) -> Call:
    if not 0 < len(statements) <= MOST_STATEMENTS:
        raise ValueError(f"A batch takes 1 to {MOST_STATEMENTS} statements.")
    items = [{"bId": name_item(index), "Query": statement} for index, statement in enumerate(statements)]
    body = json.dumps({"BatchItemRequest": items}).encode()
    return Call(
        "batch",
        "batch",
        f"{len(items)} queries",
        method="POST",
        body=body,
        content_type=JSON,
        is_batch=True,
    )


def name_item(index: int) -> str:
    return f"q{index}"


def build_changes_call(entities: Sequence[str], since: datetime) -> Call:
    names = ",".join(entities)
    return Call("cdc", "cdc", names, params={"entities": names, "changedSince": format_moment(since)})


def build_read_call(entity: str, id: str) -> Call:  # noqa: A002
    path = f"{entity.lower()}/{id}" if id else entity.lower()
    return Call("read", path, entity)


def build_write_call(operation: str, entity: str, payload: bytes, request_id: str) -> Call:
    params = {} if operation == "create" else {"operation": operation}
    return make_write(operation, entity, payload, {**params, "requestid": request_id})


def build_void_call(entity: str, payload: bytes, request_id: str) -> Call:
    if entity not in VOID_PARAMS:
        raise ValueError(f"QuickBooks cannot void a {entity}.")
    return make_write("void", entity, payload, {**VOID_PARAMS[entity], "requestid": request_id})


def make_write(operation: str, entity: str, payload: bytes, params: dict[str, str]) -> Call:
    return Call(
        operation,
        entity.lower(),
        entity,
        method="POST",
        params=params,
        body=payload,
        content_type=JSON,
        is_metered=False,  # bringing data in is free
    )
