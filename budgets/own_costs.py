"""What the rooms above approve and QuickBooks does not have: they keep its cost lines, and say what these must be."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from ressio.models import Project


class OwnTime(NamedTuple):
    """One line of time, as its own room works it out anew."""

    billable_status: str
    at_cost: Decimal | None
    at_billable: Decimal | None
    seconds: int


FactsOf = Callable[[Project], Iterable[tuple[str, OwnTime]]]
_own_costs: dict[str, FactsOf] = {}


def register_own_costs(entity: str, facts_of: FactsOf) -> None:
    """`facts_of(project)` gives (`document_ref`, facts) of each line that must be stored under `entity`."""
    _own_costs[entity] = facts_of


def own_costs() -> Mapping[str, FactsOf]:
    return _own_costs
