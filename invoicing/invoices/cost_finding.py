"""Cost lines of a project as something to bill: found, priced and named, and known again wherever they stand.

Every function asks a fixed number of queries, however many lines there are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from budgets.bills.words import say_day
from budgets.lines import CountedLine, FoundLines, LineFilter, Verdict, find_lines
from budgets.models import OWN_BILL, OWN_SHIFT, BillableStatus, BillLine, Kind
from integrations.models import Connection
from invoicing.invoices.cost_keys import BILL, TIME, Place, is_still_ours, our_shifts, own_key, read_billed
from invoicing.models import BilledCost
from ressio.models import CostCode, Project
from ressio.money import ZERO, round_cents

OLDEST_FIRST = "date"
SAID_LENGTH = 300
HOUR = Decimal(3600)
IDENTITY = ("bill_line_id", "shift_id", "connection_id", "entity", "document_ref", "line_ref")
"""Of a `BilledCost`: which cost it is."""


@dataclass(frozen=True)
class UninvoicedCost:
    """A cost line that counts. Billing it is putting its `key` on a line of an invoice."""

    key: str
    day: date | None
    vendor: str
    """Or payee, or worker."""
    number: str
    description: str
    cost_code: CostCode | None
    amount: Decimal
    """What it counts for; negative for credits."""
    quantity: Decimal | None
    """Hours for time."""
    unit_price: Decimal | None
    """Only where quantity × price is the amount to the cent."""
    kind: Kind
    is_billed_there: bool
    """QuickBooks says that it was billed: billing it here as well is somebody's decision."""
    place: Place
    bill_line_id: int | None
    """Our bill line, before and after QuickBooks has the bill."""
    shift_id: int | None
    """The same for a shift of ours."""
    connection_id: int | None

    @property
    def kind_label(self) -> str:
        return str(self.kind.label)

    @property
    def said(self) -> str:
        """Vendor, number and date, for people."""
        who = f"{self.vendor} {self.number}".strip() or self.kind_label
        return ", ".join(part for part in (who, say_day(self.day)) if part)[:SAID_LENGTH]


def find_costs(
    project: Project,
    *,
    until: date | None = None,
    cost_code: CostCode | None = None,
    documents: Collection[str] | None = None,
    only_counted: bool = True,
) -> FoundLines:
    wanted = LineFilter(
        verdict=Verdict.COUNTED if only_counted else None,
        date_to=until,
        cost_code_id=cost_code.pk if cost_code else None,
    )
    found = find_lines(project, wanted, order=OLDEST_FIRST)
    if documents is None:
        return found
    return replace(found, ordered=found.ordered.filter(document_ref__in=documents))


def read_costs(found: FoundLines, lines: Sequence[CountedLine]) -> list[UninvoicedCost]:
    """Three queries: our bill lines and our shifts behind QuickBooks' lines, and the cost codes."""
    twins, shifts = _twins(found), _sent_shifts(found)
    codes = CostCode.objects.in_bulk({line.cost_code_id for line in lines if line.cost_code_id})
    return [_read_one(line, twins, shifts, codes) for line in lines]


def _read_one(
    counted: CountedLine,
    twins: Mapping[tuple[str, str], int],
    shifts: Mapping[str, int],
    codes: Mapping[int, CostCode],
) -> UninvoicedCost:
    line = counted.line
    place = Place(line.entity, line.document_ref, line.line_ref)
    bill_line_id = shift_id = None
    if line.entity == OWN_BILL:
        bill_line_id = int(line.line_ref)
    elif line.entity == BILL:
        bill_line_id = twins.get((line.document_ref, line.line_ref))
    elif line.entity == OWN_SHIFT:
        shift_id = int(line.document_ref)
    elif line.entity == TIME:
        shift_id = shifts.get(line.document_ref)
    quantity, unit_price = _quantity_and_price(counted)
    return UninvoicedCost(
        key=own_key(bill_line_id, shift_id) or place.key,
        day=line.txn_date,
        vendor=line.payee_name,
        number=line.number,
        description=line.description,
        cost_code=codes.get(counted.cost_code_id or 0),
        amount=counted.amount,
        quantity=quantity,
        unit_price=unit_price,
        kind=Kind(line.kind),
        is_billed_there=line.billable_status == BillableStatus.HAS_BEEN_BILLED,
        place=place,
        bill_line_id=bill_line_id,
        shift_id=shift_id,
        connection_id=line.connection_id,
    )


