"""What the drop-downs of the forms offer: names that are active, and the one that is chosen already."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.sandbox.books import Books
from integrations.sandbox.pages.markup import Html, join, tag
from integrations.sandbox.wire import Document

INDENT = "\u2003"
# QuickBooks lets people choose nearly any account on a category line; these are the ones that make sense.
CATEGORIES = (
    "Cost of Goods Sold",
    "Expense",
    "Other Expense",
    "Fixed Asset",
    "Other Current Asset",
    "Income",
)


def select(name: str, *options: object, label: str = "", required: bool = False) -> Html:
    """A drop-down; ``label`` names it for screen readers where no visible label stands beside it."""
    return tag("select", *options, name=name, id=name, aria_label=label or None, required=required)


def option(value: str, text: str, chosen: str) -> Html:
    return tag("option", text, value=value, selected=value == chosen)


def group(label: str, options: Iterable[Html]) -> Html:
    return tag("optgroup", join(options), label=label)


def label_of(document: Document) -> str:
    return str(document.get("FullyQualifiedName") or document.get("DisplayName") or document.get("Name"))


class Choices:
    """The names of one company, each list read once for a page."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._lists: dict[str, list[Document]] = {}

    def all(self, entity: str) -> list[Document]:
        if entity not in self._lists:
            self._lists[entity] = sorted(self._books.all(entity), key=lambda row: label_of(row).casefold())
        return self._lists[entity]

    def offered(self, entity: str, chosen: str = "") -> list[Document]:
        """Active ones by name, and the chosen one even when it is not active any more."""
        return [row for row in self.all(entity) if row.get("Active", True) or row["Id"] == chosen]

    def vendors(self, chosen: str) -> Html:
        options = [option(row["Id"], label_of(row), chosen) for row in self.offered("Vendor", chosen)]
        return join([option("", "Choose a vendor…", chosen), *options])

    def people(self, chosen: str, entities: tuple[str, ...], *, nothing: str) -> Html:
        """Names of several lists in one drop-down; values are ``Vendor:12``."""
        groups = [group(f"{entity}s", self._typed(entity, chosen)) for entity in entities]
        return join([option("", nothing, chosen), *groups])

    def _typed(self, entity: str, chosen: str) -> list[Html]:
        kind, _, chosen_id = chosen.partition(":")
        rows = self.offered(entity, chosen_id if kind == entity else "")
        return [option(f"{entity}:{row['Id']}", label_of(row), chosen) for row in rows]

    def customers(self, chosen: str, *, nothing: str = "No customer", inactive: bool = False) -> Html:
        """The tree, children indented under their parents."""
        rows = self.all("Customer") if inactive else self.offered("Customer", chosen)
        return join([option("", nothing, chosen), *(option(row["Id"], _branch(row), chosen) for row in rows)])

    def items(self, chosen: str, *, nothing: str = "No item") -> Html:
        return join(
            [option("", nothing, chosen), *(option(*pair, chosen) for pair in self._item_pairs(chosen))]
        )

    def accounts(self, types: tuple[str, ...], chosen: str, *, nothing: str = "") -> Html:
        rows = [row for row in self.offered("Account", chosen) if row.get("AccountType") in types]
        options = [option(row["Id"], label_of(row), chosen) for row in rows]
        return join([option("", nothing, chosen), *options] if nothing else options)

    def item_or_category(self, chosen: str) -> Html:
        """What a cost line is for; values are ``item:12`` and ``account:31``."""
        kind, _, chosen_id = chosen.partition(":")
        items = self._item_pairs(chosen_id if kind == "item" else "")
        accounts = [row for row in self.offered("Account", chosen_id) if self._is_category(row, chosen)]
        return join(
            [
                option("", "—", chosen),
                group("Products & services", (option(f"item:{key}", text, chosen) for key, text in items)),
                group(
                    "Categories (accounts)",
                    (option(f"account:{row['Id']}", label_of(row), chosen) for row in accounts),
                ),
            ]
        )

    def _is_category(self, account: Document, chosen: str) -> bool:
        return account.get("AccountType") in CATEGORIES or chosen == f"account:{account['Id']}"

    def _item_pairs(self, chosen: str) -> list[tuple[str, str]]:
        """In order of their categories, by their own names. Categories and bundles stand on no cost line."""
        rows = [row for row in self.offered("Item", chosen) if row.get("Type") not in ("Category", "Group")]
        return [(row["Id"], row["Name"]) for row in rows]


def _branch(customer: Document) -> str:
    return INDENT * int(customer.get("Level", 0)) + str(customer["DisplayName"])
