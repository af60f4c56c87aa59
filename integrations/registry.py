"""How each entity of QuickBooks is read, and who wants to hear of what arrived.

The upper rooms fill in the hooks when their app loads; nothing in here knows them.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from integrations.gateway.rows import Row
from integrations.models import Connection, RunKind, SyncRun
from ressio.models import Project

Projector = Callable[[Connection, Sequence[Row], Sequence[str]], None]
AfterSync = Callable[[Connection, SyncRun], None]
LinksChanged = Callable[[Connection], None]


class Source(StrEnum):
    """By which of QuickBooks' ways changes become known."""

    CDC = "cdc"
    """Change data capture: up to 30 days back, tells of deletions."""
    QUERY = "query"
    """A query by LastUpdatedTime. CDC does not cover these, so deletions are noticed by counting."""
    WHOLE = "whole"
    """A single document, read again each time."""


class Shelf(StrEnum):
    SETTINGS = "settings"
    LIST = "list"
    COST = "cost"
    """Transactions that cost something, and time."""
    SALE = "sale"
    FILE = "file"


@dataclass(frozen=True)
class EntityFeed:
    entity: str
    label: str
    """For people, in QuickBooks' words, plural."""
    shelf: Shelf
    source: Source = Source.CDC
    has_inactive: bool = False
    """Queries leave inactive rows out unless asked."""
    can_be_deleted: bool = True
    answer_limit: int = 0
    """How many rows it asks for in the one batch that looks for changes: all answers together hold 1,000."""
    delete_ranges: int = 8
    """Into how many ranges of time its rows are divided when they are counted against QuickBooks' own."""
    volatile: tuple[str, ...] = ()
    """Members that are not stored: links that work for minutes, and addresses that hold the realm id."""

    @property
    def deletes_silently(self) -> bool:
        return self.source is Source.QUERY and self.can_be_deleted


def _table(*feeds: EntityFeed) -> dict[str, EntityFeed]:
    return {feed.entity: feed for feed in feeds}


# In the order in which documents are stored: what others refer to comes first.
ENTITIES: dict[str, EntityFeed] = _table(
    EntityFeed("CompanyInfo", "Company information", Shelf.SETTINGS, Source.WHOLE, can_be_deleted=False),
    EntityFeed("Preferences", "Preferences", Shelf.SETTINGS, Source.WHOLE, can_be_deleted=False),
    EntityFeed("Account", "Accounts", Shelf.LIST, has_inactive=True),
    EntityFeed("TaxAgency", "Tax agencies", Shelf.LIST, Source.QUERY, can_be_deleted=False, answer_limit=50),
    EntityFeed(
        "TaxRate",
        "Tax rates",
        Shelf.LIST,
        Source.QUERY,
        has_inactive=True,
        can_be_deleted=False,
        answer_limit=150,
    ),
    EntityFeed(
        "TaxCode",
        "Tax codes",
        Shelf.LIST,
        Source.QUERY,
        has_inactive=True,
        can_be_deleted=False,
        answer_limit=150,
    ),
    EntityFeed("Customer", "Customers and projects", Shelf.LIST, has_inactive=True),
    EntityFeed("Vendor", "Vendors", Shelf.LIST, has_inactive=True),
    EntityFeed("Employee", "Employees", Shelf.LIST, has_inactive=True),
    EntityFeed("Item", "Products and services", Shelf.LIST, has_inactive=True),
    EntityFeed("Bill", "Bills", Shelf.COST),
    EntityFeed("Purchase", "Expenses, checks and card charges", Shelf.COST),
    EntityFeed("VendorCredit", "Vendor credits", Shelf.COST),
    EntityFeed("BillPayment", "Bill payments", Shelf.COST),
    EntityFeed("TimeActivity", "Time entries", Shelf.COST, Source.QUERY, answer_limit=450, delete_ranges=12),
    EntityFeed("Invoice", "Invoices", Shelf.SALE),
    EntityFeed("CreditMemo", "Credit memos", Shelf.SALE),
    EntityFeed("Payment", "Payments", Shelf.SALE),
    EntityFeed(
        "Attachable",
        "Attachments",
        Shelf.FILE,
        Source.QUERY,
        answer_limit=150,
        delete_ranges=4,
        # The lasting ones say nothing but the realm id, which is stored only encrypted (Q19), and the document's own.
        volatile=(
            "TempDownloadUri",
            "ThumbnailTempDownloadUri",
            "FileAccessUri",
            "ThumbnailFileAccessUri",
        ),
    ),
)

