"""What is sent in a fault run: bills with a client's invoices, or the shifts of a payday."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from budgets.models import Bill
from invoicing.models import Invoice
from tests.faults.checks import find_faults
from tests.faults.invoices import InvoicePlan, draft_invoices, release_twice, treat_arrived
from tests.faults.office import Plan, approve, enter_bills
from tests.faults.payday import Payday
from tests.invoicing.office import InvoiceOffice
from tests.timeclock.crew import open_crew


class Load(Protocol):
    @property
    def drafts(self) -> Sequence[Any]:
        """In the order in which they are approved."""

    def approve(self, some: Sequence[Any], *, is_bulk: bool) -> None: ...

    def meddle(self) -> None:
        """What people do meanwhile with what has arrived, here and in QuickBooks."""

    def find_faults(self) -> list[str]: ...


@dataclass
class Paperwork:
    """Bills are approved as `is_bulk` says. Invoices are released twice each; those that have arrived are paid, voided
    or changed. Bills are edited elsewhere: here each must stay as it was sent.
    """

    office: InvoiceOffice
    bills: Plan
    invoices: InvoicePlan

    @classmethod
    def of(cls, office: InvoiceOffice, bills: int, invoices: int, dice: Random) -> "Paperwork":
        return cls(office, enter_bills(office, bills, dice), draft_invoices(office, invoices, dice))

    @property
    def drafts(self) -> Sequence[Bill | Invoice]:
        return mix(self.bills.drafts, self.invoices.drafts)

    def approve(self, some: Sequence[Bill | Invoice], *, is_bulk: bool) -> None:
        approve(self.office, [each for each in some if isinstance(each, Bill)], is_bulk=is_bulk)
        release_twice(self.office, [each for each in some if isinstance(each, Invoice)])

    def meddle(self) -> None:
        treat_arrived(self.office, self.invoices)

    def find_faults(self) -> list[str]:
        return find_faults(self.office, self.bills, self.invoices)


def make_load(office: InvoiceOffice, *, bills: int, invoices: int, shifts: int, dice: Random) -> Load:
    if shifts:
        return Payday.of(open_crew(office), shifts)
    return Paperwork.of(office, bills, invoices, dice)


def mix(*piles: Sequence[Any]) -> list[Any]:
    """Each pile evenly spread over the whole, in its order."""
    placed = [(place / len(pile), thing) for pile in piles for place, thing in enumerate(pile)]
    return [thing for _, thing in sorted(placed, key=lambda each: each[0])]
