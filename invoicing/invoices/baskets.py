"""Putting costs on an invoice: each stands on one invoice at most, at the amount it had when it came there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from invoicing.invoices.cost_finding import (
    IDENTITY,
    UninvoicedCost,
    billed_places,
    find_costs,
    places_billed,
    places_of,
    read_costs,
)
from invoicing.invoices.cost_keys import documents_of, is_still_ours, key_of, read_billed
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.inputs import LineInput
from invoicing.models import BilledCost, Invoice, InvoiceLine
from ressio.money import ZERO


def costs_to_bill(invoice: Invoice, lines: Sequence[LineInput]) -> "Basket":
    """What the lines name, looked up while the invoice's own costs are still on it. Raises `InvoiceRefused`."""
    keys = [key for line in lines for key in line.bills]
    if not keys:
        return Basket({}, {})
    found = find_costs(invoice.project, documents=documents_of(keys))
    costs: dict[str, UninvoicedCost] = {}
    for cost in read_costs(found, found[:]):
        costs |= {cost.key: cost, cost.place.key: cost}
    own_rows = read_billed(BilledCost.objects.filter(line__invoice=invoice))
    kept = {key_of(row): row for row in own_rows}
    own = {place for row in kept.values() for place in places_billed(row)}
    taken = billed_places(invoice.project, found) - own
    put: set[str] = set()
    for key in keys:
        wanted = costs.get(key)
        if wanted is None:
            if key not in kept:
                raise InvoiceRefused(
                    "One of these costs does not count any more. Open the costs again.",
                    field="bills",
                    code="cost_gone",
                )
            continue
        if places_of(wanted) & taken:
            raise InvoiceRefused(
                f"“{wanted.said}” stands on another invoice already.", field="bills", code="already_billed"
            )
        if wanted.key in put:
            raise InvoiceRefused(f"“{wanted.said}” stands on this invoice twice.", field="bills")
        put.add(wanted.key)
    _let_go_of_documents([costs[key] for key in put])
    return Basket(costs, kept)


def _let_go_of_documents(costs: Collection[UninvoicedCost]) -> None:
    """What was billed as a document of QuickBooks is that document's, and no longer the bill's that was unlinked."""
    lines = {cost.bill_line_id for cost in costs} - {None}
    shifts = {cost.shift_id for cost in costs} - {None}
    rows = read_billed(BilledCost.objects.filter(Q(bill_line__in=lines) | Q(shift_id__in=shifts)))
    stale = [row.pk for row in rows if not is_still_ours(row)]
    if stale:
        BilledCost.objects.filter(pk__in=stale).update(bill_line=None, shift_id=None)


@dataclass(frozen=True)
class Basket:
    """Costs by their keys as they are now, and those that the invoice had before."""

    costs: Mapping[str, UninvoicedCost]
    kept: Mapping[str, BilledCost]

    def cost_of(self, line: LineInput) -> Decimal:
        """What the billed costs come to now. Raises `InvoiceRefused` where one counts no longer."""
        if any(key not in self.costs for key in line.bills):
            raise InvoiceRefused(
                "One of these costs does not count any more. Take it off the invoice.",
                field="bills",
                code="cost_gone",
            )
        return sum((self.costs[key].amount for key in line.bills), ZERO)

    def rows_for(self, row: InvoiceLine, line: LineInput) -> list[BilledCost]:
        """Unsaved. A cost that was on the invoice keeps the amount it was billed at while the line keeps its cost."""
        takes_new = line.cost is None and line.quantity is None
        return [self._row(row, key, takes_new=takes_new) for key in line.bills]

    def _row(self, row: InvoiceLine, key: str, *, takes_new: bool) -> BilledCost:
        cost = self.costs.get(key)
        before = self.kept.get(cost.key if cost else key)
        shared = {"company_id": row.company_id, "project_id": row.invoice.project_id, "line": row}
        if cost is None:
            assert before is not None
            return BilledCost(
                **shared,
                **{name: getattr(before, name) for name in IDENTITY},
                amount=before.amount,
                said=before.said,
            )
        return BilledCost(
            **shared,
            bill_line_id=cost.bill_line_id,
            shift_id=cost.shift_id,
            connection_id=cost.connection_id,
            entity=cost.place.entity,
            document_ref=cost.place.document_ref,
            line_ref=cost.place.line_ref,
            amount=cost.amount if takes_new or before is None else before.amount,
            said=cost.said,
        )
