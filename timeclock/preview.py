"""What approving a shift will do, before anything leaves: the entry, what it costs, what stands in the way (N4)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from budgets.bills.readiness import Obstacle
from budgets.pricing import Prices
from integrations.models import Connection, ProjectLink
from timeclock.builder import document_of
from timeclock.building import write_json
from timeclock.models import Shift
from timeclock.readiness import NOT_LINKED, STAYS_HERE, obstacles_of, survey
from timeclock.workers import NOBODY, ShiftRates, load_workers, price_shift, rates_of


@dataclass(frozen=True)
class Preview:
    prices: Prices
    rates: ShiftRates
    """`rates.differ`: QuickBooks bills another rate, and that one is sent (R36)."""
    stays: Obstacle | None
    """Why it will not go to QuickBooks at all; None when it goes once it is approved."""
    obstacles: Sequence[Obstacle]
    """What will hold it on its way."""
    text: str
    """The entry as JSON, set out for reading; "" while it cannot be made."""


def preview_of(shift: Shift) -> Preview:
    """Also for an approved one. For Admins only: rates are in it (R3). Asks QuickBooks nothing, changes nothing."""
    connection = _connection_of(shift)
    if connection is None:
        worker = load_workers([shift.team_member_id]).get(shift.team_member_id or 0, NOBODY)
        sentence = "The project is not connected to a customer in QuickBooks."
        stays = Obstacle(NOT_LINKED, sentence, "project-financials", shift.project_id)
        return Preview(price_shift(shift, worker), rates_of(shift, worker), stays, (), "")
    around = survey(connection, [shift])
    found = obstacles_of(shift, around, is_approved=False)
    worker = around.worker_of(shift)
    return Preview(
        price_shift(shift, worker),
        around.rates_of(shift),
        next((each for each in found if each.code in STAYS_HERE), None),
        [each for each in found if each.code not in STAYS_HERE],
        _set_out(write_json(document_of(shift, around))) if not found else "",
    )


def _connection_of(shift: Shift) -> Connection | None:
    links = ProjectLink.objects.filter(project=shift.project_id, connection__is_current=True)
    link = links.select_related("connection").first()
    return link.connection if link else None


def _set_out(document: bytes) -> str:
    return json.dumps(json.loads(document), indent=2, ensure_ascii=False)
