"""Splits a statement into tokens. Strings are single-quoted, with a backslash before quote and backslash."""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrations.sandbox.errors import ApiFault

TOKEN = re.compile(
    r"""(?P<blank>\s+)
      | (?P<string>'(?:[^'\\]|\\.)*')
      | (?P<operator><=|>=|=|<|>)
      | (?P<mark>[(),*])
      | (?P<word>[A-Za-z0-9_.:+\-]+)""",
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """``kind`` is string, operator, mark, word or end; ``column`` counts from 1."""

    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def tokenize(statement: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(statement):
        match = TOKEN.match(statement, position)
        if match is None:
            raise parse_fault(statement[position], position + 1, "a token")
        kind = str(match.lastgroup)
        if kind == "string":
            tokens.append(Token(kind, ESCAPED.sub(r"\1", match[0][1:-1]), position + 1))
        elif kind != "blank":
            tokens.append(Token(kind, match[0], position + 1))
        position = match.end()
    tokens.append(Token("end", "<EOF>", len(statement) + 1))
    return tokens


def parse_fault(found: str, column: int, expected: str) -> ApiFault:
    return ApiFault(
        "4000",
        f'QueryParserError: Encountered " "{found}" "" at line 1, column {column}.\nWas expecting: {expected}',
        element=None,
    )
