"""A bill's line stays the same row as long as it is the same line: an invoice knows by the row which cost it bills,
and a line made anew would be offered to be billed a second time.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from django.db.models import F

from budgets.models import Bill, BillLine

OUT_OF_THE_WAY = 10_000
"""Places are unique within a bill, so the old ones step aside while the new ones are given."""

Sameness = Callable[[Any], Hashable]
BY_AMOUNT: Sequence[Sameness] = (
    lambda line: (line.amount, line.description),
    lambda line: line.amount,
    lambda line: None,
)
BY_CODE: Sequence[Sameness] = (
    lambda line: (line.cost_code_id, line.description, line.quantity, line.unit_price, line.amount),
    lambda line: (line.cost_code_id, line.description),
    lambda line: (line.amount, line.description),
    lambda line: line.cost_code_id,
    *BY_AMOUNT[1:],
)
_COLUMNS = (
    *("position", "cost_code", "is_default_code", "description", "quantity", "unit_price", "amount"),
    *("is_billable", "line_ref", "item_ref", "account_ref", "customer_ref"),
)


def store_rows(bill: Bill, wanted: Sequence[BillLine]) -> None:
    """`wanted` are unsaved, whole and in order. They take the place of the lines that were there, each that of its
    like; rows that none of them is like go.
    """
    rows = list(bill.lines.all())
    pairs = match_rows(rows, wanted, BY_CODE)
    if gone := {row.pk for row in rows} - {row.pk for row in pairs.values()}:
        bill.lines.filter(pk__in=gone).delete()
    if pairs:
        step_aside(bill)
    for place, row in pairs.items():
        wanted[place].pk = row.pk
    BillLine.objects.bulk_update([wanted[place] for place in pairs], _COLUMNS)
    BillLine.objects.bulk_create(line for line in wanted if line.pk is None)


def step_aside(bill: Bill) -> None:
    bill.lines.update(position=F("position") + OUT_OF_THE_WAY)


def match_rows(
    rows: Sequence[BillLine], wanted: Sequence[Any], rules: Sequence[Sameness]
) -> dict[int, BillLine]:
    """Place in `wanted` → its row, by what makes two lines the same, the surest first. Each row is one line's at most.
    Pure.
    """
    pairs: dict[int, BillLine] = {}
    free = list(rows)
    for same in rules:
        alike: dict[Hashable, deque[BillLine]] = defaultdict(deque)
        for row in free:
            alike[same(row)].append(row)
        for place, line in enumerate(wanted):
            if place not in pairs and alike[same(line)]:
                pairs[place] = alike[same(line)].popleft()
        taken = {row.pk for row in pairs.values()}
        free = [row for row in free if row.pk not in taken]
    return pairs
