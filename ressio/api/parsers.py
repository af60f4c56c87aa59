"""Text that no database could hold is refused where it is read, so that no view has to think of it."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class SoundJSONParser(JSONParser):
    """Raises ParseError (400) for text with half a sign in it."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        values = super().parse(stream, media_type, parser_context)
        _check(values)
        return values


def _check(root: Any) -> None:
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif (
            isinstance(value, str)
            and not value.isascii()
            and any("\ud800" <= sign <= "\udfff" for sign in value)
        ):
            raise ParseError("A text is not valid Unicode.")
