"""Names of lists: the suffix of an inactive one, and the full names of everything below a renamed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.computed.lists import fill_path, rename_inactive, restore_name
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

LABELS = {
    "Customer": "DisplayName",
    "Vendor": "DisplayName",
    "Employee": "DisplayName",
    "Item": "Name",
    "Account": "Name",
    "Class": "Name",
    "Department": "Name",
}
WITHOUT_PATH = ("Vendor", "Employee")


def follow_name(change: Change, entity: str, old: Document | None, new: Document) -> None:
    label = LABELS[entity]
    if old is None:
        return
    _follow_activity(change, entity, old, new, label)
    if entity not in WITHOUT_PATH and old.get("FullyQualifiedName") != new.get("FullyQualifiedName"):
        _rename_children(change, entity, new["Id"], label)


def _follow_activity(change: Change, entity: str, old: Document, new: Document, label: str) -> None:
    was_active, is_active = old.get("Active") is not False, new.get("Active") is not False
    if was_active and not is_active:
        rename_inactive(change, entity, new, label)
    elif is_active and not was_active and old.get(label) == new.get(label):
        restore_name(new, label)
        if entity not in WITHOUT_PATH:
            fill_path(change, entity, new, label)


def _rename_children(change: Change, entity: str, parent_id: str, label: str) -> None:
    for child in change.books.all(entity):
        if (child.get("ParentRef") or {}).get("value") == parent_id:
            draft = change.edit(entity, child["Id"])
            fill_path(change, entity, draft, label)
            draft["ParentRef"]["name"] = (change.read(entity, parent_id) or {})["FullyQualifiedName"]
            _rename_children(change, entity, child["Id"], label)
