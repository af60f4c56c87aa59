"""Is this document the one that our request made? Pure.

By the natural key of a bill: vendor, number, date, amount, and what its lines name (N6).
"""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from budgets.bills.reading import read_bill_facts
from budgets.reading import Json, read_moment, read_object
from ressio.money import ZERO, round_cents

CLOCKS_DIFFER = timedelta(minutes=10)


def is_same_bill(payload: Json, document: Json) -> bool:
    """`payload` is what we sent, `document` what QuickBooks has. Lines may have come back in another order."""
    ours, theirs = read_bill_facts(payload), read_bill_facts(document)
    if (ours.vendor_ref, ours.number) != (theirs.vendor_ref, theirs.number):
        return False
    if ours.issued_on is not None and ours.issued_on != theirs.issued_on:
        return False
    return _lines(payload) == _lines(document)


def _lines(document: Json) -> Counter[tuple[str, str, Decimal]]:
    lines = read_bill_facts(document).lines
    return Counter((line.item_ref, line.customer_ref, round_cents(line.amount) or ZERO) for line in lines)


def was_made_before(document: Json, moment: datetime) -> bool:
    """Long enough before, that differing clocks cannot explain it."""
    made = read_moment(read_object(document, "MetaData").get("CreateTime"))
    return made is not None and made < moment - CLOCKS_DIFFER
