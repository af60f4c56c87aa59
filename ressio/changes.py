"""Change some fields of a row and say what changed, for the activity log."""

from collections.abc import Mapping
from typing import Any

from django.db import models


def apply_changes(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Saves what differs and gives `{field: [before, after]}` as text; {} when nothing did."""
    changes = {
        name: [_say(getattr(row, name)), _say(value)]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    for name in changes:
        setattr(row, name, values[name])
    if changes:
        row.save(update_fields=list(changes))
    return changes


def _say(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
