"""Which products and services can stand for a cost code (M19, M35), and what to do about the others."""

from dataclasses import dataclass
from enum import StrEnum

from integrations.models import QuickBooksItem


class ItemState(StrEnum):
    ELIGIBLE = "eligible"
    NOT_SOLD = "not_sold"
    NOT_PURCHASED = "not_purchased"
    NEITHER = "neither"
    CATEGORY = "category"
    BUNDLE = "bundle"
    DELETED = "deleted"


@dataclass(frozen=True)
class Explanation:
    label: str
    sentence: str
    way_out: str = ""


OPEN_ITEM = "In QuickBooks open Sales → Products & Services, edit it,"
EXPLANATIONS = {
    ItemState.ELIGIBLE: Explanation("Eligible", "It is sold and purchased."),
    ItemState.NOT_SOLD: Explanation(
        "Not sold",
        "“I sell this product/service” is not ticked.",
        f"{OPEN_ITEM} tick “I sell this”, save, and sync.",
    ),
    ItemState.NOT_PURCHASED: Explanation(
        "Not purchased",
        "“I purchase this product/service from a vendor” is not ticked.",
        f"{OPEN_ITEM} tick “I purchase this”, save, and sync.",
    ),
    ItemState.NEITHER: Explanation(
        "Not sold, not purchased",
        "Neither “I sell this” nor “I purchase this” is ticked.",
        f"{OPEN_ITEM} tick both, save, and sync.",
    ),
    ItemState.CATEGORY: Explanation(
        "Category",
        "A category groups products and services; no cost is entered on it.",
        "Link one of the items in it.",
    ),
    ItemState.BUNDLE: Explanation(
        "Bundle",
        "A bundle is sold as a set and cannot be purchased.",
        "Link the products and services inside it.",
    ),
    ItemState.DELETED: Explanation(
        "Deleted",
        "It no longer exists in QuickBooks.",
        "Link the item that replaced it, or unlink the cost code.",
    ),
}


def item_state(item: QuickBooksItem) -> ItemState:
    """Inactive is no obstacle: QuickBooks keeps the item's costs, and so do we (V4)."""
    if item.is_deleted:
        return ItemState.DELETED
    if item.item_type == "Category":
        return ItemState.CATEGORY
    if item.item_type == "Group":
        return ItemState.BUNDLE
    return _state_by_flags(item)


def _state_by_flags(item: QuickBooksItem) -> ItemState:
    match item.is_sold, item.is_purchased:
        case True, True:
            return ItemState.ELIGIBLE
        case True, False:
            return ItemState.NOT_PURCHASED
        case False, True:
            return ItemState.NOT_SOLD
        case _:
            return ItemState.NEITHER


def is_eligible(item: QuickBooksItem) -> bool:
    return item_state(item) is ItemState.ELIGIBLE


def explain(item: QuickBooksItem) -> Explanation:
    return EXPLANATIONS[item_state(item)]
