"""What will happen to a bill when it is approved, shown before anything leaves (M43, M91, U11–U13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from budgets.bills.duplicates import find_duplicates
from budgets.bills.pushes import find_project_connection
from budgets.bills.readiness import DUPLICATE, Obstacle, Surroundings, obstacles_of, survey
from budgets.bills.staying import PUSHING_OFF
from budgets.models import Bill, BillLine
from integrations.switches import switches_of
from ressio.models import CostCode


@dataclass(frozen=True)
class LookAhead:
    """`lines` are as approval would leave them: a line without a cost code has the default one."""

    lines: Sequence[BillLine]
    default_code: CostCode | None
    bare: list[int]
    """Places of the lines that fall to the default billing cost code."""
    duplicates: list[Bill]
    obstacles: list[Obstacle]
    """What keeps it out of QuickBooks, besides a duplicate that is shown above."""
    stays: Obstacle | None
    """Why it would not go to QuickBooks at all; None when it goes once it is approved."""
    around: Surroundings | None = field(repr=False, default=None)

    @property
    def reason_to_stay(self) -> str:
        return f"{self.stays.sentence} It counts here and stays here until it is sent." if self.stays else ""

    @property
    def is_clear(self) -> bool:
        return not (self.bare or self.duplicates or self.obstacles)


def look_ahead(bill: Bill, lines: Sequence[BillLine]) -> LookAhead:
    """Also for a bill that is not stored yet. Changes nothing, asks QuickBooks nothing."""
    assert bill.project is not None
    switches = switches_of(bill.project)
    code = switches.default_billing_code
    bare = [line.position for line in lines if line.cost_code_id is None]
    if code is not None:
        for line in lines:
            if line.cost_code_id is None:
                line.cost_code, line.is_default_code = code, True
    duplicates = find_duplicates(bill) if bill.vendor_id else []
    connection = find_project_connection(bill.project)
    if connection is None:
        sentence = "The project is not connected to a customer in QuickBooks."
        stays = Obstacle("project_not_linked", sentence, "project-financials", bill.project_id)
        return LookAhead(lines, code, bare, duplicates, [], stays)
    around = survey(connection, [bill], {bill.pk: lines})
    found = obstacles_of(bill, lines, around, requested_by=None, is_approved=False)
    keeps = next((each for each in found if each.code in PUSHING_OFF), None)
    shown = [each for each in found if each is not keeps and not (each.code == DUPLICATE and duplicates)]
    if bill.vendor_id is None:
        shown = [each for each in shown if each.code != "vendor_not_linked"]
    return LookAhead(
        lines,
        code,
        bare,
        duplicates,
        [each for each in shown if each.code != "no_code"],
        keeps,
        around,
    )
