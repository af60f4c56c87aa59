"""Both sides of a list next to each other: what is linked, what could be, what cannot and why. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from integrations.models import Connection, QuickBooksAccount, QuickBooksItem
from integrations.suggestions import (
    NameIndex,
    Suggestion,
    choose_one_each,
    find_near_duplicates,
    suggest_pairs,
)

from .desks import Desk, Obstacle


class Show(StrEnum):
    """The filters of the page, in the order shown."""

    UNLINKED = "unlinked"
    LINKED = "linked"
    ONLY_THERE = "only-there"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True)
class Linked:
    thing: Any
    link: Any
    row: Any | None
    obstacle: Obstacle | None


@dataclass(frozen=True)
class Unlinked:
    thing: Any
    suggested: Any | None = None
    score: float = 0.0
    is_sure: bool = False
    hindered: "Ineligible | None" = None
    """Its namesake in QuickBooks, when something stands in that one's way (M35)."""

    @property
    def percent(self) -> int:
        return round(self.score * 100)


@dataclass(frozen=True)
class Ineligible:
    row: Any
    obstacle: Obstacle


@dataclass(frozen=True)
class Review:
    linked: list[Linked] = field(default_factory=list)
    unlinked: list[Unlinked] = field(default_factory=list)
    only_there: list[Any] = field(default_factory=list)
    ineligible: list[Ineligible] = field(default_factory=list)

    @property
    def suggested(self) -> list[Unlinked]:
        return [entry for entry in self.unlinked if entry.suggested is not None]

    def counts(self) -> dict[Show, int]:
        return {
            Show.UNLINKED: len(self.unlinked),
            Show.LINKED: len(self.linked),
            Show.ONLY_THERE: len(self.only_there),
            Show.INELIGIBLE: len(self.ineligible),
        }


def _by_name(thing: Any) -> tuple[str, int]:
    return thing.name.casefold(), thing.pk


class Sides:
    """The rows of both sides and the links between them: four queries, whatever is asked."""

    def __init__(self, desk: Desk, connection: Connection) -> None:
        self.desk = desk
        self.connection = connection
        pairing = desk.pairing
        things = pairing.thing_model._default_manager.filter(company_id=connection.company_id)
        self.things: list[Any] = sorted(things, key=_by_name)
        rows = pairing.row_model.objects.filter(connection=connection)
        self.rows: list[Any] = sorted(
            rows, key=lambda row: (desk.spellings(row)[-1].casefold(), row.quickbooks_id)
        )
        self.links = list(pairing.links(connection))

    @cached_property
    def row_by_ref(self) -> dict[str, Any]:
        return {row.quickbooks_id: row for row in self.rows}

    @cached_property
    def link_by_thing(self) -> dict[int, Any]:
        return {getattr(link, f"{self.desk.pairing.thing_field}_id"): link for link in self.links}

    @cached_property
    def linked_refs(self) -> set[str]:
        return {getattr(link, self.desk.pairing.ref_field) for link in self.links}

    def row_of(self, link: Any) -> Any | None:
        return self.row_by_ref.get(getattr(link, self.desk.pairing.ref_field))

    @cached_property
    def free_rows(self) -> list[Any]:
        """Rows that may be linked: nobody has them, nothing stands in the way, and they are in use."""
        return [
            row
            for row in self.rows
            if row.is_active and row.quickbooks_id not in self.linked_refs and not self.desk.obstacle(row)
        ]

    @cached_property
    def free_things(self) -> list[Any]:
        return [thing for thing in self.things if thing.is_active and thing.pk not in self.link_by_thing]


def review(sides: Sides) -> Review:
    ineligible = [
        Ineligible(row, obstacle)
        for row in sides.rows
        if row.quickbooks_id not in sides.linked_refs and (obstacle := sides.desk.obstacle(row))
    ]
    return Review(
        linked=[_linked(sides, thing) for thing in sides.things if thing.pk in sides.link_by_thing],
        unlinked=list(_unlinked(sides, ineligible)),
        only_there=sides.free_rows,
        ineligible=ineligible,
    )


