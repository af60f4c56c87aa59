"""Companies a server can start with: ``empty``, ``demo`` and ``large``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrations.sandbox.books import Books

NAMES = ("empty", "demo", "large")


def load_company(name: str, books: Books) -> None:
    """Fill fresh books. Modules are imported late: a server needs only one of them, and they are big."""
    if name not in NAMES:
        raise ValueError(f"There is no company {name}. Known: {', '.join(NAMES)}")
    module = import_module(f"integrations.sandbox.companies.{name}")
    if name == "demo":
        module.fill_demo_books(books, books.today())
    elif name == "large":
        module.fill_large_books(books)
    else:
        module.load(books)
