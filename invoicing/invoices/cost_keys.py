"""Which cost a key names: "own:12" is line 12 of our bills, wherever the bill is, and "shift:7" is a shift of ours;
"Purchase:145:1" is QuickBooks' own.

QuickBooks' lines are made anew whenever their document changes, so they are known by entity, document and line. A line
of a bill made here, or a shift, is one and the same cost before and after QuickBooks has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from budgets.models import OWN_SHIFT, BillLine
from budgets.own_costs import own_costs
from invoicing.models import BilledCost

OWN = "own"
SHIFT = "shift"
BILL = "Bill"
TIME = "TimeActivity"
ID_DIGITS = 19
"""An id has fewer."""


@dataclass(frozen=True)
class Place:
    """Where a cost line stands: its document and its line."""

    entity: str
    document_ref: str
    line_ref: str

    @property
    def key(self) -> str:
        return f"{self.entity}:{self.document_ref}:{self.line_ref}"


def own_key(bill_line_id: int | None, shift_id: int | None) -> str:
    """Empty for what was not made here."""
    if bill_line_id is not None:
        return f"{OWN}:{bill_line_id}"
    return "" if shift_id is None else f"{SHIFT}:{shift_id}"


def our_shifts() -> "QuerySet[Any]":
    return own_costs()[OWN_SHIFT].things()


def read_billed(rows: "QuerySet[BilledCost]") -> list[BilledCost]:
    """With all that says which costs they are now. Two queries."""
    found = list(rows.select_related("bill_line__bill"))
    if ids := {row.shift_id for row in found if row.shift_id is not None}:
        shifts = our_shifts().filter(pk__in=ids).values_list("pk", "connection_id", "quickbooks_id")
        entries = {pk: (connection_id, ref) for pk, connection_id, ref in shifts}
        for row in found:
            row.shift_entry = entries.get(row.shift_id)
    return found


def is_still_ours(row: BilledCost) -> bool:
    """False for a cost that was billed as QuickBooks' document, from which the bill or shift here was unlinked since:
    what was billed is that document, and the bill is another cost. Of rows from `read_billed`, as all below.
    """
    there = (row.connection_id, row.document_ref)
    if row.shift_id is not None:
        return row.shift_entry is not None and (row.entity != TIME or row.shift_entry == there)
    if row.bill_line is None:
        return False
    bill = row.bill_line.bill
    return row.entity != BILL or (bill.connection_id, bill.quickbooks_id) == there


def key_of(billed: BilledCost) -> str:
    if is_still_ours(billed):
        return own_key(billed.bill_line_id, billed.shift_id)
    return Place(billed.entity, billed.document_ref, billed.line_ref).key


def keys_by_line(rows: Iterable[BilledCost]) -> Mapping[int, tuple[str, ...]]:
    """Invoice line id → what it bills, in the order in which it was put there."""
    found: dict[int, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.pk):
        found.setdefault(row.line_id, []).append(key_of(row))
    return {line: tuple(keys) for line, keys in found.items()}


def documents_of(keys: Iterable[str]) -> set[str]:
    """The ids of all documents, ours and QuickBooks', in which the costs of these keys may stand. Two queries."""
    own: dict[str, set[int]] = {OWN: set(), SHIFT: set()}
    documents: set[str] = set()
    for key in keys:
        parts = key.split(":", 2)
        if parts[0] in own and len(parts) == 2 and parts[1].isdecimal() and len(parts[1]) < ID_DIGITS:
            own[parts[0]].add(int(parts[1]))
        elif len(parts) == 3:
            documents.add(parts[1])
    lines = BillLine.objects.filter(pk__in=own[OWN]).values_list("bill_id", "bill__quickbooks_id")
    shifts = our_shifts().filter(pk__in=own[SHIFT]).values_list("pk", "quickbooks_id")
    for own_id, quickbooks_id in [*lines, *shifts]:  # no query where none are asked for
        documents |= {str(own_id), quickbooks_id} - {""}
    return documents
