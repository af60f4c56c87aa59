"""An invoice that is void, or gone in QuickBooks, as a new draft: it is never made again by itself (U7)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from invoicing.invoices.actuals import uninvoiced_costs
from invoicing.invoices.cost_finding import places_of, places_of_row
from invoicing.invoices.drafting import LineInput, create_invoice, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import BilledCost, Invoice, InvoiceLine
from ressio.models import TeamMember

Keys = tuple[str, ...]


def copy_invoice(*, invoice: Invoice, member: TeamMember, now: datetime) -> Invoice:
    """Dated today, without a number. A line that billed costs bills those that are still free, and asks the client for
    no others; where none is free it is left out. Raises `InvoiceRefused`.
    """
    if not invoice.is_closed:
        raise InvoiceRefused(
            "Only an invoice that is void or deleted in QuickBooks is copied.", code="not_closed"
        )
    given, today = input_of(invoice), timezone.localdate(now)
    rows = iter([line for section in invoice.sections.all() for line in section.lines.all()])
    billed, free = _billed_by_line(invoice), _free_keys(invoice)
    sections = tuple(
        replace(
            section,
            lines=tuple(
                copied
                for line in section.lines
                if (
                    copied := _copy_line(line, row := next(rows), billed.get(row.pk, 0), free.get(row.pk, ()))
                )
            ),
        )
        for section in given.sections
    )
    if given.lines and not any(section.lines for section in sections):
        raise InvoiceRefused(
            "None of its costs is left to invoice: other invoices have them, or they do not count any more.",
            code="already_billed",
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


def _copy_line(line: LineInput, row: InvoiceLine, billed: int, keys: Keys) -> LineInput | None:
    code = line.cost_code if line.cost_code and line.cost_code.is_active else None
    copied = replace(line, cost_code=code, bills=keys)
    if len(keys) == billed:
        return copied
    if not keys:
        return None
    percent = row.markup_percent if line.markup is not None else line.markup_percent
    return replace(copied, quantity=None, unit_price=None, cost=None, markup=None, markup_percent=percent)


def _billed_by_line(invoice: Invoice) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for values in invoice.unbilled:
        found[values["line_id"]] = found.get(values["line_id"], 0) + 1
    return found


def _free_keys(invoice: Invoice) -> Mapping[int, Keys]:
    """By line, what it billed and nobody else has billed since."""
    costs = uninvoiced_costs(invoice.project) if invoice.unbilled else []
    free = {place: cost.key for cost in costs for place in places_of(cost)}
    found: dict[int, Keys] = {}
    for values in invoice.unbilled:
        row = BilledCost(**values)
        key = next((free[place] for place in places_of_row(row) if place in free), "")
        if key and key not in found.get(row.line_id, ()):
            found[row.line_id] = (*found.get(row.line_id, ()), key)
    return found
