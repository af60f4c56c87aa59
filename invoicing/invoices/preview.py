"""Exactly what would be sent to QuickBooks, and what it does to the ledger and to the project (N4). Nothing is sent."""

import json
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from budgets.bills.building import write_json
from budgets.reading import Json
from integrations.models import PushOperation, QuickBooksAccount
from integrations.outbox import Hold, last_push
from invoicing.invoices.building import invoice_document
from invoicing.invoices.documents import make_document, prepare
from invoicing.invoices.due import due_by_terms
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.looking_ahead import LookAhead, look_ahead
from invoicing.invoices.numbering import free_number
from invoicing.invoices.pushes import KIND, find_invoice_push
from invoicing.invoices.readiness import Surroundings, survey
from invoicing.invoices.wire import WireLine, wire_lines
from invoicing.models import Invoice
from invoicing.payments.totals import invoiced_in
from ressio.money import ZERO

RECEIVABLE = "Accounts Receivable"
TAX_OWED = "Sales tax owed"
DISCOUNTS = "Discounts given"
NO_ACCOUNT = "The product or service's income account"


@dataclass(frozen=True)
class Posting:
    """One account of the ledger. What clients owe grows by a positive amount, income and tax owed by a negative one;
    together they are 0.
    """

    account: str
    amount: Decimal


@dataclass(frozen=True)
class Preview:
    customer_name: str
    lines: Sequence[WireLine]
    item_names: dict[int, str]
    """Cost code id to the name of its product or service."""
    text: str
    """The document as JSON, set out for reading; '' while it cannot be made."""
    why_none: str
    is_change: bool
    """A change to a document that is there."""
    is_void: bool
    was_sent: bool
    """Nothing waits to be sent: `text` is what was sent last."""
    ledger: list[Posting]
    invoiced_before: Decimal
    """What the project's clients were invoiced so far, without this one."""
    invoiced_after: Decimal
    ahead: LookAhead | None


def preview_of(invoice: Invoice) -> Preview:
    if invoice.quickbooks_id:
        return _preview_sent(invoice)
    if invoice.is_draft:
        invoice = _as_released(invoice)
    ahead = look_ahead(invoice)
    lines, why = _lines_of(invoice)
    text = _new_text(invoice, lines, ahead.around)
    if not text:
        why = why or "The document cannot be made before what is named is put right."
    return _make(invoice, lines, ahead.around, text=text, why_none=why, ahead=ahead)


def _as_released(invoice: Invoice) -> Invoice:
    """With the number and the date that the release would give."""
    shown = copy(invoice)
    shown.number = invoice.number or free_number(invoice.project)
    shown.issued_on = invoice.issued_on or timezone.localdate()
    shown.due_on = invoice.due_on or due_by_terms(invoice.terms, shown.issued_on)
    return shown


def _lines_of(invoice: Invoice) -> tuple[list[WireLine], str]:
    """With the codes that the release would give; none, and why, where a tax code is not there any more."""
    try:
        return wire_lines(invoice), ""
    except InvoiceRefused as refused:
        return [], str(refused)


def _new_text(invoice: Invoice, lines: Sequence[WireLine], around: Surroundings | None) -> str:
    if around is None or invoice.project_id not in around.customers:
        return ""
    has_items = all(around.items.get(line.cost_code.pk if line.cost_code else 0) for line in lines)
    return _set_out(invoice_document(invoice, lines, around)) if lines and has_items else ""


def _preview_sent(invoice: Invoice) -> Preview:
    """What is on its way, or was sent last."""
    assert invoice.connection is not None
    lines = {invoice.pk: list(invoice.lines.select_related("cost_code"))}
    around = survey(invoice.connection, [invoice], lines, with_numbers=False)
    shown, _ = _lines_of(invoice)
    push = find_invoice_push(invoice)
    if push is not None:
        try:
            text, why = _set_out(make_document(push, prepare([push])[0])), ""
        except Hold as hold:
            text, why = "", hold.sentence
        is_void = push.operation == PushOperation.VOID
        return _make(invoice, shown, around, text=text, why_none=why, is_change=not is_void, is_void=is_void)
    last = last_push(invoice.connection, KIND, str(invoice.pk))
    text = json.dumps(json.loads(last.payload), indent=2, ensure_ascii=False) if last and last.payload else ""
    why = (
        "" if text else "Nothing was sent: this invoice was linked to a document that QuickBooks had already."
    )
    return _make(invoice, shown, around, text=text, why_none=why, was_sent=True)


def _make(
    invoice: Invoice,
    lines: Sequence[WireLine],
    around: Surroundings | None,
    *,
    text: str,
    why_none: str,
    ahead: LookAhead | None = None,
    is_change: bool = False,
    is_void: bool = False,
    was_sent: bool = False,
) -> Preview:
    there = around.customers.get(invoice.project_id) if around else None
    items = around.items if around else {}
    before = invoiced_in(Invoice.objects.filter(project=invoice.project_id).exclude(pk=invoice.pk)).invoiced
    return Preview(
        customer_name=there.name if there else "",
        lines=lines,
        item_names={code: item.full_name for code, item in items.items() if item is not None},
        text=text,
        why_none=why_none,
        is_change=is_change,
        is_void=is_void,
        was_sent=was_sent,
        ledger=[] if is_void or around is None else _ledger(invoice, lines, around),
        invoiced_before=before,
        invoiced_after=before if is_void else before + invoice.amount_due,
        ahead=ahead,
    )


def _set_out(document: Json) -> str:
    return json.dumps(json.loads(write_json(dict(document))), indent=2, ensure_ascii=False)


def _ledger(invoice: Invoice, lines: Sequence[WireLine], around: Surroundings) -> list[Posting]:
    """By account, as QuickBooks posts a sale."""
    names = _account_names(around)
    income: dict[str, Decimal] = {}
    for line in lines:
        item = around.items.get(line.cost_code.pk if line.cost_code else 0)
        name = names.get(item.income_account_ref, NO_ACCOUNT) if item else NO_ACCOUNT
        income[name] = income.get(name, ZERO) - line.amount
    found = [Posting(RECEIVABLE, invoice.total)]
    found += [Posting(name, amount) for name, amount in income.items()]
    found += [Posting(DISCOUNTS, invoice.discount)] if invoice.discount else []
    return found + ([Posting(TAX_OWED, -invoice.tax)] if invoice.tax else [])


def _account_names(around: Surroundings) -> dict[str, str]:
    refs = {item.income_account_ref for item in around.items.values() if item is not None}
    rows = QuickBooksAccount.objects.filter(connection=around.connection, quickbooks_id__in=refs)
    return {row.quickbooks_id: row.full_name for row in rows}
