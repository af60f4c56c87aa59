"""Tags of the budget pages."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from budgets.budget_page import Figures
from budgets.counting import Split
from budgets.lines import CountedLine
from budgets.own_costs import own_costs
from ressio.models import Company
from ressio.templatetags.ressio_ui import money

register = template.Library()


@register.simple_tag
def window() -> SafeString:
    """Makes a link open the Applied Actuals window where the page has one; without script it stays a link."""
    return mark_safe('hx-boost="false" data-window')


@register.simple_tag
def window_form() -> SafeString:
    return mark_safe("data-window")


@register.simple_tag
def spent_bar(figures: Figures) -> SafeString:
    """Spent against revised; the over-run has its own pattern, and words beside the colour.

    Numbers only, so nothing needs escaping; not a template, because a budget has a hundred of these.
    """
    percent, is_over = figures.percent_spent, figures.is_over
    if percent is None:
        return mark_safe('<span class="spent-words">not budgeted</span>' if is_over else "")
    whole = int(percent.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    bar, over, words = figures.spent_bar, "", ""
    if is_over:
        over = f'<rect class="spent-over" x="{bar}" width="{figures.over_bar}" height="8"/>'
        words = '<span class="sr-only"> of the revised budget, over</span>'
    return mark_safe(
        f'<span class="spent"><svg class="spent-bar{" is-over" if is_over else ""}" viewBox="0 0 100 8" '
        'preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="spent-track" width="100" height="8" rx="1"/>'
        f'<rect class="spent-within" width="{bar}" height="8"/>{over}</svg> '
        f'<span class="spent-words">{whole} %{words}</span></span>'
    )


@register.filter
def with_id(url: str, pk: int) -> str:
    """The address of another row: reversing one for each row of a budget would take longer than drawing it."""
    head, zero, tail = url.rpartition("/0/")
    return f"{head}/{pk}/{tail}" if zero else url


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
def own_link(row: CountedLine, company: Company) -> SafeString:
    """To what was approved here and is not in QuickBooks."""
    url = own_costs()[row.line.entity].url_of(company, row.line.document_ref)
    return format_html('<a href="{}">{}</a>', url, row.line.number or row.kind_label)


@register.simple_tag
def total_of(split: Split) -> SafeString:
    return money(split.counted.amount + split.excluded.amount)


@register.filter
def negated(amount: Decimal) -> Decimal:
    return -amount
