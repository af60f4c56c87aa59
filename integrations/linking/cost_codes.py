"""Cost codes ↔ Products & Services (M8–M10, M19)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from integrations.models import Connection, CostCodeLink, QuickBooksItem
from ressio.models import CostCode, User

from .eligibility import ItemState, explain, item_state
from .errors import NamesTaken, NameTaken, NotEligible
from .importing import Imported, Importer, clean_name, import_rows
from .pairing import Pairing, link_many, link_one, unlink_one


def check_item(item: QuickBooksItem) -> None:
    if item_state(item) is not ItemState.ELIGIBLE:
        explanation = explain(item)
        raise NotEligible(f"“{item}” cannot be a cost code. {explanation.sentence} {explanation.way_out}")


COST_CODES = Pairing(
    thing_field="cost_code",
    ref_field="item_ref",
    link_model=CostCodeLink,
    thing_model=CostCode,
    row_model=QuickBooksItem,
    thing_label="cost code",
    row_label="product or service",
    check=check_item,
)


def cost_code_from_item(item: QuickBooksItem) -> CostCode:
    """Its category is the item's path: "Site:Excavation:Trenching" is Trenching in Site / Excavation."""
    path = item.full_name.split(":")[:-1]
    return CostCode(
        company_id=item.company_id,
        name=clean_name(item.name, 120),
        description=item.description,
        category=" / ".join(part.strip() for part in path)[:100],
        sku=item.sku[:100],
    )


ITEM_IMPORTER = Importer(COST_CODES, cost_code_from_item)


def link_cost_code(
    *, cost_code: CostCode, item: QuickBooksItem, actor: User | None, now: datetime
) -> CostCodeLink:
    """Link, or change the link of, a cost code. Raises `NotEligible`, `AlreadyLinked`, `NotConnected`."""
    link: CostCodeLink = link_one(COST_CODES, thing=cost_code, row=item, actor=actor, now=now)
    return link


def link_cost_codes(
    *, pairs: Iterable[tuple[CostCode, QuickBooksItem]], actor: User | None, now: datetime
) -> list[CostCodeLink]:
    """A reviewed list of suggestions: all or none."""
    return link_many(COST_CODES, pairs=pairs, actor=actor, now=now)


def unlink_cost_code(*, cost_code: CostCode, connection: Connection, actor: User | None) -> bool:
    return unlink_one(COST_CODES, connection=connection, thing=cost_code, actor=actor)


def import_items(
    *,
    connection: Connection,
    items: Sequence[QuickBooksItem],
    actor: User | None,
    now: datetime,
    link_to_existing: Collection[str] = (),
) -> Imported:
    """Chosen items become cost codes. Raises `NamesTaken` (with what to link instead), all undone."""
    return import_rows(
        ITEM_IMPORTER,
        connection=connection,
        rows=items,
        link_to_existing=link_to_existing,
        actor=actor,
        now=now,
    )


def create_cost_code_from_item(*, item: QuickBooksItem, actor: User | None, now: datetime) -> CostCode:
    """One item, one new cost code. Raises `NameTaken` with the cost code that could be linked."""
    try:
        imported = import_items(connection=item.connection, items=[item], actor=actor, now=now)
    except NamesTaken as error:
        existing = error.clashes[0].existing
        message = f"There is a cost code “{existing}” already. Link it instead."
        raise NameTaken(message, existing=existing) from error
    cost_code: CostCode = imported.created[0]
    return cost_code


def importable_items(connection: Connection) -> list[QuickBooksItem]:
    """Eligible, in use, and not linked yet: what "import all" means."""
    taken = set(COST_CODES.links(connection).values_list("item_ref", flat=True))
    items = QuickBooksItem.objects.filter(connection=connection, is_active=True).order_by("full_name", "pk")
    return [
        item for item in items if item.quickbooks_id not in taken and item_state(item) is ItemState.ELIGIBLE
    ]
