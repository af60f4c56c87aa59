"""What the left bar, a project's tabs and Settings show. Upper apps add theirs in `AppConfig.ready()`.

`url_name` is reversed with `company` (and `project_id` for tabs). The entry whose address is the longest
beginning of the current path is the current one, so views need not say where they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse

from ressio.models import TeamMember

Visible = Callable[[TeamMember], bool]


def for_everybody(member: TeamMember) -> bool:
    return True


def for_admins(member: TeamMember) -> bool:
    return member.is_admin


def for_financials(member: TeamMember) -> bool:
    return member.sees_financials


@dataclass(frozen=True)
class NavPage:
    """An entry of the left bar. `icon` is a heroicon's name."""

    key: str
    label: str
    icon: str
    url_name: str
    order: int
    visible: Visible = for_everybody
    is_quick: bool = False
    """On a phone it stands beside the menu too: what people open many times a day is one tap away."""


@dataclass(frozen=True)
class ProjectTab:
    key: str
    label: str
    url_name: str
    order: int
    visible: Visible = for_everybody


@dataclass(frozen=True)
class SettingsPage:
    key: str
    label: str
    url_name: str
    order: int
    visible: Visible = for_admins


class Entry(Protocol):
    """What the three above share."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def url_name(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def visible(self) -> Visible: ...


@dataclass(frozen=True)
class Place:
    """An entry as drawn: with its address, and whether the reader is there."""

    key: str
    label: str
    url: str
    is_current: bool
    icon: str = ""
    is_quick: bool = False


_nav_pages: dict[str, NavPage] = {}
_project_tabs: dict[str, ProjectTab] = {}
_settings_pages: dict[str, SettingsPage] = {}


def register_nav_page(page: NavPage) -> None:
    _nav_pages[page.key] = page


def register_project_tab(tab: ProjectTab) -> None:
    _project_tabs[tab.key] = tab


def register_settings_page(page: SettingsPage) -> None:
    _settings_pages[page.key] = page


def list_nav_places(member: TeamMember, path: str) -> list[Place]:
    return _list_places(_nav_pages.values(), member, path, {})


def list_project_places(member: TeamMember, path: str, project_id: int) -> list[Place]:
    return _list_places(_project_tabs.values(), member, path, {"project_id": project_id})


def list_settings_places(member: TeamMember, path: str) -> list[Place]:
    return _list_places(_settings_pages.values(), member, path, {})


def _list_places(
    entries: Iterable[Entry], member: TeamMember, path: str, kwargs: dict[str, Any]
) -> list[Place]:
    shown = sorted((entry for entry in entries if entry.visible(member)), key=lambda entry: entry.order)
    kwargs = {"company": member.company.slug, **kwargs}
    urls = {entry.key: reverse(entry.url_name, kwargs=kwargs) for entry in shown}
    current = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    return [
        Place(
            entry.key,
            entry.label,
            urls[entry.key],
            urls[entry.key] == current,
            getattr(entry, "icon", ""),
            getattr(entry, "is_quick", False),
        )
        for entry in shown
    ]
