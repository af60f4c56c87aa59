"""Two edits of one bill brought together (N7, U6; design 3.5): ours, QuickBooks', and the last version both knew. Pure.

What one side alone changed is taken from it, what both changed alike is no question, and what both changed
differently is a conflict that a person decides: no value is ever lost, and none wins by itself. The order of the
lines is no value: it is kept where it can be and never asked about.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from textwrap import shorten
from typing import Any, Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class BillFactsLine:
    """A line that a person can edit. It names an item (what a cost code is linked to) or an account."""

    key: str
    """QuickBooks' Line.Id, or "new-n" for a line made here that QuickBooks has not seen."""
    item_ref: str
    account_ref: str
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal
    is_billable: bool
    customer_ref: str


@dataclass(frozen=True, slots=True)
class BillFacts:
    """What people can edit of a bill, here or in QuickBooks, in the bill's own currency."""

    vendor_ref: str
    number: str
    issued_on: date | None
    due_on: date | None
    memo: str
    lines: tuple[BillFactsLine, ...]

    def __post_init__(self) -> None:
        if len({line.key for line in self.lines}) < len(self.lines):
            raise ValueError("Two lines of a bill have the same key: one of them would be lost.")


class Owner(Enum):
    QUICKBOOKS = "quickbooks"
    RESSIO = "ressio"


# Parts that mean something only together: they are compared, asked about and taken as one.


class Price(NamedTuple):
    """QuickBooks refuses a line whose amount is not quantity × unit price (6070)."""

    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal


class Code(NamedTuple):
    """A line has an item or an account, never both."""

    item_ref: str
    account_ref: str


class Billing(NamedTuple):
    """Together only where apart they could come out as billable to nobody, which QuickBooks refuses."""

    customer_ref: str
    is_billable: bool


_WHOLE_LINE = "line"
_GROUPS: Mapping[str, type[Price] | type[Code] | type[Billing]] = {
    "price": Price,
    "code": Code,
    "account": Code,
    "billing": Billing,
}
_LABELS = {
    "vendor_ref": "Vendor",
    "number": "Bill number",
    "issued_on": "Issued on",
    "due_on": "Due date",
    "memo": "Memo",
    "description": "description",
    "price": "amount",
    "code": "cost code",
    "account": "account",
    "customer_ref": "customer",
    "is_billable": "billable",
    "billing": "customer and billable",
}
_HEAD_PARTS = ("vendor_ref", "number", "issued_on", "due_on", "memo")

# Whose value is offered first where both changed it (N7). It decides nothing.
OWNERS: Mapping[str, Owner] = {
    "vendor_ref": Owner.QUICKBOOKS,
    "number": Owner.QUICKBOOKS,
    "issued_on": Owner.QUICKBOOKS,
    "due_on": Owner.QUICKBOOKS,
    "memo": Owner.RESSIO,
    _WHOLE_LINE: Owner.QUICKBOOKS,
    "description": Owner.RESSIO,
    "price": Owner.QUICKBOOKS,
    "code": Owner.RESSIO,
    "account": Owner.QUICKBOOKS,
    "customer_ref": Owner.QUICKBOOKS,
    "is_billable": Owner.QUICKBOOKS,
    "billing": Owner.QUICKBOOKS,
}

Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after. A line that came or went is one change, with None on the other side."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed, each in its own way. `field` is "due_on", "lines/3/price", or "lines/3" where
    the whole line is in question: its value is then a line, or None on the side that removed it.
    """

    field: str
    label: str
    base: Any
    ours: Any
    theirs: Any
    key: str
    """The line's key; '' for a field of the bill itself."""
    part: str
    """What it is, without the line: the name it has in OWNERS."""

    @property
    def owner(self) -> Owner:
        return OWNERS[self.part]


@dataclass(frozen=True, slots=True)
class Merged:
    facts: BillFacts
    """Both sides' edits. A field in conflict has its base value until it is decided."""
    conflicts: tuple[Conflict, ...]
    taken: tuple[FieldChange, ...]
    """What QuickBooks changed and we had not."""
    kept: tuple[FieldChange, ...]
    """What we changed and QuickBooks does not have: with none of it there is nothing to send."""
    order: tuple[str, ...]
    """The keys of all lines, those in conflict too."""


class Undecided(Exception):
    """Conflicts are left. Its text is for people."""

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        self.conflicts = conflicts
        labels = ", ".join(conflict.label for conflict in conflicts)
        super().__init__(f"Both sides changed this. Choose which one to keep: {labels}.")


def merge(base: BillFacts, ours: BillFacts, theirs: BillFacts) -> Merged:
    """Bring two edits of `base` together: ours, and theirs made in QuickBooks."""
    order = _order_keys(base, ours, theirs)
    fields = [*_head_fields(base, ours, theirs), *_line_fields(base, ours, theirs, order)]
    settled = [field for field in fields if not field.is_clash]
    return Merged(
        facts=_write(base, order, ((field, field.settled) for field in settled)),
        conflicts=tuple(Conflict(*field) for field in fields if field.is_clash),
        taken=tuple(
            FieldChange(field.field, field.label, field.base, field.theirs)
            for field in settled
            if field.theirs != field.base and field.theirs != field.ours
        ),
        kept=tuple(
            FieldChange(field.field, field.label, field.base, field.ours)
            for field in settled
            if field.ours != field.base and field.ours != field.theirs
        ),
        order=order,
    )


