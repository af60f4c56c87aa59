"""Points of the API that no source settles, as switches with a default and alternatives."""

from __future__ import annotations

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
    "builder_cap": (0,),
    "builder_cap_status": (429, 403),
    "batch_max": (30, 25, 10),
    "sparse_expenses": ("required_fields", "always", "never"),
    "zone": ("America/Los_Angeles", "UTC"),
    "gzip": (True, False),
}
# Switches that take any whole number of zero or more; zero means off.
NUMBERS = ("builder_cap",)


class Switches:
    """Current values; ``set`` refuses what is not an allowed value."""

    def __init__(self) -> None:
        self._values = {name: allowed[0] for name, allowed in CHOICES.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def set(self, name: str, value: Any) -> None:
        if name not in CHOICES:
            raise ValueError(f"There is no switch {name}. Known: {', '.join(sorted(CHOICES))}")
        if name in NUMBERS:
            if not isinstance(value, int) or value < 0:
                raise ValueError(f"{name} takes a whole number of zero or more")
        elif value not in CHOICES[name]:
            raise ValueError(f"{name} takes one of {CHOICES[name]}")
        self._values[name] = value

    def reset(self) -> None:
        self._values = {name: allowed[0] for name, allowed in CHOICES.items()}

    def as_dict(self) -> dict[str, Any]:
        return dict(self._values)
