"""Tags of the time clock's pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from integrations.models import IssueLevel
from ressio.templatetags.ressio_ui import icon, status_chip, write_date
from timeclock.clock import say_time
from timeclock.in_budget import InBudget
from timeclock.marks import FORGOTTEN, Mark
from timeclock.models import Break, Shift, ShiftState
from timeclock.reviewing import ShiftRow
from timeclock.standing import HELD, IN_QUICKBOOKS, ON_THE_WAY, STAYS, Standing

register = template.Library()

STANDING_TONES = {IN_QUICKBOOKS: "ok", ON_THE_WAY: "info", HELD: "bad", STAYS: "neutral"}
TONES = {ShiftState.DRAFT: "neutral", ShiftState.APPROVED: "ok", ShiftState.DELETED: "bad"}


@register.simple_tag
def shift_state(shift: Shift) -> SafeString:
    if shift.is_running:
        return status_chip("Running", "info")
    return status_chip(shift.get_state_display(), TONES[ShiftState(shift.state)])


@register.simple_tag
def standing_chip(standing: Standing) -> SafeString:
    return format_html(
        '<span class="chip chip-{}" title="{}">{}</span>',
        STANDING_TONES[standing.code],
        standing.sentence,
        standing.words,
    )


@register.simple_tag
def mark_chip(mark: Mark) -> SafeString:
    tone = "bad" if mark.code in (FORGOTTEN.code, "held") else "warn"
    return format_html('<span class="chip chip-{}" title="{}">{}</span>', tone, mark.sentence, mark.label)


@register.simple_tag
def budget_chip(in_budget: InBudget) -> SafeString:
    """K4: whether it counts, beside whether it is here."""
    if in_budget.reason is None:
        return status_chip("Counted", "ok")
    tone = "warn" if in_budget.reason.level == IssueLevel.PROBLEM else "neutral"
    return format_html('<span class="chip chip-{}" title="{}">Left out</span>', tone, in_budget.reason.title)


# The grid ------------------------------------------------------------------------------------------------------------

Cell = Callable[[ShiftRow, "Grid"], str]


@dataclass(frozen=True, slots=True)
class Grid:
    """What all rows share. `url` is a shift's address with 0 in the place of its id."""

    url: str
    may_review: bool
    may_approve: bool
    week_words: str = ""
    """The week that stands above: it has the year."""


@register.simple_tag
def shift_cells(
    columns: Sequence[Any], row: ShiftRow, url: str, may_review: bool, may_approve: bool, week_words: str = ""
) -> SafeString:
    """A row's cells. Not a template for each: a week has thousands of them, and this takes a tenth of the time."""
    grid = Grid(url, may_review, may_approve, week_words)
    return mark_safe(
        "".join(CELLS[column.key](row, grid) for column in columns)
    )  # each part is escaped below


def _link(row: ShiftRow, grid: Grid, words: str) -> str:
    return f'<a href="{grid.url.replace("/0/", f"/{row.shift.pk}/")}">{words}</a>'


def _worker(row: ShiftRow, grid: Grid) -> str:
    shift, tick = row.shift, ""
    name = escape(shift.shown_worker or "Nobody")
    if grid.may_approve and row.can_be_approved:
        tick = (
            f'<input type="checkbox" name="shift" value="{shift.pk}" data-seconds="{shift.worked_seconds}" '
            f'aria-label="Tick {name}, {shift.worked_on.day} {shift.worked_on:%b}">'
        )
    elif grid.may_approve:
        tick = '<span class="time-untickable"></span>'
    return f'<th scope="row"><span class="time-worker">{tick}{_link(row, grid, name)}</span></th>'


def _date(row: ShiftRow, grid: Grid) -> str:
    day = row.shift.worked_on
    shown = f"{day.day} {day:%b}" if grid.week_words else write_date(day)
    words = f'{day:%a} <time datetime="{day}">{shown}</time>'
    if grid.may_review:
        return f'<td class="fits">{words}</td>'
    return f'<th scope="row">{_link(row, grid, words)}</th>'


