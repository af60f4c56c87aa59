"""An invoice that is void, or gone in QuickBooks, as a new draft: it is never made again by itself (U7)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from invoicing.invoices.actuals import uninvoiced_costs
from invoicing.invoices.cost_keys import key_of
from invoicing.invoices.drafting import LineInput, create_invoice, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import BilledCost, Invoice
from ressio.models import TeamMember


def copy_invoice(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """Dated today, without a number, billing those of its costs that are still free. Raises `InvoiceRefused`."""
    if not invoice.is_closed:
        raise InvoiceRefused(
            "Only an invoice that is void or deleted in QuickBooks is copied.", code="not_closed"
        )
    given, today = input_of(invoice), now.date()
    keys = _free_keys(invoice)
    order = iter(
        [line.pk for section in invoice.sections.all() for line in section.lines.all()],
    )
    sections = tuple(
        replace(section, lines=tuple(_line(line, keys.get(next(order), ())) for line in section.lines))
        for section in given.sections
    )
    given_days = given.due_on - given.issued_on if given.due_on and given.issued_on else None
    values = replace(
        given,
        number="",
        issued_on=today,
        due_on=today + given_days if given_days is not None else None,
        sections=sections,
    )
    return create_invoice(project=invoice.project, values=values, member=member, now=now)


def _line(line: LineInput, bills: tuple[str, ...]) -> LineInput:
    code = line.cost_code if line.cost_code and line.cost_code.is_active else None
    return replace(line, cost_code=code, bills=bills)


def _free_keys(invoice: Invoice) -> Mapping[int, tuple[str, ...]]:
    """By line, what it billed and nobody else has billed since."""
    billed = [BilledCost(**values) for values in invoice.unbilled]
    free = {cost.key for cost in uninvoiced_costs(invoice.project)} if billed else set()
    found: dict[int, tuple[str, ...]] = {}
    for row in billed:
        if (key := key_of(row)) in free:
            found[row.line_id] = (*found.get(row.line_id, ()), key)
    return found
