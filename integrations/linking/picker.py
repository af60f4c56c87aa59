"""The tree of QuickBooks customers from which a project is connected or made (M5, M6). Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from integrations.models import Connection, ProjectLink, QuickBooksCustomer
from integrations.suggestions import NameIndex

from .review import matches


@dataclass(frozen=True)
class Choice:
    customer: QuickBooksCustomer
    depth: int
    taken_by: str = ""

    @property
    def kind(self) -> str:
        """M6, in QuickBooks' words."""
        if self.customer.is_project:
            return "Project"
        return "Sub-customer" if self.customer.parent_ref else "Customer"

    @property
    def can_be_chosen(self) -> bool:
        return not self.taken_by and not self.customer.is_deleted


@dataclass(frozen=True)
class Picker:
    choices: list[Choice]
    suggested: list[Choice] = field(default_factory=list)
    left_out: int = 0
    has_any: bool = False


def make_picker(connection: Connection, *, query: str, name: str = "", at_most: int = 300) -> Picker:
    """`name`: what the customer is probably called; near-equal ones come first. Deleted ones are left out."""
    rows = QuickBooksCustomer.objects.filter(connection=connection, is_deleted=False)
    taken = _taken(connection)
    choices = [
        Choice(row, row.full_name.count(":"), taken.get(row.quickbooks_id, ""))
        for row in _in_tree_order(rows)
    ]
    found = [choice for choice in choices if matches(query, choice.customer.full_name)]
    suggested = _suggested(choices, name) if name and not query else []
    return Picker(found[:at_most], suggested, max(0, len(found) - at_most), bool(choices))


def _in_tree_order(rows: Iterable[QuickBooksCustomer]) -> list[QuickBooksCustomer]:
    """By path, so that "Quill:House" follows "Quill" and not "Quill & Sons"."""
    return sorted(
        rows, key=lambda row: ([part.casefold() for part in row.full_name.split(":")], row.quickbooks_id)
    )


def _taken(connection: Connection) -> dict[str, str]:
    links = ProjectLink.objects.filter(connection=connection)
    return dict(links.values_list("customer_ref", "project__name"))


def _suggested(choices: list[Choice], name: str) -> list[Choice]:
    free = {choice.customer.quickbooks_id: choice for choice in choices if choice.can_be_chosen}
    names = {ref: (choice.customer.name, choice.customer.full_name) for ref, choice in free.items()}
    return [free[found.key] for found in NameIndex(names).find(name)]
