"""Why a link was not made. The text is for the person who asked; nothing was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class LinkRefused(Exception):
    """Base of them all. `str(error)` may be shown as it is."""


class NotConnected(LinkRefused):
    """Nothing can be linked before QuickBooks is connected (M3), nor with another company's things."""


class AlreadyLinked(LinkRefused):
    """The other side is taken; the message says by whom."""


class NotEligible(LinkRefused):
    """QuickBooks' own record stands in the way: a missing flag, a category, a contractor, a deleted row."""


class NotFound(LinkRefused):
    """No such row in the books of the connected company."""


class NameTaken(LinkRefused):
    """A thing of that name exists here already; `existing` can be linked instead."""

    def __init__(self, message: str, *, existing: Any) -> None:
        super().__init__(message)
        self.existing = existing


@dataclass(frozen=True)
class NameClash:
    """A row that cannot be imported under its name. `can_link`: `existing` is still free to be linked."""

    row: Any
    existing: Any
    can_link: bool


class NamesTaken(LinkRefused):
    """An import would make doubles. Nothing was imported."""

    def __init__(self, clashes: Sequence[NameClash]) -> None:
        self.clashes = list(clashes)
        names = ", ".join(str(clash.row) for clash in self.clashes[:5])
        more = f" and {len(self.clashes) - 5} more" if len(self.clashes) > 5 else ""
        super().__init__(f"Nothing was imported. These names exist here already: {names}{more}.")


class PayrollDecidedElsewhere(LinkRefused):
    """QuickBooks itself says whether this employee is on payroll."""
