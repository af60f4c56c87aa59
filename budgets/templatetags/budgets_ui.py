"""Tags of the budget pages."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from budgets.budget_page import Figures
from budgets.counting import Split
from budgets.lines import CountedLine
from ressio.templatetags.ressio_ui import money

register = template.Library()


@register.simple_tag
def window() -> SafeString:
    """Makes a link open the Applied Actuals window where the page has one; without script it stays a link."""
    return mark_safe('hx-boost="false" data-window')


@register.simple_tag
def window_form() -> SafeString:
    return mark_safe("data-window")


@register.inclusion_tag("budgets/partials/spent_bar.html")
def spent_bar(figures: Figures) -> dict[str, Any]:
    percent = figures.percent_spent
    whole = None if percent is None else int(percent.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return {"figures": figures, "percent": whole}


@register.simple_tag
def verdict(row: CountedLine) -> SafeString:
    if row.reason is None:
        return format_html('<span class="chip chip-ok">{}</span>', "Counted")
    tone = "warn" if row.reason.level == "problem" else "neutral"
    return format_html(
        '<span class="chip chip-{}" title="{} {}">{}</span>',
        tone,
        row.reason.sentence,
        row.reason.way_out,
        row.reason.title,
    )


@register.simple_tag
def document_link(row: CountedLine) -> SafeString:
    """The document's number as a link into QuickBooks."""
    words = row.line.number or "no number"
    url = row.quickbooks_url
    if not url:
        return format_html("{}", row.line.number or "—")
    return format_html(
        '<a href="{}" target="_blank" rel="noopener noreferrer">{}<span class="sr-only"> in QuickBooks</span></a>',
        url,
        words,
    )


@register.simple_tag
def total_of(split: Split) -> SafeString:
    return money(split.counted.amount + split.excluded.amount)


@register.filter
def negated(amount: Decimal) -> Decimal:
    return -amount