def _linked(sides: Sides, thing: Any) -> Linked:
    link = sides.link_by_thing[thing.pk]
    row = sides.row_of(link)
    return Linked(thing, link, row, sides.desk.obstacle(row) if row else None)


def _unlinked(sides: Sides, ineligible: Sequence[Ineligible]) -> Iterable[Unlinked]:
    chosen = suggest_links(sides)
    hindered = NameIndex({place: sides.desk.spellings(entry.row) for place, entry in enumerate(ineligible)})
    for thing in sides.free_things:
        if suggestion := chosen.get(thing.pk):
            row = sides.row_by_ref[suggestion.key]
            yield Unlinked(thing, row, suggestion.score, suggestion.is_sure)
        else:
            namesake = next((found for found in hindered.find(thing.name) if found.is_sure), None)
            yield Unlinked(thing, hindered=ineligible[namesake.key] if namesake else None)


def suggest_links(sides: Sides) -> dict[int, Suggestion[str]]:
    """Thing → at most one row that is nearly its namesake, none offered twice."""
    found = suggest_pairs(
        {thing.pk: thing.name for thing in sides.free_things},
        {row.quickbooks_id: sides.desk.spellings(row) for row in sides.free_rows},
    )
    return choose_one_each(found)


def suggest_rows(sides: Sides, name: str, *, at_most: int = 3) -> list[Any]:
    """For the page that links one thing."""
    index = NameIndex({row.quickbooks_id: sides.desk.spellings(row) for row in sides.free_rows})
    return [sides.row_by_ref[found.key] for found in index.find(name, at_most=at_most)]


def suggest_things(sides: Sides, row: Any, *, at_most: int = 3) -> list[Any]:
    """The same from the other side: ours that are nearly called like a row of QuickBooks."""
    things = {thing.pk: thing for thing in sides.free_things}
    index = NameIndex({pk: [thing.name] for pk, thing in things.items()})
    return [things[found.key] for found in index.find(row.name, at_most=at_most)]


def list_doubles_here(sides: Sides) -> list[tuple[Any, Any]]:
    """M14, C27: two of ours that look like one entered twice."""
    things = {thing.pk: thing for thing in sides.things if thing.is_active}
    pairs = find_near_duplicates({pk: thing.name for pk, thing in things.items()})
    return [(things[first], things[second]) for first, second in pairs]


def list_doubles_there(sides: Sides) -> list[tuple[Any, Any]]:
    rows = {row.quickbooks_id: row for row in sides.rows if row.is_active and not row.is_deleted}
    pairs = find_near_duplicates({ref: row.name for ref, row in rows.items()})
    return [(rows[first], rows[second]) for first, second in pairs]


def matches(query: str, *texts: str) -> bool:
    """Every word is found somewhere."""
    haystack = " ".join(texts).casefold()
    return all(word in haystack for word in query.casefold().split())


@dataclass(frozen=True)
class Accounts:
    """M9: the general-ledger accounts an item posts to, by name."""

    income: str = ""
    expense: str = ""


def accounts_of(connection: Connection, items: Sequence[QuickBooksItem]) -> dict[str, Accounts]:
    """Item id → names of its accounts. One query."""
    refs = {ref for item in items for ref in (item.income_account_ref, item.expense_account_ref) if ref}
    rows = QuickBooksAccount.objects.filter(connection=connection, quickbooks_id__in=refs)
    names = {row.quickbooks_id: f"{row.number} {row.name}".strip() for row in rows}
    return {
        item.quickbooks_id: Accounts(
            names.get(item.income_account_ref, item.income_account_ref and "unknown account"),
            names.get(item.expense_account_ref, item.expense_account_ref and "unknown account"),
        )
        for item in items
    }
