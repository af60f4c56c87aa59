"""Rules that make chosen requests fail, set through the control API."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from threading import Lock
from typing import Any

from integrations.sandbox.fields import ENTITIES

SIMPLE_ACTIONS = ("429", "500", "503", "401", "html502", "drop_before", "drop_after")
LONGEST_WAIT = 600.0
"""Seconds; a longer one is a slip, and the connection it holds would never end."""
OPERATIONS = (
    "create",
    "read",
    "update",
    "delete",
    "void",
    "query",
    "cdc",
    "batch",
    "upload",
    "download",
    "taxservice",
    "token",
    "revoke",
)


@dataclass
class Rule:
    """Fires for matching requests: at the nth one, with a probability, or always; ``times`` times at most.

    ``operation`` and ``entity`` empty match everything. ``action`` may be ``slow:SECONDS``
    (before anything is looked at), ``slow_work:SECONDS`` (while it is being worked on) or ``fault:CODE``.
    """

    id: int
    action: str
    operation: str = ""
    entity: str = ""
    realm: str = ""
    nth: int | None = None
    probability: float | None = None
    seed: int | None = None
    times: int | None = None
    seen: int = 0
    fired: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def matches(self, realm: str, operation: str, entity: str) -> bool:
        return (
            self.realm in ("", realm)
            and self.operation in ("", operation)
            and self.entity.casefold() in ("", entity.casefold())
        )

    def fires(self) -> bool:
        """Count one matching request and decide."""
        self.seen += 1
        if self.times is not None and self.fired >= self.times:
            return False
        if self.nth is not None and not self._is_turn(self.nth):
            return False
        if self.probability is not None and self.dice.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def _is_turn(self, nth: int) -> bool:
        """The nth matching request, and the following ones as long as ``times`` allows more than one."""
        return nth <= self.seen < nth + (self.times or 1)

    def as_dict(self) -> dict[str, Any]:
        shown = {**asdict(self), "dice": None}
        return {name: value for name, value in shown.items() if value is not None and value != ""}


class Faults:
    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: list[Rule] = []
        self._last_id = 0

    def add(self, wanted: dict[str, Any]) -> Rule:
        """Raises ValueError with what is wrong."""
        known = {"action", "operation", "entity", "realm", "nth", "probability", "seed", "times"}
        unknown = set(wanted) - known
        if unknown:
            raise ValueError(f"Unknown in a fault rule: {', '.join(sorted(unknown))}")
        check_action(str(wanted.get("action", "")))
        check_target(wanted)
        check_counts(wanted)
        with self._lock:
            self._last_id += 1
            rule = Rule(id=self._last_id, **wanted)
            rule.dice = random.Random(rule.seed)  # noqa: S311  the same failures every time are wanted
            self._rules.append(rule)
            return rule

    def clear(self, realm: str = "") -> None:
        """Remove the rules of a realm, or all of them."""
        with self._lock:
            self._rules = [rule for rule in self._rules if realm and rule.realm != realm]

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.as_dict() for rule in self._rules]

    def actions_for(self, realm: str, operation: str, entity: str) -> list[str]:
        """Actions of every rule that fires for this request, in the order the rules were made."""
        with self._lock:
            matching = [rule for rule in self._rules if rule.matches(realm, operation, entity)]
            return [rule.action for rule in matching if rule.fires()]


def check_action(action: str) -> None:
    name, _, argument = action.partition(":")
    if action in SIMPLE_ACTIONS or (name == "fault" and argument.isdecimal()):
        return
    if name in ("slow", "slow_work") and 0 <= float(argument) <= LONGEST_WAIT:
        return
    raise ValueError(
        f"action is one of {', '.join(SIMPLE_ACTIONS)}, slow:SECONDS, slow_work:SECONDS, fault:CODE"
    )


def check_target(wanted: dict[str, Any]) -> None:
    """A rule with a misspelt name would never fire, and the test that set it would prove nothing."""
    if wanted.get("operation", "") not in ("", *OPERATIONS):
        raise ValueError(f"operation is one of {', '.join(OPERATIONS)}")
    names = {"", *(entity.casefold() for entity in ENTITIES)}
    if str(wanted.get("entity", "")).casefold() not in names:
        raise ValueError(f"entity is one of {', '.join(sorted(ENTITIES))}")


def check_counts(wanted: dict[str, Any]) -> None:
    for name in ("nth", "times"):
        value = wanted.get(name)
        if value is not None and (type(value) is not int or value < 1):
            raise ValueError(f"{name} is a whole number from 1")
    chance = wanted.get("probability")
    if chance is not None and not (isinstance(chance, int | float | Decimal) and 0 <= chance <= 1):
        raise ValueError("probability is a number from 0 to 1")