def _named(thing: Any) -> str:
    return f'<td class="long">{escape(thing.name) if thing else "—"}</td>'


def _time(row: ShiftRow, grid: Grid) -> str:
    words = f"{row.start} – {_end(row)}" if row.start else "—"
    return f'<td class="fits">{words}</td>'


def _end(row: ShiftRow) -> str:
    """`06:00 +1` on the day after: a date would take the room of two columns."""
    shift = row.shift
    if shift.ended_at is None:
        return "now"
    local = shift.ended_at.astimezone(ZoneInfo(shift.zone))
    days = (local.date() - shift.worked_on).days
    return f'{local:%H:%M} <abbr title="{row.end}">+{days}</abbr>' if days else f"{local:%H:%M}"


def _place(row: ShiftRow, grid: Grid) -> str:
    places = [escape(place) for place in (row.shift.start_place, row.shift.end_place) if place]
    pin = icon("map-pin", label="Place", size=14) if places else ""
    return f'<td class="fits">{pin} {" · ".join(places)}</td>'


def _sending(row: ShiftRow, grid: Grid) -> str:
    """Why it is held, stands under Error."""
    standing = row.standing
    if standing is None:
        return "<td></td>"
    chip = status_chip("Held", "bad") if standing.needs_somebody else standing_chip(standing)
    return f"<td>{chip}</td>"


def _state(row: ShiftRow, grid: Grid) -> str:
    """Where it was deleted, stands under QuickBooks."""
    is_deleted = row.shift.state == ShiftState.DELETED
    return f"<td>{status_chip('Deleted', 'bad') if is_deleted else shift_state(row.shift)}</td>"


def _budget(row: ShiftRow, grid: Grid) -> str:
    return f"<td>{budget_chip(row.in_budget)}</td>" if row.in_budget else "<td></td>"


def _description(row: ShiftRow, grid: Grid) -> str:
    words = escape(row.shift.description)
    return f'<td class="long" title="{words}">{words}</td>'


CELLS: dict[str, Cell] = {
    "worker": _worker,
    "date": _date,
    "project": lambda row, grid: _named(row.shift.project),
    "code": lambda row, grid: _named(row.shift.cost_code),
    "time": _time,
    "hours": lambda row, grid: f'<td class="number">{row.seconds / 3600:,.2f}</td>',
    "type": lambda row, grid: f'<td class="fits">{escape(row.shift.shift_type)}</td>',
    "description": _description,
    "error": lambda row, grid: f'<td class="time-error">{" ".join(map(mark_chip, row.marks))}</td>',
    "state": _state,
    "sending": _sending,
    "budget": _budget,
    "place": _place,
    "origin": lambda row, grid: f'<td class="fits">{escape(row.shift.get_origin_display())}</td>',
}


# One shift ----------------------------------------------------------------------------------------------------------


@register.filter
def as_clock(seconds: int) -> str:
    """Hours and minutes as a clock has them: 5400 is `1:30`."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


@register.filter
def spaced(ids: list[int]) -> str:
    return " ".join(map(str, ids))


@register.simple_tag
def shift_span(shift: Shift) -> SafeString:
    """`07:00 – 15:30`, on the shift's own clock; nothing where only the length is known."""
    if shift.started_at is None:
        return format_html("{}", "by hours")
    start, end = say_time(shift, shift.started_at), say_time(shift, shift.ended_at)
    return format_html('<span class="fits">{} – {}</span>', start, end or "now")


@register.simple_tag
def break_span(each: Break, shift: Shift) -> SafeString:
    start, end = say_time(shift, each.started_at), say_time(shift, each.ended_at)
    how = ", ended by itself" if each.was_auto_ended else ""
    return format_html("{} – {}{}", start, end or "now", how)
