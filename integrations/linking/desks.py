"""The three lists that are linked in Settings, as far as pages and columns must tell them apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.models import Connection
from ressio.panels import Page

from .cost_codes import ITEM_IMPORTER
from .eligibility import ItemState, explain, item_state
from .employees import EMPLOYEE_IMPORTER, find_employee
from .importing import Importer
from .pairing import Pairing, find_row
from .vendors import VENDOR_IMPORTER


@dataclass(frozen=True)
class Obstacle:
    """Why a row of QuickBooks cannot be linked, and what to do about it."""

    label: str
    sentence: str
    way_out: str


DELETED = Obstacle(
    "Deleted", "It no longer exists in QuickBooks.", "Link the one that replaced it, or unlink this one."
)


def item_obstacle(item: Any) -> Obstacle | None:
    if item_state(item) is ItemState.ELIGIBLE:
        return None
    explanation = explain(item)
    return Obstacle(explanation.label, explanation.sentence, explanation.way_out)


def deleted_obstacle(row: Any) -> Obstacle | None:
    return DELETED if row.is_deleted else None


@dataclass(frozen=True)
class Desk:
    """`key` is the kind in route names, `place` and `id_name` its part of addresses, `home` its list in Settings.

    The rest are words, and the ways in which the kinds differ.
    """

    key: str
    place: str
    id_name: str
    home: str
    panel: Page
    importer: Importer
    things: str
    rows: str
    row: str
    where_there: str
    guide: str
    obstacle: Callable[[Any], Obstacle | None] = deleted_obstacle
    find: Callable[[Connection, str], Any] | None = None
    link_page: Page | None = None
    """The slot on the page that links one of them, where there is one."""

    @property
    def pairing(self) -> Pairing:
        return self.importer.pairing

    @property
    def thing(self) -> str:
        return self.pairing.thing_label

    def find_row(self, connection: Connection, quickbooks_id: str) -> Any:
        """Raises `LinkRefused` in words."""
        if self.find:
            return self.find(connection, quickbooks_id)
        return find_row(self.pairing, connection, quickbooks_id)

    def spellings(self, row: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys([row.name, getattr(row, "full_name", row.name)]))


DESKS = {
    desk.key: desk
    for desk in (
        Desk(
            key="cost-codes",
            place="cost-codes",
            id_name="cost_code_id",
            home="settings-cost-codes",
            panel="cost_codes",
            importer=ITEM_IMPORTER,
            things="cost codes",
            rows="products and services",
            row="product or service",
            where_there="Sales → Products & Services",
            guide="cost-codes",
            obstacle=item_obstacle,
        ),
        Desk(
            key="vendors",
            place="vendors",
            id_name="vendor_id",
            home="settings-vendors",
            panel="vendors",
            importer=VENDOR_IMPORTER,
            things="vendors",
            rows="QuickBooks vendors",
            row="QuickBooks vendor",
            where_there="Expenses → Vendors",
            guide="people",
            link_page="vendor_link",
        ),
        Desk(
            key="team-members",
            place="team",
            id_name="member_id",
            home="settings-team",
            panel="team_members",
            importer=EMPLOYEE_IMPORTER,
            things="team members",
            rows="QuickBooks employees",
            row="QuickBooks employee",
            where_there="Payroll → Employees",
            guide="people",
            find=find_employee,
        ),
    )
}
