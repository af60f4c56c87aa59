"""What people decide about an invoice that QuickBooks has another version, or another total, of (U6, N12)."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from django.db import transaction

from integrations.models import CostCodeLink, PushOperation, PushState
from integrations.outbox import is_still_here, skip_push
from invoicing.invoices.building import GLOBAL_TAX
from invoicing.invoices.drafting import lock_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.facts import InvoiceFacts, LineFacts, load_facts
from invoicing.invoices.figuring import refresh_figures
from invoicing.invoices.naming import price_of
from invoicing.invoices.notes import differs, note_change, show_conflict, show_difference
from invoicing.invoices.pushes import find_invoice_push, refuse_if_elsewhere, request_invoice_push
from invoicing.invoices.rights import may_release_invoices
from invoicing.models import CLOSED_INVOICE_STATES, Invoice, InvoiceLine, InvoiceSection, SectionKind, TaxMode
from ressio.activity import record_activity
from ressio.models import TeamMember
from ressio.money import ZERO, round_cents


class Choice(StrEnum):
    """U6's three ways out of a conflict."""

    OURS = "ours"
    """Our version is sent again, over QuickBooks'."""
    THEIRS = "theirs"
    """QuickBooks' version is taken over into our lines."""
    BOTH = "both"
    """Both stay as they are: QuickBooks' total is what is due, our lines are what we wrote."""


CHOICE_WORDS: Mapping[Choice, str] = {
    Choice.OURS: "Keep ours: send our version to QuickBooks again",
    Choice.THEIRS: "Take QuickBooks' version",
    Choice.BOTH: "Leave both as they are, and note the difference",
}


def conflict_mark(invoice: Invoice) -> str:
    """Changes when the question does: an answer to an older one is not taken."""
    return sha256(json.dumps(invoice.conflicts, sort_keys=True).encode()).hexdigest()[:16]


def decide_conflict(
    *, invoice: Invoice, choice: str, mark: str, member: TeamMember, now: datetime
) -> Invoice:
    """`choice` is a `Choice`; `mark` is `conflict_mark` of what the person saw. Raises `InvoiceRefused`."""
    with transaction.atomic():
        locked = _lock(invoice, member)
        if not locked.conflicts:
            raise InvoiceRefused("There is nothing to decide any more.", code="settled")
        if mark != conflict_mark(locked):
            raise InvoiceRefused(
                "QuickBooks changed the invoice again. Look at it once more.", code="changed"
            )
        if choice not in list(Choice):
            raise InvoiceRefused("Choose which version holds.", field="choice")
        refuse_if_elsewhere(locked)
        _refuse_while_on_its_way(locked)
        theirs = load_facts(locked.conflicts["theirs"])
        locked.agreed, locked.conflicts = locked.conflicts["theirs"], {}
        if choice == Choice.THEIRS:
            _take_theirs(locked, theirs)
        locked.save()
        if choice == Choice.THEIRS:
            refresh_figures(locked)
        if choice == Choice.BOTH and locked.total_difference:
            _accept(locked, now)
        _settle_push(locked, choice, member, now)
        words = CHOICE_WORDS[Choice(choice)]
        note_change(locked, f"Decided: {words}", now=now)
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="decided what holds of",
            subject=locked,
            changes={"decision": ["", words]},
        )
        show_conflict(locked, now=now)
        show_difference(locked, now=now)
    return locked


def accept_difference(*, invoice: Invoice, total: Decimal, member: TeamMember, now: datetime) -> Invoice:
    """QuickBooks' total holds, though it is not what we had predicted. `total` is the one that was seen; another one is
    another question. Raises `InvoiceRefused`.
    """
    with transaction.atomic():
        locked = _lock(invoice, member)
        if not differs(locked):
            raise InvoiceRefused("There is no difference to accept any more.", code="settled")
        if locked.conflicts:
            raise InvoiceRefused("Decide first which version holds.", code="conflict")
        if total != locked.quickbooks_total:
            raise InvoiceRefused(
                "QuickBooks' total is another one now. Look at it once more.", code="changed"
            )
        before = str(locked.total)
        _accept(locked, now)
        record_activity(
            company=locked.company,
            actor=member.user,
            verb="accepted QuickBooks' total of",
            subject=locked,
            changes={"total": [before, str(locked.quickbooks_total)]},
        )
        show_difference(locked, now=now)
    return locked


def _accept(invoice: Invoice, now: datetime) -> None:
    invoice.difference_accepted_at = now
    invoice.save(update_fields=["difference_accepted_at"])


def _lock(invoice: Invoice, member: TeamMember) -> Invoice:
    locked = lock_invoice(invoice)
    if not may_release_invoices(member):
        raise InvoiceRefused("You may not decide this. Ask an Admin.", code="not_allowed")
    return locked


def _refuse_while_on_its_way(invoice: Invoice) -> None:
    push = find_invoice_push(invoice)
    if push is not None and not is_still_here(push):
        raise InvoiceRefused(
            "Something of this invoice is on its way to QuickBooks. Wait for the answer.", code="on_its_way"
        )


