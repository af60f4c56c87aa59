"""What the rooms above approve and QuickBooks does not have: they keep its cost lines, and say what these must be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from ressio.models import Company, Project


class OwnTime(NamedTuple):
    """One line of time, as its own room works it out anew."""

    billable_status: str
    at_cost: Decimal | None
    at_billable: Decimal | None
    seconds: int


@dataclass(frozen=True)
class OwnCosts:
    """One kind of thing, by the `entity` of its cost lines."""

    facts_of: Callable[[Project], Iterable[tuple[str, OwnTime]]]
    """(`document_ref`, facts) of each line that must be stored."""
    url_of: Callable[[Company, str], str]
    """The page of the thing behind a `document_ref`."""
    things: Callable[[], "QuerySet[Any]"]
    """All that were made here, sent or not. `pk` is the `document_ref` of its own lines; `connection` and
    `quickbooks_id` are where QuickBooks' line stands in for them, empty while it has none."""


_own_costs: dict[str, OwnCosts] = {}


def register_own_costs(entity: str, own: OwnCosts) -> None:
    _own_costs[entity] = own


def own_costs() -> Mapping[str, OwnCosts]:
    return _own_costs