# What a full pull of a kind reads again. Settings are read with every run anyway.
SHELVES_OF_KIND: dict[str, frozenset[Shelf]] = {
    RunKind.LISTS: frozenset({Shelf.SETTINGS, Shelf.LIST}),
    RunKind.EXPENSES: frozenset({Shelf.COST}),
    RunKind.BILLS: frozenset(),
    RunKind.INVOICES: frozenset({Shelf.SALE}),
    RunKind.TIME: frozenset(),
    RunKind.ALL: frozenset(Shelf),
}
# Besides its shelves: a bill is understood only with its payments and its attachments, time only with its workers.
ENTITIES_OF_KIND: dict[str, frozenset[str]] = {
    RunKind.BILLS: frozenset({"Bill", "BillPayment", "Attachable"}),
    RunKind.TIME: frozenset({"Employee", "TimeActivity"}),
}

_projectors: dict[str, list[Projector]] = defaultdict(list)
_after_sync: list[AfterSync] = []
_after_sales: list[AfterSync] = []
_links_changed: list[LinksChanged] = []


def feeds_of_kind(kind: str) -> list[EntityFeed]:
    shelves, entities = SHELVES_OF_KIND[kind], ENTITIES_OF_KIND.get(kind, frozenset())
    return [feed for feed in ENTITIES.values() if feed.shelf in shelves or feed.entity in entities]


def register_projector(entity: str, projector: Projector, *, is_first: bool = False) -> None:
    """`projector(connection, changed, deleted_ids)` runs in the transaction that stores the documents. `is_first`:
    before those that are registered already, which ask for what it finds out.
    """
    if entity not in ENTITIES:
        raise KeyError(f"{entity} is not mirrored")
    if projector not in _projectors[entity]:
        _projectors[entity].insert(0 if is_first else len(_projectors[entity]), projector)


def register_after_sync(hook: AfterSync, *, also_after_sales: bool = False) -> None:
    """`hook(connection, run)` runs when all documents of a run are in, outside of a transaction.

    A run that reads invoices and payments only, every 15 minutes, calls the hooks that ask for it and no others.
    """
    if hook not in _after_sync:
        _after_sync.append(hook)
        if also_after_sales:
            _after_sales.append(hook)


def register_links_changed(hook: LinksChanged) -> None:
    """`hook(connection)` runs on commit after links or switches changed."""
    if hook not in _links_changed:
        _links_changed.append(hook)


def project(connection: Connection, entity: str, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    if changed or deleted_ids:
        for projector in _projectors[entity]:
            projector(connection, changed, deleted_ids)


def after_sync_hooks(*, only_sales: bool = False) -> Sequence[AfterSync]:
    return tuple(_after_sales if only_sales else _after_sync)


def announce_links_changed(connection: Connection) -> None:
    for hook in _links_changed:
        hook(connection)


def fire_links_changed(connection: Connection) -> None:
    """Called inside the transaction that changes a link or a switch: the hooks run once it is committed."""
    transaction.on_commit(lambda: announce_links_changed(connection))


def ring_after_restore(project: Project) -> None:
    """What was held because its project was archived may leave at once."""
    connection = Connection.objects.filter(company=project.company_id, is_current=True).first()
    if connection is not None:
        fire_links_changed(connection)
