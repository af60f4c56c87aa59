"""Companies a server can start with: ``empty``, ``demo`` and ``large``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrations.sandbox.books import Books

NAMES = ("empty", "demo", "large")


def load_company(name: str, books: Books) -> None:
    """Fill fresh books. Each module has ``load(books)``; imported late because a server needs only one."""
    if name not in NAMES:
        raise ValueError(f"There is no company {name}. Known: {', '.join(NAMES)}")
    import_module(f"integrations.sandbox.companies.{name}").load(books)
