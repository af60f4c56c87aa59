"""A document's own text, indented. Never parsed into numbers, so every digit stays as QuickBooks sent it."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString

PIECE = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')
STEP = "  "


def indent_json(text: str) -> str:
    out: list[str] = []
    depth = 0
    previous = ""
    for piece in PIECE.findall(text):
        if piece in "}]":
            depth -= 1
        out.append(_before(piece, previous, depth) + piece)
        if piece in "{[":
            depth += 1
        previous = piece
    return "".join(out)


def _before(piece: str, previous: str, depth: int) -> str:
    """The white space in front of a piece. An empty object or list stays in one piece."""
    if not previous or piece in (",", ":"):
        return ""
    if previous == ":":
        return " "
    if previous + piece in ("{}", "[]"):
        return ""
    return "\n" + STEP * depth


def show_json(text: str) -> SafeString:
    return format_html("<pre>{}</pre>", indent_json(text))
