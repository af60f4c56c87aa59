"""What approving many bills at once would do, said in numbers before anybody says yes (U1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from budgets.bills.approval import say_incomplete
from budgets.bills.readiness import Obstacle, Surroundings, obstacles_of, survey
from budgets.bills.seen import mark_of
from budgets.bills.staying import PUSHING_OFF
from budgets.models import CLOSED_STATES, Bill, BillLine
from integrations.models import Connection, ProjectSwitches, VendorLink
from ressio.money import ZERO

MOST = 200


@dataclass(frozen=True)
class Foreseen:
    bill: Bill
    mark: str
    """`seen.mark_of` the bill: an approval of another one than this is refused."""
    refusal: str = ""
    """Why it cannot be approved like this."""
    stays: str = ""
    """Why it would not go to QuickBooks at once."""
    is_held: bool = False
    """It would be held before QuickBooks; else it stays here by itself."""

    @property
    def goes(self) -> bool:
        return not self.refusal and not self.stays


@dataclass(frozen=True)
class Outlook:
    bills: Sequence[Foreseen]

    @property
    def approvable(self) -> list[Foreseen]:
        return [each for each in self.bills if not each.refusal]

    @property
    def amount(self) -> Decimal:
        return sum((each.bill.total for each in self.approvable), ZERO)

    @property
    def going(self) -> int:
        """How many go to QuickBooks."""
        return sum(each.goes for each in self.bills)

    @property
    def staying(self) -> int:
        """How many are approved and do not go at once."""
        return len(self.approvable) - self.going


def foresee_approval(bills: "QuerySet[Bill]") -> Outlook:
    """About fifteen queries for any number of bills; at most `MOST` are looked at. Changes nothing."""
    chosen = bills.select_related("project", "vendor").prefetch_related("lines__cost_code")
    found = list(chosen.order_by("issued_on", "pk")[:MOST])
    marks = {bill.pk: mark_of(bill) for bill in found}
    lines = _fill_default_codes(found)
    connection = Connection.objects.filter(is_current=True).first()
    around = survey(connection, found, lines) if connection else None
    doubles = _find_doubles(found)
    return Outlook(
        [
            _foresee(bill, lines[bill.pk], around, mark=marks[bill.pk], double=doubles.get(bill.pk))
            for bill in found
        ]
    )


def _fill_default_codes(bills: Sequence[Bill]) -> dict[int, list[BillLine]]:
    """The lines as approval would leave them; on the objects only."""
    projects = {bill.project_id for bill in bills}
    switches = ProjectSwitches.objects.filter(project__in=projects).select_related("default_billing_code")
    defaults = {found.project_id: found.default_billing_code for found in switches}
    lines = {bill.pk: list(bill.lines.all()) for bill in bills}
    for bill in bills:
        for line in lines[bill.pk]:
            if line.cost_code_id is None:
                line.cost_code = defaults.get(bill.project_id or 0)
    return lines


def _foresee(
    bill: Bill, lines: Sequence[BillLine], around: Surroundings | None, *, mark: str, double: Bill | None
) -> Foreseen:
    refusal = _why_not(bill, lines, double)
    if refusal:
        return Foreseen(bill, mark, refusal=refusal)
    obstacle = _first_obstacle(bill, lines, around)
    if obstacle is None:
        return Foreseen(bill, mark)
    return Foreseen(bill, mark, stays=obstacle.sentence, is_held=obstacle.code not in PUSHING_OFF)


def _why_not(bill: Bill, lines: Sequence[BillLine], double: Bill | None) -> str:
    if not bill.is_open or not bill.is_ours:
        return f"It is {bill.get_state_display().lower()} already."
    incomplete = say_incomplete(bill, has_lines=bool(lines))
    if incomplete:
        return incomplete[1]
    if double is not None:
        return "The vendor has another bill of this number. Open this one and say that both are right."
    if any(line.cost_code is None for line in lines):
        return "A line has no cost code, and the project has no default billing cost code."
    return ""


def _first_obstacle(bill: Bill, lines: Sequence[BillLine], around: Surroundings | None) -> Obstacle | None:
    if around is None:
        return Obstacle(PUSHING_OFF[0], "This company is not connected to QuickBooks.")
    found = obstacles_of(bill, lines, around, requested_by=None, is_approved=False)
    return next((each for each in found if each.code in PUSHING_OFF), next(iter(found), None))


def _find_doubles(bills: Sequence[Bill]) -> dict[int, Bill]:
    """Bill id to another bill of its vendor and number, as `duplicates.find_duplicates` finds them (U12)."""
    numbers = {bill.plain_number for bill in bills if bill.plain_number}
    links = VendorLink.objects.filter(vendor__in={bill.vendor_id for bill in bills})
    refs: dict[int, set[str]] = {}
    for vendor_id, ref in links.filter(connection__is_current=True).values_list("vendor_id", "vendor_ref"):
        refs.setdefault(vendor_id, set()).add(ref)
    by_number: dict[str, list[Bill]] = {}
    for other in Bill.objects.filter(plain_number__in=numbers).exclude(state__in=CLOSED_STATES):
        by_number.setdefault(other.plain_number, []).append(other)
    found: dict[int, Bill] = {}
    for bill in bills:
        if bill.vendor_id is not None:
            known = refs.get(bill.vendor_id, set())
            for other in by_number.get(bill.plain_number, ()):
                is_same = other.vendor_id == bill.vendor_id or other.vendor_ref in known
                if other.pk != bill.pk and is_same:
                    found.setdefault(bill.pk, other)
    return found
