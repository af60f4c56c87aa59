"""What links and switches move in the budget, in numbers.

The figures live in a higher room, which registers them here. Before it does (as in tests of this room alone)
every question is answered with nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from integrations.models import Connection
from ressio.models import Project
from ressio.money import ZERO


@dataclass(frozen=True)
class Figures:
    """Cost lines and what they come to, in home currency; time that has no price counts in lines only."""

    line_count: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class UnknownProjectRef:
    """A QuickBooks project number on cost lines that is not known as a customer (V2)."""

    project_ref: str
    figures: Figures
    named_customer_refs: list[str] = field(default_factory=list)


class CostFigures(Protocol):
    def counted(self, project: Project) -> Figures:
        """What the budget holds from QuickBooks now: it leaves when the project is disconnected."""

    def of_customers(self, connection: Connection, customer_refs: Collection[str]) -> Figures:
        """All cost lines of these customers, counted or not."""

    def unknown_project_refs(self, connection: Connection) -> list[UnknownProjectRef]:
        """Numbers on cost lines that neither a mapping nor a customer row explains."""


class NoFigures:
    def counted(self, project: Project) -> Figures:
        return Figures()

    def of_customers(self, connection: Connection, customer_refs: Collection[str]) -> Figures:
        return Figures()

    def unknown_project_refs(self, connection: Connection) -> list[UnknownProjectRef]:
        return []


_registered: list[CostFigures] = [NoFigures()]


def register_cost_figures(figures: CostFigures) -> None:
    """Called once, in `AppConfig.ready()` of the room that owns cost lines."""
    _registered[:] = [figures]


def cost_figures() -> CostFigures:
    return _registered[0]
