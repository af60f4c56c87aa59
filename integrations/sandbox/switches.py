"""Switches: points of the API that no source settles, and how strict and how slow this server is.

Each company has its own set on top of the server's, so that tests which share a server do not meet.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

# name -> allowed values, the default first.
CHOICES: dict[str, tuple[Any, ...]] = {
    "old_refresh_value": ("invalid_grant", "grace_24h"),
    "reuse_revokes_winner": (False, True),
    "refresh_rotation": ("after_24h", "each"),
    "requestid_retention": ("24h", "forever"),
    "requestid_in_flight": ("fault_600", "wait"),
    "startposition_zero": ("4001", "as_one"),
    "maxresults_over_1000": ("4001", "clamp"),
    "orderby_id": ("works", "ignored"),
    "default_order": ("id_desc", "id_asc"),
    "total_count": ("some", "absent"),
    "cdc_empty_slot": ("empty", "omitted"),
    "cdc_unsupported": ("400", "ignored"),
    "cdc_cap": ("request", "entity"),
    "throttle_code": ("3001", "003001"),
    "throttle_envelope": ("A", "B"),
    "throttle_body": ("json", "xml"),
    "retry_after": ("absent", "60"),
    "builder_cap_status": (429, 403),
    "batch_max": (30, 25, 10),
    "sparse_expenses": ("required_fields", "always", "never"),
    "zone": ("America/Los_Angeles", "UTC"),
    "gzip": (True, False),
    "limits": (True, False),
}
# Switches that take any number of zero or more; zero means none. builder_cap counts metered requests.
NUMBERS = ("builder_cap", "latency_ms", "per_row_ms")
DEFAULTS: dict[str, Any] = {name: allowed[0] for name, allowed in CHOICES.items()} | dict.fromkeys(NUMBERS, 0)


class Switches:
    """Current values; what is not set here comes from ``base``, at last from the defaults."""

    def __init__(self, base: Switches | None = None) -> None:
        self._base = base
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        return self._base[name] if self._base else DEFAULTS[name]

    def set(self, name: str, value: Any) -> None:
        """Raises ValueError for an unknown name or a value that is not allowed."""
        if name not in DEFAULTS:
            raise ValueError(f"There is no switch {name}. Known: {', '.join(sorted(DEFAULTS))}")
        if name in NUMBERS:
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value < 0:
                raise ValueError(f"{name} takes a number of zero or more")
        elif value not in CHOICES[name]:
            raise ValueError(f"{name} takes one of {CHOICES[name]}")
        self._values[name] = value

    def reset(self) -> None:
        self._values = {}

    def as_dict(self) -> dict[str, Any]:
        return {name: self[name] for name in DEFAULTS}
