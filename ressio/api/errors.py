"""One shape for everything that goes wrong: `{"detail": …, "errors": {field: […]}}`."""

from collections.abc import Iterator
from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

REFUSED = "The input was refused."
WHOLE = "non_field_errors"


class Refused(ValidationError):
    """A verb said no; `field` is what it is about, if one."""

    def __init__(self, message: str, *, field: str = WHOLE) -> None:
        super().__init__({field: [message]})


class Conflict(APIException):
    """A verb said no because of how things stand, not because of what was sent."""

    status_code = 409
    default_detail = "That cannot be done now."
    default_code = "conflict"


def handle_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """None lets Django answer, with 500 and its log. `errors` stands only with refused input (400)."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = {"detail": REFUSED, "errors": flatten(error.detail)}
    return response


def flatten(detail: Any) -> dict[str, list[str]]:
    """Nested input gives dotted names: `lines.0.amount`."""
    found: dict[str, list[str]] = {}
    for path, message in _walk(detail, ()):
        found.setdefault(".".join(path) or WHOLE, []).append(message)
    return found


def _walk(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _walk(inner, (*path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_nested = isinstance(inner, dict | list)
            yield from _walk(inner, (*path, str(index)) if is_nested else path)
    else:
        yield path, str(detail)
