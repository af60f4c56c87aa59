"""Tags of the invoices' pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from invoicing.invoices.words import Standing, standing_of
from invoicing.models import Invoice
from ressio.templatetags.ressio_ui import money, status_chip

register = template.Library()


@register.simple_tag
def invoice_state(invoice: Invoice) -> SafeString:
    """“Overdue” where it is; else the state."""
    standing = standing_of(invoice, today=timezone.localdate())
    return status_chip(standing.words, standing.level)


@register.simple_tag
def held_state(invoice: Invoice, held: Mapping[int, Standing]) -> SafeString:
    """Beside the state, where it does not go on to QuickBooks by itself."""
    standing = held.get(invoice.pk)
    return format_html(" {}", status_chip(standing.words, standing.level)) if standing else mark_safe("")


@register.filter
def plainly(number: Decimal | None) -> str:
    """A quantity or percentage without the zeros behind it: 12.5, 100."""
    return "" if number is None else f"{number.normalize():f}"


@register.filter
def price(number: Decimal | None) -> str:
    """A unit price: at least the two decimals of money, more where it has them."""
    if number is None:
        return ""
    whole = number.normalize()
    places = max(2, -int(whole.as_tuple().exponent))
    return f"{number:,.{places}f}"


@register.filter
def negative(amount: Decimal) -> Decimal:
    return -amount


@register.filter
def percent(number: Decimal | None) -> str:
    """Two decimals at most, none where there are none."""
    return "" if number is None else plainly(number.quantize(Decimal("0.01")))


@register.simple_tag
def price_of(look: Any, row: str) -> SafeString:
    """What the client pays for a row of the form, if that is known."""
    amounts = dict(look.prices) if look else {}
    return money(amounts[row]) if row in amounts else mark_safe("")


@register.simple_tag
def item_of(preview: Any, line: Any) -> str:
    """The product or service that a line is sold as, or that none is linked."""
    code = line.cost_code
    if code is None:
        return "No cost code"
    return str(preview.item_names.get(code.pk, f"{code.name}, not linked"))
