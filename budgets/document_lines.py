"""The lines of a QuickBooks document that are costs (V1), found at any depth and told apart. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from budgets.reading import ID_LENGTH, NOTHING, Json, read_decimal, read_list, read_ref, read_text

# Lines that are no cost of their own: texts, sums of others, and tax, which belongs to the document (V5).
_TEXT_LINES = {"descriptiononly", "descriptionlinedetail", "subtotallinedetail"}
_TAX_LINES = {"taxlinedetail", "tdslinedetail"}
_GROUP_LINE = "grouplinedetail"


class Leaf(NamedTuple):
    """A line that is a cost, found at any depth."""

    line: Json
    detail: Json
    project_ref: str
    amount: Decimal


def find_leaves(lines: Iterable[Json], project_ref: str = "") -> Iterator[Leaf]:
    """The lines that are costs. A group gives its children, which inherit its project, and not itself.

    A kind of line we do not know is kept when it has an amount, so that no money vanishes: it reads as a
    category line unless it names an item.
    """
    for line in lines:
        kind = _detail_kind(line)
        if kind in _TEXT_LINES or kind in _TAX_LINES:
            continue
        detail = _detail_of(line)
        own_project_ref = read_ref(line, "ProjectRef") or project_ref
        children = read_list(detail, "Line") if kind == _GROUP_LINE else []
        if children:
            yield from find_leaves(children, own_project_ref)
            continue
        amount = read_decimal(line.get("Amount"))
        if amount is not None:
            yield Leaf(line, detail, own_project_ref, amount)


def _detail_kind(line: Json) -> str:
    return _one_spelling(read_text(line.get("DetailType")))


@lru_cache(maxsize=256)
def _one_spelling(detail_type: str) -> str:
    """Some answers write DetailType as a constant (SUB_TOTAL_LINE_DETAIL)."""
    return detail_type.replace("_", "").lower()


def _detail_of(line: Json) -> Json:
    """The object named as DetailType, or whichever detail object the line carries."""
    detail = line.get(read_text(line.get("DetailType")))
    if isinstance(detail, dict):
        return detail
    named = (value for name, value in line.items() if name.endswith("Detail") and isinstance(value, dict))
    return next(named, NOTHING)


def name_lines(lines: Iterable[Json]) -> list[str]:
    """Line.Id, or #n where there is none; a repeated id gets its position too, so that no line is lost."""
    taken: dict[str, None] = {}
    for position, line in enumerate(lines, start=1):
        ref = read_text(line.get("Id"), ID_LENGTH) or f"#{position}"
        if ref in taken:
            ref = _free_ref(ref, position, taken)
        taken[ref] = None
    return list(taken)


def _free_ref(ref: str, position: int, taken: Mapping[str, None]) -> str:
    suffix = f"#{position}"
    candidate = ref[: ID_LENGTH - len(suffix)] + suffix
    while candidate in taken:
        suffix += "'"
        candidate = ref[: ID_LENGTH - len(suffix)] + suffix
    return candidate


def is_tax_line(line: Json) -> bool:
    return _detail_kind(line) in _TAX_LINES
