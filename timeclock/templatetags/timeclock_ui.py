"""Tags of the time clock's pages."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ressio.templatetags.ressio_ui import status_chip
from timeclock.clock import say_time
from timeclock.marks import FORGOTTEN, Mark
from timeclock.models import Break, Shift, ShiftState

register = template.Library()

TONES = {ShiftState.DRAFT: "neutral", ShiftState.APPROVED: "ok", ShiftState.DELETED: "bad"}


@register.simple_tag
def shift_state(shift: Shift) -> SafeString:
    if shift.is_running:
        return status_chip("Running", "info")
    return status_chip(shift.get_state_display(), TONES[ShiftState(shift.state)])


@register.simple_tag
def mark_chip(mark: Mark) -> SafeString:
    tone = "bad" if mark == FORGOTTEN else "warn"
    return format_html('<span class="chip chip-{}" title="{}">{}</span>', tone, mark.sentence, mark.label)


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
