"""Which names and document numbers are taken. Kept beside the documents so that a check costs nothing."""

from __future__ import annotations

from integrations.sandbox.wire import Document

# Customers, vendors and employees share one namespace, by DisplayName.
NAMESPACES = {
    "Customer": ("person", "DisplayName"),
    "Vendor": ("person", "DisplayName"),
    "Employee": ("person", "DisplayName"),
    "Item": ("item", "FullyQualifiedName"),
    "Account": ("account", "FullyQualifiedName"),
    "Class": ("class", "FullyQualifiedName"),
    "Department": ("department", "FullyQualifiedName"),
    "Term": ("term", "Name"),
    "TaxCode": ("taxcode", "Name"),
    "TaxRate": ("taxrate", "Name"),
}
Taken = tuple[str, str]


def plain_name(name: str) -> str:
    """Names compare without case and surrounding blanks."""
    return name.strip().casefold()


class NameRegister:
    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], list[Taken]] = {}

    def keeps(self, entity: str) -> bool:
        return entity in NAMESPACES

    def note(self, entity: str, document: Document) -> None:
        key = self._key(entity, document)
        if key:
            self._taken.setdefault(key, []).append((entity, document["Id"]))

    def forget(self, entity: str, document: Document) -> None:
        key = self._key(entity, document)
        holders = self._taken.get(key, []) if key else []
        if (entity, document["Id"]) in holders:
            holders.remove((entity, document["Id"]))

    def holder(self, entity: str, document: Document) -> Taken | None:
        """Who else has the name of this document."""
        key = self._key(entity, document)
        own = (entity, document.get("Id", ""))
        others = [taken for taken in self._taken.get(key, []) if taken != own] if key else []
        return others[0] if others else None

    def _key(self, entity: str, document: Document) -> tuple[str, str] | None:
        if entity not in NAMESPACES:
            return None
        namespace, field = NAMESPACES[entity]
        name = document.get(field) or document.get("Name")
        return (namespace, plain_name(name)) if name else None


class NumberRegister:
    """DocNumber of sales forms, bills, purchases and bill payments."""

    ENTITIES = ("Invoice", "CreditMemo", "Estimate", "Bill", "Purchase", "BillPayment", "PurchaseOrder")

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], dict[str, None]] = {}
        self._highest: dict[str, int] = {}

    def keeps(self, entity: str) -> bool:
        return entity in self.ENTITIES

    def note(self, entity: str, document: Document) -> None:
        number = document.get("DocNumber")
        if entity in self.ENTITIES and number:
            self._taken.setdefault((entity, number), {})[document["Id"]] = None
            if number.isdecimal():
                self._highest[entity] = max(self._highest.get(entity, 0), int(number))

    def forget(self, entity: str, document: Document) -> None:
        number = document.get("DocNumber")
        if number:
            self._taken.get((entity, number), {}).pop(document["Id"], None)

    def holders(self, entity: str, number: str) -> list[str]:
        return list(self._taken.get((entity, number), {}))

    def next_number(self, entity: str) -> str:
        return str(max(self._highest.get(entity, 0), 1000) + 1)