def _quantity_and_price(counted: CountedLine) -> tuple[Decimal | None, Decimal | None]:
    """A price is named only where it gives the amount exactly; the hours of a time entry are always."""
    line = counted.line
    if line.seconds is not None:
        hours = (Decimal(line.seconds) / HOUR).quantize(Decimal("0.0001"))
        price = round_cents(counted.amount / hours) if hours else ZERO
        return hours, price if round_cents(hours * price) == counted.amount else None
    if line.quantity is None or line.unit_price is None:
        return line.quantity, None
    is_exact = round_cents(line.quantity * line.unit_price) == counted.amount
    return line.quantity, line.unit_price if is_exact else None


def _twins(found: FoundLines) -> dict[tuple[str, str], int]:
    """Document and line in QuickBooks → our bill line."""
    connection: Connection | None = found.costs.link.connection if found.costs.link else None
    if connection is None:
        return {}
    documents = found.ordered.filter(entity=BILL).order_by().values("document_ref")
    lines = BillLine.objects.filter(bill__connection=connection, bill__quickbooks_id__in=documents)
    rows = lines.exclude(line_ref="").values_list("bill__quickbooks_id", "line_ref", "pk")
    return {(document, line): pk for document, line, pk in rows}


def _sent_shifts(found: FoundLines) -> dict[str, int]:
    """Time entry in QuickBooks → the shift of ours that it was made from."""
    if found.costs.link is None:
        return {}
    entries = found.ordered.filter(entity=TIME).order_by().values("document_ref")
    shifts = our_shifts().filter(connection=found.costs.link.connection, quickbooks_id__in=entries)
    return dict(shifts.values_list("quickbooks_id", "pk"))


Spot = tuple[str, ...]
"""One of the ways in which a cost is known; two costs that share one are the same."""


def places_of(cost: UninvoicedCost) -> set[Spot]:
    places: set[Spot] = set()
    if cost.connection_id is not None:
        place = cost.place
        places.add((str(cost.connection_id), place.entity, place.document_ref, place.line_ref))
    if own := own_key(cost.bill_line_id, cost.shift_id):
        places.add((own,))
    return places


def places_of_row(row: BilledCost) -> set[Spot]:
    """Wherever what it billed may be found."""
    places: set[Spot] = set()
    if row.connection_id is not None:
        places.add((str(row.connection_id), row.entity, row.document_ref, row.line_ref))
    if own := own_key(row.bill_line_id, row.shift_id):
        places.add((own,))
    return places


def places_billed(row: BilledCost) -> set[Spot]:
    """What it bills now. Of rows from `read_billed`."""
    places = places_of_row(row)
    if not is_still_ours(row):
        places.discard((own_key(row.bill_line_id, row.shift_id),))
    return places


def billed_places(project: Project, found: FoundLines) -> set[Spot]:
    """What stands on any invoice, also where it was billed on another project before it came to this one."""
    documents = found.ordered.order_by().values("document_ref")
    moved = Q(document_ref__in=documents) | made_here_as(documents)
    rows = read_billed(BilledCost.objects.filter(Q(project=project) | moved))
    return {place for row in rows for place in places_billed(row)}


def made_here_as(documents: "Collection[str] | QuerySet[Any]") -> Q:
    """Rows of our bill lines and shifts that are these documents of QuickBooks now."""
    shifts = our_shifts().filter(quickbooks_id__in=documents).values("pk")
    return Q(bill_line__bill__quickbooks_id__in=documents) | Q(shift_id__in=shifts)
