"""How numbers, dates and states look everywhere: `{% load ressio_ui %}`."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_mini

from ressio.files.kinds import ACCEPT, list_endings
from ressio.money import ZERO
from ressio.navigation import Place, list_project_places, list_settings_places
from ressio.views.lists import query_without as query_left

register = template.Library()

MINUS = "\N{MINUS SIGN}"
NOTHING = mark_safe(
    '<span class="nothing"><span aria-hidden="true">—</span><span class="sr-only">none</span></span>'
)
SECONDS_IN_HOUR = Decimal(3600)


@register.simple_tag
def money(amount: Decimal | None, currency: str = "") -> SafeString:
    """`1,250.00`; a negative amount has a minus sign and the colour, never the colour alone. None is a dash."""
    if amount is None:
        return NOTHING
    sign = MINUS if amount < ZERO else ""
    tone = " money-minus" if amount < ZERO else ""
    unit = f"{escape(currency)} " if currency else ""
    # Not `format_html`, which looks at each part: a budget has a thousand of these.
    return mark_safe(f'<span class="money{tone}">{sign}{unit}{abs(amount):,.2f}</span>')


@register.simple_tag
def date(day: dt.date | dt.datetime | None) -> SafeString:
    """`12 Mar 2026`. A moment is first brought to the company's time zone; a plain date is never shifted."""
    if day is None:
        return NOTHING
    day = _local(day)
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), write_date(day))


@register.simple_tag
def moment(when: dt.datetime | None) -> SafeString:
    """`12 Mar 2026, 14:05` in the company's time zone."""
    if when is None:
        return NOTHING
    when = timezone.localtime(when)
    text = f"{write_date(when)}, {when:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', when.isoformat(timespec="seconds"), text)


def write_date(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _local(day: dt.date | dt.datetime) -> dt.date:
    if isinstance(day, dt.datetime) and timezone.is_aware(day):
        return timezone.localtime(day).date()
    return day


@register.simple_tag
def hours(seconds: int | None) -> SafeString:
    """Decimal hours of a number of seconds: 5400 is `1.50`."""
    if seconds is None:
        return NOTHING
    sign = MINUS if seconds < 0 else ""
    return format_html('<span class="hours">{}{}</span>', sign, f"{abs(seconds) / SECONDS_IN_HOUR:,.2f}")


@register.simple_tag
def status_chip(label: str, tone: str = "neutral") -> SafeString:
    """`tone`: ok, warn, bad, info or neutral. The words carry the meaning, the colour helps."""
    return format_html('<span class="chip chip-{}">{}</span>', tone, label)


@register.simple_tag
def icon(name: str, label: str = "", size: int = 18) -> SafeString:
    """An inline heroicon. Without a label it is decoration and hidden from screen readers."""
    if label:
        named = {"aria_label": label, "aria_hidden": "false", "class": "icon"}
        return mark_safe(heroicon_mini(name, size=size, role="img", **named))
    return mark_safe(heroicon_mini(name, size=size, aria_hidden="true", **{"class": "icon"}))


@register.simple_tag
def progress(done: int, total: int, label: str) -> SafeString:
    """A bar with its counts in words; a total of 0 shows a bar that only says that work goes on."""
    return mark_safe(
        render_to_string("ressio/components/progress.html", {"done": done, "total": total, "label": label})
    )


@register.simple_block_tag
def table(content: SafeString, label: str) -> SafeString:
    """Wraps `<thead>…<tbody>…` in a table that scrolls sideways, with sticky header, first column and totals."""
    return mark_safe(render_to_string("ressio/components/table.html", {"content": content, "label": label}))


@register.simple_block_tag
def dialog(content: SafeString, id: str, title: str, is_wide: bool = False) -> SafeString:  # noqa: A002
    """A window, opened by a button with `data-open-dialog="<id>"`."""
    context = {"content": content, "id": id, "title": title, "is_wide": is_wide}
    return mark_safe(render_to_string("ressio/components/dialog.html", context))


@register.simple_tag(takes_context=True)
def project_tabs(context: Context) -> list[Place]:
    request = context["request"]
    return list_project_places(request.member, request.path, context["project"].pk)


@register.simple_tag(takes_context=True)
def settings_pages(context: Context) -> list[Place]:
    request = context["request"]
    return list_settings_places(request.member, request.path)


@register.filter
def cell(cells: dict[Any, SafeString], key: Any) -> SafeString | str:
    """A registered column's cell for one row."""
    return cells.get(key, "")


@register.filter
def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


@register.simple_tag(takes_context=True)
def query_without(context: Context, *names: str) -> str:
    return query_left(context["request"], *names)


@register.simple_tag(takes_context=True)
def kept_values(context: Context, names: str = "") -> list[tuple[str, str]]:
    """What a search form carries along from the address: `names` are separated by spaces."""
    query = context["request"].GET
    return [(name, query[name]) for name in names.split() if query.get(name)]


@register.filter
def field_words(name: str) -> str:
    """A field's name as words: `cost_structure` is `cost structure`."""
    return name.replace("_", " ")


@register.simple_tag
def file_endings() -> str:
    """Which files are taken, for people."""
    return list_endings()


@register.simple_tag
def file_accept() -> str:
    """The same for the browser's window in which files are chosen."""
    return ACCEPT


@register.simple_tag
def most_upload_bytes() -> int:
    return int(settings.LARGEST_UPLOAD)