def resolve(merged: Merged, choices: Mapping[str, Side]) -> BillFacts:
    """The bill as decided, `choices` by field. Raises Undecided while a conflict has no choice.

    Choices for fields that are in no conflict are ignored. Whether a choice was made for these very values is
    the caller's to know: QuickBooks may have changed again since a person saw them.
    """
    left = tuple(
        conflict for conflict in merged.conflicts if choices.get(conflict.field) not in ("ours", "theirs")
    )
    if left:
        raise Undecided(left)
    decided = ((conflict, getattr(conflict, choices[conflict.field])) for conflict in merged.conflicts)
    return _write(merged.facts, merged.order, decided)


def differences(before: BillFacts, after: BillFacts) -> tuple[FieldChange, ...]:
    """What an edit changed, as people are shown it. Lines in another order are no difference."""
    return merge(before, after, before).kept


# Fields in their three versions --------------------------------------------------------------------------------------


class _Field(NamedTuple):
    """One field as the three versions have it, in the order of Conflict's own."""

    field: str
    label: str
    base: Any
    ours: Any
    theirs: Any
    key: str
    part: str

    @property
    def is_clash(self) -> bool:
        return _is_clash(self.base, self.ours, self.theirs)

    @property
    def settled(self) -> Any:
        """The value it comes to, where it is no clash."""
        return self.theirs if self.ours == self.base else self.ours


def _field(name: str, label: str, values: Sequence[Any], part: str, key: str = "") -> _Field:
    base, ours, theirs = values
    return _Field(name, label, base, ours, theirs, key, part)


def _is_clash(base: Any, ours: Any, theirs: Any) -> bool:
    return bool(ours != theirs and ours != base and theirs != base)


def _head_fields(base: BillFacts, ours: BillFacts, theirs: BillFacts) -> Iterator[_Field]:
    for part in _HEAD_PARTS:
        yield _field(part, _LABELS[part], [_read(version, part) for version in (base, ours, theirs)], part)


def _line_fields(
    base: BillFacts, ours: BillFacts, theirs: BillFacts, order: Iterable[str]
) -> Iterator[_Field]:
    versions = [{line.key: line for line in version.lines} for version in (base, ours, theirs)]
    positions = {line.key: position for position, line in enumerate(base.lines, start=1)}
    for key in order:
        lines = [lines_by_key.get(key) for lines_by_key in versions]
        label = _label_line(positions.get(key), lines)
        present = [line for line in lines if line is not None]
        if len(present) < len(versions):
            yield _field(f"lines/{key}", label, lines, _WHOLE_LINE, key)
            continue
        for part in _line_parts(*present):
            values = [_read(line, part) for line in present]
            yield _field(f"lines/{key}/{part}", f"{label}: {_LABELS[part]}", values, part, key)


def _label_line(position: int | None, lines: Iterable[BillFactsLine | None]) -> str:
    name = "New line" if position is None else f"Line {position}"
    description = next((line.description for line in lines if line is not None), "")
    text = shorten(description, 40, placeholder="…")
    return f"{name} “{text}”" if text else name


def _line_parts(base: BillFactsLine, ours: BillFactsLine, theirs: BillFactsLine) -> tuple[str, ...]:
    names_item = base.item_ref or ours.item_ref or theirs.item_ref
    bills_nobody = _could_bill_nobody(base, ours, theirs)
    return (
        "description",
        "price",
        "code" if names_item else "account",
        *(("billing",) if bills_nobody else ("customer_ref", "is_billable")),
    )


def _could_bill_nobody(base: BillFactsLine, ours: BillFactsLine, theirs: BillFactsLine) -> bool:
    """As when one side made the line billable and the other took its customer away."""
    customers = _possible(base.customer_ref, ours.customer_ref, theirs.customer_ref)
    billables = _possible(base.is_billable, ours.is_billable, theirs.is_billable)
    both_changed = _is_clash(*(_read(line, "billing") for line in (base, ours, theirs)))
    return both_changed and "" in customers and True in billables


def _possible(base: Any, ours: Any, theirs: Any) -> tuple[Any, ...]:
    """The values a field may end with."""
    if _is_clash(base, ours, theirs):
        return ours, theirs
    return (theirs if ours == base else ours,)


def _read(holder: BillFacts | BillFactsLine, part: str) -> Any:
    group = _GROUPS.get(part)
    if group is None:
        return getattr(holder, part)
    return group(*(getattr(holder, member) for member in group._fields))


def _write(
    facts: BillFacts, order: Iterable[str], values: Iterable[tuple[_Field | Conflict, Any]]
) -> BillFacts:
    lines = {line.key: line for line in facts.lines}
    head = {}
    for field, value in values:
        if not field.key:
            head[field.part] = value
        elif field.part != _WHOLE_LINE:
            members = value._asdict() if field.part in _GROUPS else {field.part: value}
            lines[field.key] = replace(lines[field.key], **members)
        elif value is None:
            lines.pop(field.key, None)
        else:
            lines[field.key] = value
    return replace(facts, **head, lines=tuple(lines[key] for key in order if key in lines))


def _order_keys(base: BillFacts, ours: BillFacts, theirs: BillFacts) -> tuple[str, ...]:
    """The lines as the side has them that moved any (QuickBooks where both did), and each line that only the other
    side has behind the one it follows there.
    """
    first, second = (ours, theirs) if _has_order_of(base, theirs) else (theirs, ours)
    keys = [line.key for line in first.lines]
    place = 0
    for line in second.lines:
        if line.key not in keys:
            keys.insert(place, line.key)
        place = keys.index(line.key) + 1
    return tuple(keys)


def _has_order_of(base: BillFacts, edit: BillFacts) -> bool:
    in_base, in_edit = ([line.key for line in version.lines] for version in (base, edit))
    return [key for key in in_base if key in in_edit] == [key for key in in_edit if key in in_base]
