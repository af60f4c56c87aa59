"""Tags of the invoices' pages."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from invoicing.models import Invoice, InvoiceState
from ressio.templatetags.ressio_ui import status_chip

register = template.Library()

TONES = {
    InvoiceState.DRAFT: "neutral",
    InvoiceState.RELEASED: "info",
    InvoiceState.UNPAID: "warn",
    InvoiceState.PARTLY_PAID: "warn",
    InvoiceState.PAID: "ok",
    InvoiceState.VOID: "bad",
    InvoiceState.DELETED: "bad",
}


@register.simple_tag
def invoice_state(invoice: Invoice) -> SafeString:
    return status_chip(invoice.get_state_display(), TONES[InvoiceState(invoice.state)])


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
