"""Statement -> Query. Keywords, entity and property names are read without regard to case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from integrations.sandbox.query.lexer import Token, parse_fault, tokenize

OPERATORS = ("=", "<", ">", "<=", ">=", "IN", "LIKE")


@dataclass(frozen=True)
class Condition:
    """One comparison. ``values`` has one element except for IN."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """``columns`` is empty for ``*``. ``start`` and ``limit`` are None when the statement names none."""

    entity: str
    columns: tuple[str, ...] = ()
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = field(default=())
    start: int | None = None
    limit: int | None = None


def parse(statement: str) -> Query:
    """Raises fault 4000 with the place of the first token that does not fit."""
    return _Parser(tokenize(statement)).statement()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0

    def statement(self) -> Query:
        self._expect("SELECT")
        columns, count = self._selection()
        self._expect("FROM")
        entity = self._word("an entity name")
        conditions = self._conditions() if self._accept("WHERE") else ()
        order = self._order() if self._accept_order() else ()
        start = self._whole() if self._accept("STARTPOSITION") else None
        limit = self._whole() if self._accept("MAXRESULTS") else None
        if self._now.kind != "end":
            self._fail("the end of the statement")
        return Query(entity, columns, count, conditions, order, start, limit)

    def _selection(self) -> tuple[tuple[str, ...], bool]:
        if self._accept_mark("*"):
            return (), False
        first = self._word("* or count(*) or a property")
        if first.upper() == "COUNT" and self._now.text == "(":
            for mark in "(*)":
                self._expect_mark(mark)
            return (), True
        columns = [first]
        while self._accept_mark(","):
            columns.append(self._word("a property"))
        return tuple(columns), False

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        name = self._word("a property")
        operator = self._now.keyword or self._now.text
        if operator not in OPERATORS or self._now.kind == "string":
            self._fail("one of " + " ".join(OPERATORS))
        self._index += 1
        values = self._list() if operator == "IN" else (self._value(),)
        return Condition(name, operator, values)

    def _list(self) -> tuple[str, ...]:
        self._expect_mark("(")
        values = [self._value()]
        while self._accept_mark(","):
            values.append(self._value())
        self._expect_mark(")")
        return tuple(values)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        order = [self._order_item()]
        while self._accept_mark(","):
            order.append(self._order_item())
        return tuple(order)

    def _order_item(self) -> tuple[str, bool]:
        name = self._word("a property")
        if self._accept("DESC"):
            return name, True
        self._accept("ASC")
        return name, False

    def _accept_order(self) -> bool:
        if self._accept("ORDERBY"):
            return True
        if self._now.keyword == "ORDER":
            self._index += 1
            self._expect("BY")
            return True
        return False

    def _whole(self) -> int:
        token = self._now
        if token.kind not in ("word", "string") or not token.text.lstrip("-").isdecimal():
            self._fail("a whole number")
        self._index += 1
        return int(token.text)

    def _value(self) -> str:
        if self._now.kind not in ("string", "word"):
            self._fail("a value")
        self._index += 1
        return self._tokens[self._index - 1].text

    def _word(self, expected: str) -> str:
        if self._now.kind != "word":
            self._fail(expected)
        self._index += 1
        return self._tokens[self._index - 1].text

    @property
    def _now(self) -> Token:
        return self._tokens[self._index]

    def _accept(self, keyword: str) -> bool:
        if self._now.keyword != keyword:
            return False
        self._index += 1
        return True

    def _accept_mark(self, mark: str) -> bool:
        if self._now.kind != "mark" or self._now.text != mark:
            return False
        self._index += 1
        return True

    def _expect(self, keyword: str) -> None:
        if not self._accept(keyword):
            self._fail(keyword)

    def _expect_mark(self, mark: str) -> None:
        if not self._accept_mark(mark):
            self._fail(mark)

    def _fail(self, expected: str) -> NoReturn:
        raise parse_fault(self._now.text, self._now.column, expected)
