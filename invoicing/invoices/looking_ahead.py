"""What will happen to an invoice when it is released, shown before anything leaves (M91, N4, N13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from budgets.bills.pushes import find_project_connection
from budgets.bills.readiness import Obstacle
from integrations.switches import switches_of
from invoicing.invoices.pushes import NOT_LINKED
from invoicing.invoices.readiness import Surroundings, obstacles_of, survey
from invoicing.models import Invoice, InvoiceLine
from ressio.models import CostCode

STAYS = ("project_not_linked", "pushing_off")


@dataclass(frozen=True)
class LookAhead:
    """`lines` are as the release would leave them: a line without a cost code has the default one."""

    lines: Sequence[InvoiceLine]
    default_code: CostCode | None
    bare: list[int]
    """Places of the lines that fall to the Default Invoice Code."""
    obstacles: list[Obstacle]
    """What keeps it out of QuickBooks."""
    stays: Obstacle | None
    """Why it would not go to QuickBooks at all; None when it goes once it is released."""
    around: Surroundings | None = field(repr=False, default=None)

    @property
    def reason_to_stay(self) -> str:
        return f"{self.stays.sentence} It stays here until it is sent." if self.stays else ""

    @property
    def is_clear(self) -> bool:
        return not (self.bare or self.obstacles)


def look_ahead(invoice: Invoice) -> LookAhead:
    """Changes nothing, asks QuickBooks nothing."""
    lines = list(invoice.lines.select_related("cost_code"))
    code = switches_of(invoice.project).default_invoice_code
    bare = [line.position for line in lines if line.cost_code_id is None]
    for line in lines:
        if line.cost_code_id is None and code is not None:
            line.cost_code, line.is_default_code = code, True
    connection = find_project_connection(invoice.project)
    if connection is None:
        stays = Obstacle("project_not_linked", NOT_LINKED, "project-financials", invoice.project_id)
        return LookAhead(lines, code, bare, [], stays)
    around = survey(connection, [invoice], {invoice.pk: lines})
    found = obstacles_of(invoice, lines, around, requested_by=None, is_released=False)
    keeps = next((each for each in found if each.code in STAYS), None)
    shown = [each for each in found if each is not keeps]
    return LookAhead(lines, code, bare, shown, keeps, around)
