"""Exactly what would be sent to QuickBooks, and what it does to the budget. Nothing is sent, nothing is stored."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from budgets.bills.builder import document_of
from budgets.bills.building import write_json
from budgets.bills.changing import change_document
from budgets.bills.effects import Effect, effects_of
from budgets.bills.looking_ahead import LookAhead, look_ahead
from budgets.bills.pushes import KIND, find_bill_push
from budgets.bills.readiness import Surroundings, survey
from budgets.models import Bill, BillLine
from integrations.models import PushOperation, QuickBooksCustomer
from integrations.outbox import Hold, last_sent


@dataclass(frozen=True)
class Preview:
    lines: Sequence[BillLine]
    item_names: dict[int, str]
    """Cost code id to the name of its product or service."""
    vendor_name: str
    customer_name: str
    text: str
    """The document as JSON, set out for reading; '' while it cannot be made."""
    why_none: str
    is_change: bool
    """A change to a document that is there: only what changed is sent."""
    was_sent: bool
    """Nothing waits to be sent: `text` is what was sent last."""
    effects: list[Effect]
    ahead: LookAhead | None


def preview_of(bill: Bill) -> Preview:
    lines = list(bill.lines.select_related("cost_code"))
    if bill.is_sent:
        return _preview_sent(bill, lines)
    ahead = look_ahead(bill, lines)
    around = ahead.around
    text = _document_text(bill, ahead) if around else ""
    why = "" if text else "The document cannot be made before what is named above is put right."
    return _make(bill, ahead.lines, around, text=text, why_none=why, ahead=ahead)


def _document_text(bill: Bill, ahead: LookAhead) -> str:
    around = ahead.around
    assert around is not None
    is_known = bill.vendor_id in around.vendors and bill.project_id in around.customers
    has_items = all(around.items.get(line.cost_code_id or 0) for line in ahead.lines)
    if not (is_known and has_items and ahead.lines):
        return ""
    return _set_out(write_json(document_of(bill, ahead.lines, around)))


def _preview_sent(bill: Bill, lines: Sequence[BillLine]) -> Preview:
    """A change on its way, or what was sent last."""
    assert bill.connection is not None
    around = survey(bill.connection, [bill], {bill.pk: lines})
    push = find_bill_push(bill)
    if push is not None and push.operation == PushOperation.UPDATE:
        try:
            text, why = _set_out(change_document(bill, lines, around)), ""
        except Hold as hold:
            text, why = "", hold.sentence
        return _make(bill, lines, around, text=text, why_none=why, is_change=True)
    last = last_sent(bill.connection, KIND, str(bill.pk))
    text = _set_out(last.payload.encode()) if last is not None else ""
    why = "" if text else "Nothing was sent: this bill was linked to a document that QuickBooks had already."
    return _make(bill, lines, around, text=text, why_none=why, was_sent=bool(text))


def _make(
    bill: Bill,
    lines: Sequence[BillLine],
    around: Surroundings | None,
    *,
    text: str,
    why_none: str,
    ahead: LookAhead | None = None,
    is_change: bool = False,
    was_sent: bool = False,
) -> Preview:
    there = around.vendors.get(bill.vendor_id or 0) if around else None
    ref = around.customers.get(bill.project_id or 0) if around else None
    customer = None
    if around and ref:
        customer = QuickBooksCustomer.objects.filter(connection=around.connection, quickbooks_id=ref).first()
    items = around.items if around else {}
    return Preview(
        lines=lines,
        item_names={code: item.full_name for code, item in items.items() if item is not None},
        vendor_name=there.name if there else "",
        customer_name=customer.full_name if customer else "",
        text=text,
        why_none=why_none,
        is_change=is_change,
        was_sent=was_sent,
        effects=effects_of(bill, lines, is_change=is_change),
        ahead=ahead,
    )


def _set_out(document: bytes) -> str:
    return json.dumps(json.loads(document), indent=2, ensure_ascii=False)
