"""Which cost a key names: "own:12" is line 12 of our bills, wherever the bill is; "Purchase:145:1" is QuickBooks' own.

QuickBooks' lines are made anew whenever their document changes, so they are known by entity, document and line. A line
of a bill made here is one and the same cost before and after QuickBooks has the bill.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from budgets.models import BillLine
from invoicing.models import BilledCost

OWN = "own"
BILL = "Bill"
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


def own_key(bill_line_id: int) -> str:
    return f"{OWN}:{bill_line_id}"


def is_still_its_line(row: BilledCost) -> bool:
    """False for a cost that was billed as QuickBooks' document, from which the bill here was unlinked since: what was
    billed is that document, and the bill is another cost.
    """
    if row.entity != BILL or row.bill_line is None:
        return row.bill_line is not None
    bill = row.bill_line.bill
    return (bill.connection_id, bill.quickbooks_id) == (row.connection_id, row.document_ref)


def key_of(billed: BilledCost) -> str:
    """Of rows that were read with their `bill_line__bill`."""
    if billed.bill_line is not None and is_still_its_line(billed):
        return own_key(billed.bill_line.pk)
    return Place(billed.entity, billed.document_ref, billed.line_ref).key


def keys_by_line(rows: Iterable[BilledCost]) -> Mapping[int, tuple[str, ...]]:
    """Invoice line id → what it bills, in the order in which it was put there."""
    found: dict[int, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.pk):
        found.setdefault(row.line_id, []).append(key_of(row))
    return {line: tuple(keys) for line, keys in found.items()}


def documents_of(keys: Iterable[str]) -> set[str]:
    """The ids of all documents, ours and QuickBooks', in which the costs of these keys may stand. One query."""
    own: set[int] = set()
    documents: set[str] = set()
    for key in keys:
        parts = key.split(":", 2)
        if parts[0] == OWN and len(parts) == 2 and parts[1].isdecimal() and len(parts[1]) < ID_DIGITS:
            own.add(int(parts[1]))
        elif len(parts) == 3:
            documents.add(parts[1])
    lines = BillLine.objects.filter(pk__in=own) if own else BillLine.objects.none()
    for bill_id, quickbooks_id in lines.values_list("bill_id", "bill__quickbooks_id"):
        documents |= {str(bill_id), quickbooks_id} - {""}
    return documents
