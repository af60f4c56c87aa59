"""Customers, sub-customers and projects as QuickBooks nests them, and for whom a linked one stands (V3).

Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CustomerTree:
    """Who is under whom, by QuickBooks id. Up to five levels; a loop in bad data ends the walk."""

    children: Mapping[str, list[str]]

    @classmethod
    def of(cls, parents: Iterable[tuple[str, str]]) -> "CustomerTree":
        """From (id, id of the parent or "")."""
        children: dict[str, list[str]] = defaultdict(list)
        for ref, parent_ref in parents:
            if parent_ref:
                children[parent_ref].append(ref)
        return cls(dict(children))

    def descendants(self, ref: str) -> list[str]:
        return list(self._walk(ref, {ref}, {}))

    def reached(self, ref: str, links: Mapping[str, bool]) -> list[str]:
        """The descendants that belong to `ref` when it includes its sub-customers.

        `links` says of each linked customer whether it includes its own. A linked one stands for itself;
        below it, those belong to it only when it includes them, else to the next including ancestor.
        """
        return list(self._walk(ref, {ref}, links))

    def _walk(self, ref: str, seen: set[str], links: Mapping[str, bool]) -> Iterator[str]:
        for child in self.children.get(ref, []):
            if child in seen:
                continue
            seen.add(child)
            if child not in links:
                yield child
            if not links.get(child, False):
                yield from self._walk(child, seen, links)
