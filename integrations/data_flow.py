"""The chart of what goes which way between Ressio and QuickBooks (M83), in words a bookkeeper uses."""

from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """`sign` is drawn, `label` is read."""

    PULLED = ("←", "From QuickBooks")
    BOTH = ("↔", "Both ways")
    PUSHED = ("→", "To QuickBooks")

    def __init__(self, sign: str, label: str) -> None:
        self.sign = sign
        self.label = label


@dataclass(frozen=True, slots=True)
class Flow:
    """`is_here`: this version does it. The rest is shown too, so that nobody expects another direction."""

    name: str
    direction: Direction
    note: str
    is_here: bool = True


FLOWS = (
    Flow("Customers, sub-customers and projects", Direction.PULLED, "To connect your projects to."),
    Flow("Products and services", Direction.PULLED, "To link your cost codes to, with their accounts."),
    Flow(
        "Vendors",
        Direction.PULLED,
        "QuickBooks stays the master: nothing there is overwritten. A vendor is created there only when you say so.",
    ),
    Flow("Employees", Direction.PULLED, "To link your team members to."),
    Flow("Bills made in QuickBooks", Direction.PULLED, "Each line into the budget of its project."),
    Flow(
        "Expenses, checks and card charges",
        Direction.PULLED,
        "Bank transactions count once they are accepted in QuickBooks with a customer. Never written back.",
    ),
    Flow("Card credits", Direction.PULLED, "They reduce cost."),
    Flow("Vendor credits", Direction.PULLED, "When switched on for the project; to look at only."),
    Flow("Time entries", Direction.PULLED, "When switched on for the project."),
    Flow("Tax codes", Direction.PULLED, "Read, so that both sides use the same rates."),
    Flow(
        "Bills made in Ressio",
        Direction.PUSHED,
        "After approval, unpaid. They come back as bills and count once.",
    ),
    Flow(
        "Files on bills",
        Direction.BOTH,
        "Only files on bills, each way by its own switch. Files on invoices, time, vendor credits and other "
        "expenses never go over.",
    ),
    Flow("Time approved in Ressio", Direction.PUSHED, "For linked people on payroll.", is_here=False),
    Flow(
        "Client invoices",
        Direction.PUSHED,
        "When they are released. Invoices made in QuickBooks are not imported.",
    ),
    Flow(
        "Payments of those invoices",
        Direction.PULLED,
        "Recorded in QuickBooks; their status comes back every 15 minutes.",
    ),
)

NEVER = (
    "Payroll that was processed in QuickBooks",
    "Journal entries and manual adjustments",
    "Reimbursements",
    "Deposits and transfers",
    "Transactions without a project's customer",
    "Custom fields of either side",
)
