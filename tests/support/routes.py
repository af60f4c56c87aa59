"""Every address of the site as the resolver knows it, but for the staff admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Route:
    """One address. `key` is its name, or its path where it has none; `names` stand in the address."""

    key: str
    path: str
    names: frozenset[str]

    def url(self, kwargs: dict[str, Any]) -> str:
        return reverse(self.key, kwargs=kwargs) if self.key != self.path else f"/{self.path}"

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")


@cache
def collect_routes() -> dict[str, Route]:
    return {route.key: route for route in walk(get_resolver().url_patterns, "", frozenset())}


def walk(patterns: list[Any], prefix: str, names: frozenset[str]) -> Iterator[Route]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        all_names = names | set(entry.pattern.converters)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from walk(entry.url_patterns, path, all_names)
        elif isinstance(entry, URLPattern):
            yield Route(entry.name or path, path, all_names)
