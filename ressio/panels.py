"""Slots that upper apps fill, so that QuickBooks shows up on pages that do not know of it.

Pages: `cost_codes`, `vendors`, `team_members` (lists in Settings: columns and actions),
`project_overview` (sections and actions; actions there are reversed with `project_id` too),
`project_financials` (sections, below the switches), `team_member` (sections of a member's page) and
`vendor_link` (sections of the page that links one vendor).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse
from django.utils.safestring import SafeString

from ressio.http import CompanyRequest
from ressio.models import TeamMember
from ressio.navigation import Visible, for_admins

Page = Literal[
    "projects",
    "cost_codes",
    "vendors",
    "team_members",
    "project_overview",
    "project_financials",
    "team_member",
    "vendor_link",
]
RenderCells = Callable[[CompanyRequest, Sequence[Any]], Mapping[Any, SafeString] | None]
RenderSection = Callable[[CompanyRequest, Any], SafeString | str]
RenderBanner = Callable[[CompanyRequest], SafeString | str]


@dataclass(frozen=True)
class Column:
    """A column of a list. `render(request, rows)` is called once and gives a cell for each primary key, or
    None while the column has nothing to say to anybody: then it is not shown.
    """

    key: str
    header: str
    render: RenderCells
    order: int = 100
    is_number: bool = False


@dataclass(frozen=True)
class Action:
    """A button above the list that leads to a page. `is_primary` is for at most one a page."""

    label: str
    url_name: str
    order: int = 100
    visible: Visible = for_admins
    icon: str = ""
    is_primary: bool = False


@dataclass(frozen=True)
class Section:
    """A piece of a page about one thing. `render(request, subject)` may give "" to show nothing."""

    key: str
    render: RenderSection
    order: int = 100


@dataclass(frozen=True)
class DrawnColumn:
    key: str
    header: str
    is_number: bool
    cells: Mapping[Any, SafeString]


@dataclass(frozen=True)
class DrawnAction:
    label: str
    url: str
    icon: str
    is_primary: bool


_columns: dict[str, dict[str, Column]] = defaultdict(dict)
_actions: dict[str, dict[str, Action]] = defaultdict(dict)
_sections: dict[str, dict[str, Section]] = defaultdict(dict)
_banners: list[RenderBanner] = []


def register_column(page: Page, column: Column) -> None:
    _columns[page][column.key] = column


def register_action(page: Page, action: Action) -> None:
    _actions[page][action.url_name] = action


def register_section(page: Page, section: Section) -> None:
    _sections[page][section.key] = section


def register_banner(render: RenderBanner) -> None:
    """`render(request)` is asked on every page of a company: keep it to one cheap query or none."""
    if render not in _banners:
        _banners.append(render)


def draw_columns(page: Page, request: CompanyRequest, rows: Sequence[Any]) -> list[DrawnColumn]:
    columns = sorted(_columns[page].values(), key=lambda column: column.order)
    drawn = [(column, column.render(request, rows)) for column in columns]
    return [
        DrawnColumn(column.key, column.header, column.is_number, cells)
        for column, cells in drawn
        if cells is not None
    ]


def draw_actions(page: Page, member: TeamMember, **kwargs: Any) -> list[DrawnAction]:
    shown = sorted(
        (action for action in _actions[page].values() if action.visible(member)),
        key=lambda action: action.order,
    )
    kwargs = {"company": member.company.slug, **kwargs}
    return [
        DrawnAction(action.label, reverse(action.url_name, kwargs=kwargs), action.icon, action.is_primary)
        for action in shown
    ]


def draw_sections(page: Page, request: CompanyRequest, subject: Any) -> list[SafeString | str]:
    sections = sorted(_sections[page].values(), key=lambda section: section.order)
    drawn = [section.render(request, subject) for section in sections]
    return [html for html in drawn if html]


def draw_banners(request: CompanyRequest) -> list[SafeString | str]:
    return [html for html in (render(request) for render in _banners) if html]
