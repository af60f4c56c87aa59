"""The day by which an invoice is to be paid, where nobody typed one: as its terms say. Pure.

QuickBooks gives an invoice without a due date one of its own, so that the client would read “Net 30” and a due date of
today beside it.
"""

import re
from datetime import date, timedelta

_NET = re.compile(r"^\s*net\s*(\d{1,3})\b", re.IGNORECASE)
_AT_ONCE = re.compile(r"^\s*due (up)?on receipt\b", re.IGNORECASE)


def due_by_terms(terms: str, issued_on: date | None) -> date | None:
    """“Net 30”: thirty days on. “Due on receipt”: the same day. Other words say nothing that one could count."""
    if issued_on is None:
        return None
    if _AT_ONCE.match(terms):
        return issued_on
    found = _NET.match(terms)
    return issued_on + timedelta(days=int(found[1])) if found else None
