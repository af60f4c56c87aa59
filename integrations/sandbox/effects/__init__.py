"""Side effects: what saving one document does to others.

``old`` is None for a new document, ``new`` is None for a deleted one. Everything happens inside one Change, so the
documents touched here are saved together with their cause, with new SyncTokens and times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.effects import applications, balances, billing, charges, hierarchy
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change


def apply(change: Change, entity: str, old: Document | None, new: Document | None) -> None:
    if entity in applications.PAYERS:
        applications.apply_payment(change, entity, old, new)
    if entity in applications.TARGETS:
        applications.release_target(change, entity, old, new)
    if entity == "Invoice":
        billing.bill_linked(change, old, new)
    if entity in charges.SOURCES:
        charges.keep_charges(change, entity, old, new)
    if entity == "TimeActivity" and new is not None:
        billing.number_time_charge(change, new)
    if entity in hierarchy.LABELS and new is not None:
        hierarchy.follow_name(change, entity, old, new)


def settle_names(change: Change) -> None:
    """Move the running balances of customers and vendors by what became more or less open."""
    balances.settle(change)
