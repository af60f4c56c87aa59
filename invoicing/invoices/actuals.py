"""Costs of a project that no invoice bills yet, and what became of those that one does (R40).

Only what counts in the budget is offered (V10–V13), at what it counts for: labor by the project's basis, credits
negative. Every function asks a fixed number of queries, however many lines there are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q

from budgets.lines import CountedLine
from budgets.models import Kind
from invoicing.invoices.cost_finding import (
    Spot,
    UninvoicedCost,
    billed_places,
    find_costs,
    made_here_as,
    places_billed,
    places_of,
    read_costs,
)
from invoicing.invoices.cost_keys import key_of, read_billed
from invoicing.invoices.inputs import LineInput
from invoicing.models import BilledCost, Invoice, InvoiceLine
from ressio.models import CostCode, Project, TeamMember
from ressio.money import ZERO

__all__ = [
    "ChangedCost",
    "UninvoicedCost",
    "changed_since_billed",
    "lines_from_actuals",
    "unbill",
    "uninvoiced_costs",
]


@dataclass(frozen=True)
class ChangedCost:
    """A cost on an invoice that is another now than when it was put there."""

    line: InvoiceLine
    key: str
    said: str
    then: Decimal
    now: Decimal | None
    """None = it counts no longer, and `why` says so."""
    why: str
    """Also where another invoice bills the same cost, whatever it counts for."""


# What may be billed -------------------------------------------------------------------------------------------------


def uninvoiced_costs(
    project: Project,
    *,
    until: date | None = None,
    cost_code: CostCode | None = None,
    member: TeamMember | None = None,
) -> list[UninvoicedCost]:
    """Counted lines that stand on no invoice, oldest first. `member`: who reads them; what an hour of somebody costs is
    for Admins (R3), so others get time by its amount alone.
    """
    found = find_costs(project, until=until, cost_code=cost_code)
    costs = read_costs(found, found[:])
    if member is not None and not member.is_admin:
        costs = [replace(cost, unit_price=None) if cost.kind == Kind.TIME else cost for cost in costs]
    taken = billed_places(project, found)
    return [cost for cost in costs if not places_of(cost) & taken]


def lines_from_actuals(costs: Iterable[UninvoicedCost], *, by: str = "code") -> list[LineInput]:
    """Lines that bill these costs: one for each cost code (`code`), or one for each cost (`line`)."""
    if by == "line":
        return [_line_of(cost) for cost in costs]
    piles: dict[int | None, list[UninvoicedCost]] = {}
    for cost in costs:
        piles.setdefault(cost.cost_code.pk if cost.cost_code else None, []).append(cost)
    lines = [
        LineInput(
            cost_code=pile[0].cost_code,
            description=pile[0].cost_code.name if pile[0].cost_code else "",
            cost=sum((cost.amount for cost in pile), ZERO),
            bills=tuple(cost.key for cost in pile),
        )
        for pile in piles.values()
    ]
    return sorted(lines, key=lambda line: line.description.casefold())


def _line_of(cost: UninvoicedCost) -> LineInput:
    description = ": ".join(part for part in (cost.said, cost.description) if part)
    is_priced = cost.unit_price is not None
    return LineInput(
        cost_code=cost.cost_code,
        description=description[:4000],
        quantity=cost.quantity if is_priced else None,
        unit_price=cost.unit_price,
        cost=cost.amount,
        bills=(cost.key,),
    )


def unbill(invoice: Invoice) -> int:
    """Free what the invoice bills, as it was voided; its lines stay as they were. How many costs that was."""
    count, _ = BilledCost.objects.filter(line__invoice=invoice).delete()
    return count


# What became of them ------------------------------------------------------------------------------------------------


def changed_since_billed(invoice: Invoice) -> list[ChangedCost]:
    """Costs on the invoice that count for another amount now, or count no longer; in the order of the lines."""
    billed = BilledCost.objects.filter(line__invoice=invoice).select_related("line")
    rows = read_billed(billed.order_by("line__position", "pk"))
    if not rows:
        return []
    documents = {row.document_ref for row in rows}
    for row in rows:
        if row.bill_line is not None:
            documents |= {str(row.bill_line.bill_id), row.bill_line.bill.quickbooks_id}
        if row.shift_entry is not None:
            documents |= {str(row.shift_id), row.shift_entry[1]}
    documents.discard("")
    found = find_costs(invoice.project, documents=documents, only_counted=False)
    lines = found[:]
    there = {
        key: (line, cost)
        for line, cost in zip(lines, read_costs(found, lines), strict=True)
        for key in (cost.key, cost.place.key)
    }
    others = _billed_elsewhere(invoice, rows, documents)
    return [changed for row in rows if (changed := _compare(row, there.get(key_of(row)), others))]


def _billed_elsewhere(
    invoice: Invoice, rows: Sequence[BilledCost], documents: Collection[str]
) -> Mapping[Spot, Invoice]:
    """Two costs become one when a bill that was entered twice is linked by hand: both may be billed by then."""
    same = Q(bill_line__in=[row.bill_line_id for row in rows]) | Q(document_ref__in=documents)
    found = BilledCost.objects.filter(same | made_here_as(documents)).exclude(line__invoice=invoice)
    others = read_billed(found.select_related("line__invoice"))
    return {place: other.line.invoice for other in others for place in places_billed(other)}


def _compare(
    row: BilledCost, found: tuple[CountedLine, UninvoicedCost] | None, others: Mapping[Spot, Invoice]
) -> ChangedCost | None:
    now: Decimal | None = None
    why = "It is not among the project's costs any more."
    if found is not None:
        line, cost = found
        now, why = (cost.amount, "") if line.reason is None else (None, line.reason.sentence)
        if other := next((others[place] for place in places_of(cost) if place in others), None):
            why = f"{why} It stands on {other} as well.".strip()
    if now == row.amount and not why:
        return None
    return ChangedCost(row.line, key_of(row), row.said, row.amount, now, why)
