"""Every answer that a test gets is held against what `/api/schema/` promises."""

import re
from functools import cache
from threading import Lock
from typing import Any

from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft7Validator

# Said once for the whole API in docs/api.md, not with each route.
SAID_ONCE = {401, 403, 404, 405, 415, 429}


def check_answer(*, method: str, path: str, status: int, body: Any) -> None:
    """Fails when the schema does not know the answer, or knows it otherwise."""
    if status in SAID_ONCE:
        return
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{resolve(path).route}")
    responses = read_schema()["paths"][route][method.lower()]["responses"]
    assert str(status) in responses, f"{method} {route} answers {status}, which its schema does not name"
    content = responses[str(status)].get("content")
    if content is None:
        assert body is None
        return
    schema = {**content["application/json"]["schema"], "components": read_schema()["components"]}
    problems = [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(body)]
    assert not problems, f"{method} {route} {status}: " + "; ".join(problems)


_making = Lock()


def read_schema() -> Any:
    """One thread at a time, because making it is not safe in several."""
    with _making:
        return make_schema()


@cache
def make_schema() -> Any:
    """As JSON Schema: OpenAPI 3.0 says `nullable` where JSON Schema says null; and nothing unnamed may come."""
    return to_json_schema(SchemaGenerator().get_schema(request=None, public=True))


def to_json_schema(node: Any) -> Any:
    if isinstance(node, list):
        return [to_json_schema(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    made = {key: to_json_schema(inner) for key, inner in node.items()}
    if isinstance(made.get("properties"), dict):
        made.setdefault("additionalProperties", False)
    if made.pop("nullable", False) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made
