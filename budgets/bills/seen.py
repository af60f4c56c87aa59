"""Saying yes to a bill, or changing it, is about what stood on the page: not about what somebody made of it since."""

import json
from hashlib import sha256

from budgets.bills.errors import BillRefused
from budgets.bills.facts import dump_facts, facts_of
from budgets.models import Bill


def mark_of(bill: Bill) -> str:
    """Changes with anything that a person enters, whoever changed it: somebody here, or QuickBooks. One query."""
    lines = list(bill.lines.all())
    said = [
        dump_facts(facts_of(bill, lines)),
        [line.cost_code_id for line in lines],
        [bill.project_id, bill.vendor_id, bill.internal_notes, bill.is_open],
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def refuse_if_changed(locked: Bill, mark: str) -> None:
    """`mark` is `mark_of` what the person saw; "" asks nothing. Raises `BillRefused`."""
    if mark and mark != mark_of(locked):
        raise BillRefused(
            "Somebody changed this bill meanwhile, here or in QuickBooks. Open it again and look at it once more.",
            code="changed",
        )