def _settle_push(invoice: Invoice, choice: str, member: TeamMember, now: datetime) -> None:
    """What was held for this decision goes again, or not at all; a void that was asked for stays asked for."""
    push = find_invoice_push(invoice)
    if push is not None and push.operation == PushOperation.UPDATE and choice != Choice.OURS:
        skip_push(push=push, actor=member.user, now=now)
        Invoice.objects.filter(pk=invoice.pk).update(conflicts={})  # this is the decision about it
    elif choice == Choice.OURS and (push is None or push.operation == PushOperation.UPDATE):
        request_invoice_push(invoice, requested_by=member.user, now=now, operation=PushOperation.UPDATE)
    elif push is not None and push.state == PushState.HELD:
        request_invoice_push(invoice, requested_by=member.user, now=now, operation=PushOperation.VOID)


# Taking theirs over -------------------------------------------------------------------------------------------------


def _take_theirs(invoice: Invoice, theirs: InvoiceFacts) -> None:
    """Head and lines as QuickBooks has them. A line that is the same keeps its cost and markup; one with another amount
    becomes a fixed amount; one that went frees what it billed. A cost code follows its item where one is linked to it.
    """
    _take_head(invoice, theirs)
    lines = list(invoice.lines.all())
    by_key = {line.line_ref: line for line in lines if line.line_ref}
    profits = {line.profit_line_ref: line for line in lines if line.profit_line_ref}
    facts = {fact.key: fact for fact in theirs.lines}
    codes = _codes_of(invoice, theirs)
    for line in lines:
        if line.line_ref not in facts:
            line.delete()
    for place, fact in enumerate(theirs.lines, start=1):
        is_profit = fact.key in profits and profits[fact.key].line_ref in facts  # taken with its line
        if is_profit or not (fact.item_ref or fact.amount):  # or words alone
            continue
        line = by_key.get(fact.key) or _new_line(invoice)
        _take_line(line, fact, facts.get(line.profit_line_ref), codes, place)
        line.save()


def _take_head(invoice: Invoice, theirs: InvoiceFacts) -> None:
    modes = {word: mode for mode, word in GLOBAL_TAX.items()}
    invoice.tax_mode = modes.get(theirs.tax_mode, TaxMode(invoice.tax_mode))
    invoice.issued_on, invoice.due_on = theirs.issued_on, theirs.due_on
    invoice.memo = theirs.memo[:1000]
    percent = theirs.discount_percent
    invoice.discount_percent = percent
    invoice.discount_amount = round_cents(theirs.discount) if percent is None and theirs.discount else None
    others = Invoice.objects.filter(company=invoice.company_id, number=theirs.number).exclude(pk=invoice.pk)
    if theirs.number and not others.exclude(state__in=CLOSED_INVOICE_STATES).exists():
        invoice.number = theirs.number[:21]


def _take_line(
    line: InvoiceLine, fact: LineFacts, profit: LineFacts | None, codes: Mapping[str, int], place: int
) -> None:
    cost, markup = price_of(fact), price_of(profit) if profit else ZERO
    line.position, line.line_ref, line.description = place, fact.key, fact.description[:4000]
    line.tax_code_ref = fact.tax_code_ref
    if fact.item_ref in codes:
        line.cost_code_id, line.is_default_code = codes[fact.item_ref], False
    if not _has_price(line, cost, markup, is_apart=profit is not None):
        line.cost, line.markup, line.amount = cost, markup, cost + markup
        line.markup_percent, line.markup_is_amount = None, True
        line.quantity = line.unit_price = None
    has_both = fact.quantity is not None and fact.unit_price is not None
    if line.markup == ZERO and fact.gross is None and has_both:
        line.quantity, line.unit_price = fact.quantity, fact.unit_price
    if profit is None:
        line.profit_line_ref = ""


def _has_price(line: InvoiceLine, cost: Decimal, markup: Decimal, *, is_apart: bool) -> bool:
    """The line says the same already: its profit apart, or within its amount."""
    if line._state.adding:
        return False
    if is_apart or line.profit_line_ref:
        return (line.cost, line.markup) == (cost, markup)
    return bool(line.amount == cost)


def _new_line(invoice: Invoice) -> InvoiceLine:
    """In the last section."""
    section = invoice.sections.order_by("-position", "-pk").first()
    if section is None:
        section = InvoiceSection.objects.create(
            company_id=invoice.company_id, invoice=invoice, position=1, kind=SectionKind.ADDITIONAL
        )
    return InvoiceLine(company_id=invoice.company_id, invoice=invoice, section=section)


def _codes_of(invoice: Invoice, theirs: InvoiceFacts) -> dict[str, int]:
    """An item that several codes are linked to says nothing about which one."""
    links = CostCodeLink.objects.filter(
        connection=invoice.connection, item_ref__in={line.item_ref for line in theirs.lines if line.item_ref}
    )
    found: dict[str, int] = {}
    for item_ref, code in links.values_list("item_ref", "cost_code_id"):
        found[item_ref] = code
    return found
