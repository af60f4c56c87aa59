"""The document of a push: checked again as things are now, then made. No HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from budgets.bills.readiness import CLOSED_PERIOD, Obstacle, is_in_closed_period
from budgets.bills.words import say_day
from budgets.reading import Json
from integrations.models import Push, PushOperation
from integrations.outbox import Hold
from invoicing.invoices.applied import PAID, applied_to, find_mirrored, paid_sentence
from invoicing.invoices.building import change_of, invoice_document
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.facts import read_invoice_facts
from invoicing.invoices.readiness import (
    ARCHIVED,
    Surroundings,
    obstacles_of,
    of_date,
    of_person,
    of_switch,
    survey,
)
from invoicing.invoices.wire import WireLine, wire_lines
from invoicing.models import Invoice, InvoiceLine
from ressio.money import ZERO


@dataclass(frozen=True)
class Prepared:
    invoice: Invoice | None
    lines: Sequence[InvoiceLine]
    around: Surroundings


def prepare(pushes: Sequence[Push], *, with_numbers: bool = True) -> list[Prepared]:
    """In the order of `pushes`, all of one connection; a fixed number of queries. `with_numbers` as in `survey`."""
    found = Invoice.objects.filter(pk__in=[push.subject_id for push in pushes])
    by_pk: Mapping[int, Invoice] = found.select_related("project").in_bulk()
    lines: dict[int, list[InvoiceLine]] = {pk: [] for pk in by_pk}
    for line in InvoiceLine.objects.filter(invoice__in=by_pk).select_related("cost_code"):
        lines[line.invoice_id].append(line)
    around = survey(pushes[0].connection, list(by_pk.values()), lines, with_numbers=with_numbers)
    keys = [int(push.subject_id) for push in pushes]
    return [Prepared(by_pk.get(key), lines.get(key, []), around) for key in keys]


def make_document(push: Push, prepared: Prepared) -> Json:
    """Raises `Hold` for the first thing in its way."""
    if prepared.invoice is None:
        raise Hold("gone", "The invoice was deleted in Ressio.")
    if push.operation == PushOperation.VOID:
        return _void(prepared.invoice, prepared.around, push.requested_by_id)
    if push.operation == PushOperation.UPDATE:
        return change(prepared.invoice, prepared.lines, prepared.around, push.requested_by_id)
    _refuse(
        obstacles_of(prepared.invoice, prepared.lines, prepared.around, requested_by=push.requested_by_id)
    )
    return invoice_document(prepared.invoice, _lines(prepared.invoice), prepared.around)


def _lines(invoice: Invoice) -> list[WireLine]:
    try:
        return wire_lines(invoice)
    except InvoiceRefused as refused:
        raise Hold(refused.code or "no_total", str(refused)) from refused


def _void(invoice: Invoice, around: Surroundings, requested_by: int | None) -> Json:
    """What payments were applied to stays as it is: QuickBooks would set them free without a word."""
    document = _alive(invoice)
    _refuse([*of_person(around, requested_by), *of_switch(invoice, around), *of_date(invoice, around)])
    if (applied := applied_to(invoice)) > ZERO:
        raise Hold(PAID, paid_sentence(applied))
    return {"Id": invoice.quickbooks_id, "SyncToken": document["SyncToken"]}


def change(
    invoice: Invoice, lines: Sequence[InvoiceLine], around: Surroundings, requested_by: int | None
) -> Json:
    """Our version, all of it, over QuickBooks' version of now. Raises `Hold`."""
    if invoice.conflicts:
        raise Hold("conflict", "It was changed in QuickBooks. Decide what holds.")
    document = _alive(invoice)
    found = obstacles_of(invoice, lines, around, requested_by=None, is_released=False)
    # What QuickBooks has may be corrected, also where the project is closed.
    _refuse([*of_person(around, requested_by), *(each for each in found if each.code != ARCHIVED)])
    dated = read_invoice_facts(document).issued_on
    if is_in_closed_period(dated, around.connection.closing_date):
        raise Hold(CLOSED_PERIOD, f"In QuickBooks it is dated {say_day(dated)}, and that period is closed.")
    _refuse_to_move_payments(invoice, document, around)
    ours = invoice_document(invoice, _lines(invoice), around, with_refs=True)
    return change_of(ours, quickbooks_id=invoice.quickbooks_id, sync_token=str(document["SyncToken"]))


def _refuse_to_move_payments(invoice: Invoice, document: Json, around: Surroundings) -> None:
    """The project may have been linked to another customer since; money of one does not pay what another owes."""
    theirs = read_invoice_facts(document).customer_ref
    there = around.customers[invoice.project_id]
    if theirs != there.ref and applied_to(invoice) > ZERO:
        raise Hold(
            PAID,
            f"In QuickBooks it is another customer's, and the project is {there.name}'s now. Payments are applied to "
            "it: take them off there first, or link the project to that customer again.",
        )


def _refuse(obstacles: Sequence[Obstacle]) -> None:
    if obstacles:
        raise Hold(obstacles[0].code, obstacles[0].sentence)


def _alive(invoice: Invoice) -> Json:
    document = find_mirrored(invoice) if invoice.is_in_quickbooks else None
    if document is None:
        raise Hold("gone_there", "The invoice is not in QuickBooks any more.")
    return document
