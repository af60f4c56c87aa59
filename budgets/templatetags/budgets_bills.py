"""Tags of the bills' pages."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from budgets.bills.changing import conflict_mark
from budgets.bills.listing import Sending
from budgets.bills.seen import mark_of
from budgets.models import Bill, BillState
from ressio.templatetags.ressio_ui import NOTHING, status_chip

register = template.Library()

TONES = {
    BillState.DRAFT: "neutral",
    BillState.AWAITING: "info",
    BillState.APPROVED: "info",
    BillState.UNPAID: "warn",
    BillState.PARTLY_PAID: "warn",
    BillState.PAID: "ok",
    BillState.VOIDED: "bad",
    BillState.DELETED: "bad",
}
SENDING_TONES = {
    Sending.NOT_SENT: "neutral",
    Sending.SENDING: "info",
    Sending.UNKNOWN: "warn",
    Sending.WAITS: "neutral",
    Sending.ATTENTION: "bad",
    Sending.THERE: "ok",
    Sending.CHANGED: "warn",
    Sending.EARLIER: "warn",
    Sending.STAYS_BEHIND: "warn",
}


@register.simple_tag
def bill_state(bill: Bill) -> SafeString:
    return status_chip(bill.get_state_display(), TONES[BillState(bill.state)])


@register.simple_tag
def sending_chip(sending: Sending) -> SafeString:
    """The state says already that a bill is gone."""
    return NOTHING if sending == Sending.GONE else status_chip(str(sending.label), SENDING_TONES[sending])


@register.simple_tag
def seen_conflicts(bill: Bill) -> str:
    return conflict_mark(bill)


@register.simple_tag
def seen_bill(bill: Bill) -> str:
    return mark_of(bill)


@register.filter
def named(names: dict[int, str], key: int | None) -> str:
    return names.get(key or 0, "")


@register.filter
def plainly(number: Decimal | None) -> str:
    """A quantity or unit price without the zeros behind it: 12.5, 100."""
    return "" if number is None else f"{number.normalize():f}"
