"""Each operation of the Accounting API as a request: path, parameters, body."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
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


def build_write_call(operation: str, entity: str, payload: bytes, request_id: str, options: str = "") -> Call:
    """`options` become `include`: words such as `allowduplicatedocnum`, with commas between them."""
    check_options(options)
    params = {} if operation == "create" else {"operation": operation}
    if options:
        params["include"] = options
    return make_write(operation, entity, payload, {**params, "requestid": request_id})


def build_void_call(entity: str, payload: bytes, request_id: str) -> Call:
    if entity not in VOID_PARAMS:
        raise ValueError(f"QuickBooks cannot void a {entity}.")
    return make_write("void", entity, payload, {**VOID_PARAMS[entity], "requestid": request_id})


def build_tax_code_call(payload: bytes, request_id: str) -> Call:
    """TaxService: a tax code and its rates in one request. JSON only, and no operation but this one."""
    call = make_write("create", "TaxCode", payload, {"requestid": request_id})
    return replace(call, path="taxservice/taxcode")


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
        is_write=True,
    )


# What must not slip in --------------------------------------------------------------------------------------

OPTIONS = re.compile(r"(?:[A-Za-z]+(?:,[A-Za-z]+)*)?")


def check_options(options: str) -> None:
    """An update with the word "void" voids the document; that is asked for by its own name only."""
    if not OPTIONS.fullmatch(options) or "void" in options.lower().split(","):
        raise ValueError("Options are words with commas between them, and void is none of them.")


def check_document(payload: bytes) -> None:
    """One whole JSON object. ValueError for anything else, which between other JSON could add to it."""
    if not isinstance(json.loads(payload.decode(), parse_constant=refuse_constant), dict):
        raise ValueError("The payload is no JSON object.")


def refuse_constant(word: str) -> None:
    """Python's reader takes NaN and Infinity; QuickBooks would refuse the whole batch for one of them."""
    raise ValueError(f"{word} is no JSON.")
