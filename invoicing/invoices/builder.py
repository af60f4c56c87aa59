"""Invoices in the outbox: how one becomes a document, is changed and voided there, is found again, and is recorded."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from budgets.bills.building import write_json
from budgets.bills.words import say_amount, say_day
from budgets.reading import Json, read_decimal, read_ref_name, read_text
from integrations.gateway import Gateway, Row, quote
from integrations.models import Document, Push, PushOperation
from integrations.outbox import DecisionRefused, Hold, register_builder
from invoicing.invoices.building import change_of, invoice_document
from invoicing.invoices.facts import read_applied, read_invoice_facts
from invoicing.invoices.figuring import wire_lines
from invoicing.invoices.places import invoice_url
from invoicing.invoices.pushes import KIND
from invoicing.invoices.readiness import (
    Surroundings,
    obstacles_of,
    of_date,
    of_person,
    of_switch,
    survey,
)
from invoicing.invoices.recognising import is_older, is_same_invoice
from invoicing.invoices.twins import follow_answer
from invoicing.models import AppliedPart, Invoice, InvoiceLine
from ressio.models import Company
from ressio.money import ZERO

PAID = "payments_applied"
_PREPARED = "prepared_invoice"


@dataclass(frozen=True)
class Prepared:
    invoice: Invoice | None
    lines: Sequence[InvoiceLine]
    around: Surroundings


class InvoiceBuilder:
    entity = "Invoice"

    def prepare(self, pushes: Sequence[Push]) -> None:
        if pushes:
            for push, prepared in zip(pushes, _prepare(pushes), strict=True):
                setattr(push, _PREPARED, prepared)

    def build(self, push: Push) -> bytes:
        prepared: Prepared = getattr(push, _PREPARED, None) or _prepare([push])[0]
        invoice, around = prepared.invoice, prepared.around
        if invoice is None:
            raise Hold("gone", "The invoice was deleted in Ressio.")
        if push.operation == PushOperation.VOID:
            return void_document(invoice, around, requested_by=push.requested_by_id)
        if push.operation == PushOperation.UPDATE:
            return change_document(invoice, around, requested_by=push.requested_by_id)
        obstacles = obstacles_of(invoice, prepared.lines, around, requested_by=push.requested_by_id)
        if obstacles:
            raise Hold(obstacles[0].code, obstacles[0].sentence)
        return write_json(invoice_document(invoice, wire_lines(invoice), around))

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """By number first, then customer, date and lines must agree; never a document that another invoice of ours is."""
        payload: Json = json.loads(push.payload, parse_float=Decimal)
        where = f"DocNumber = {quote(read_text(payload.get('DocNumber')))}"
        rows = gateway.query_rows("Invoice", where=where).rows
        taken = _taken_by_others(push, [str(row.data["Id"]) for row in rows])
        for row in rows:
            is_free = str(row.data["Id"]) not in taken
            if is_free and is_same_invoice(payload, row.data) and not is_older(row.data, push.first_sent_at):
                return row
        return None

    def record(self, push: Push, row: Row) -> None:
        invoice = _lock(push)
        if invoice is not None:
            follow_answer(invoice, push, row.data, now=timezone.now())

    def skipped(self, push: Push) -> None:
        """Nothing is voided, or changed, there after all."""
        invoice = _lock(push)
        if invoice is None:
            return
        if push.operation == PushOperation.UPDATE and invoice.conflicts:
            raise DecisionRefused("Decide about what was changed in QuickBooks instead.")
        if push.operation == PushOperation.VOID:
            invoice.void_requested_at, invoice.void_requested_by = None, None
            invoice.save(update_fields=["void_requested_at", "void_requested_by"])

    def candidates(self, push: Push) -> list[tuple[str, str]]:
        """Invoices of this customer in QuickBooks that nobody here is: those of the same number or total first."""
        invoice = Invoice.objects.select_related("project").filter(pk=push.subject_id).first()
        if invoice is None:
            return []
        there = survey(push.connection, [invoice], {}, with_numbers=False).customers.get(invoice.project_id)
        if there is None:
            return []
        named = Document.objects.filter(
            connection=push.connection, entity="Invoice", deleted_at=None, body__contains=f'"{there.ref}"'
        )
        documents = [each.data for each in named.order_by("-last_updated_at")[:300]]
        mine = [each for each in documents if read_invoice_facts(each).customer_ref == there.ref]
        taken = _taken_by_others(push, [str(each["Id"]) for each in mine])
        free = [each for each in mine if str(each["Id"]) not in taken]
        free.sort(key=lambda each: (each.get("DocNumber") != invoice.number, _total(each) != invoice.total))
        return [(str(each["Id"]), _describe(each)) for each in free]

    def subject_url(self, push: Push, company: Company) -> str:
        return invoice_url(company, push.subject_id)

    def amount(self, push: Push) -> Decimal:
        total: Decimal | None = Invoice.objects.filter(pk=push.subject_id).values_list("total", flat=True).first()
        return total or ZERO


def register_invoice_builder() -> None:
    register_builder(KIND, InvoiceBuilder())


# Documents ------------------------------------------------------------------------------------------------------------


def void_document(invoice: Invoice, around: Surroundings, *, requested_by: int | None) -> bytes:
    """What payments were applied to stays as it is: QuickBooks would set them free without a word. Raises `Hold`."""
    document = _alive(invoice, around)
    for obstacle in [*of_person(around, requested_by), *of_date(invoice, around)]:
        raise Hold(obstacle.code, obstacle.sentence)
    refuse_if_paid(invoice, document)
    return write_json({"Id": invoice.quickbooks_id, "SyncToken": document["SyncToken"]})


def refuse_if_paid(invoice: Invoice, document: Json) -> None:
    applied = max(applied_here(invoice), read_applied(document))
    if applied > ZERO:
        raise Hold(
            PAID,
            f"A payment of {say_amount(applied)} arrived. Take it off the invoice in QuickBooks first, then void it.",
        )


def applied_here(invoice: Invoice) -> Decimal:
    """What the payments that we have read say."""
    parts = AppliedPart.objects.filter(connection=invoice.connection, invoice_ref=invoice.quickbooks_id)
    return max(invoice.paid, sum((part.amount for part in parts), ZERO))


def change_document(invoice: Invoice, around: Surroundings, *, requested_by: int | None) -> bytes:
    """Our version, all of it, over QuickBooks' version of now. Raises `Hold`."""
    if invoice.conflicts:
        raise Hold("conflict", "It was changed in QuickBooks. Decide what holds.")
    document = _alive(invoice, around)
    lines = list(invoice.lines.select_related("cost_code"))
    found = obstacles_of(invoice, lines, around, requested_by=None, is_released=False)
    theirs = read_invoice_facts(document)
    for obstacle in [*of_person(around, requested_by), *of_switch(invoice, around), *found]:
        raise Hold(obstacle.code, obstacle.sentence)
    if theirs.issued_on and around.connection.closing_date and theirs.issued_on <= around.connection.closing_date:
        raise Hold("closed_period", f"In QuickBooks it is dated {say_day(theirs.issued_on)}, and that period is closed.")
    change = change_of(
        invoice_document(invoice, wire_lines(invoice), around, with_refs=True),
        quickbooks_id=invoice.quickbooks_id,
        sync_token=str(document["SyncToken"]),
    )
    return write_json(change)


def _alive(invoice: Invoice, around: Surroundings) -> Json:
    document = find_mirrored(around.connection.pk, invoice.quickbooks_id) if invoice.is_in_quickbooks else None
    if document is None:
        raise Hold("gone_there", "The invoice is not in QuickBooks any more.")
    return document


def find_mirrored(connection_id: int, quickbooks_id: str) -> Json | None:
    """As it is alive there; None when it is deleted or was never read."""
    found = Document.objects.filter(
        connection=connection_id, entity="Invoice", quickbooks_id=quickbooks_id, deleted_at=None
    ).first()
    return found.data if found else None


# Helpers --------------------------------------------------------------------------------------------------------------


def _prepare(pushes: Sequence[Push]) -> list[Prepared]:
    """In the order of `pushes`, all of one connection."""
    connection = pushes[0].connection
    found = Invoice.objects.filter(pk__in=[push.subject_id for push in pushes])
    by_pk: Mapping[int, Invoice] = found.select_related("project").in_bulk()
    lines = lines_of(by_pk)
    around = survey(connection, list(by_pk.values()), lines)
    keys = [int(push.subject_id) for push in pushes]
    return [Prepared(by_pk.get(key), lines.get(key, []), around) for key in keys]


def lines_of(invoices: Mapping[int, Invoice]) -> dict[int, list[InvoiceLine]]:
    lines: dict[int, list[InvoiceLine]] = {pk: [] for pk in invoices}
    for line in InvoiceLine.objects.filter(invoice__in=invoices).select_related("cost_code"):
        lines[line.invoice_id].append(line)
    return lines


def _lock(push: Push) -> Invoice | None:
    found: Invoice | None = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("project", "company")
        .filter(pk=push.subject_id)
        .first()
    )
    return found


def _taken_by_others(push: Push, ids: Sequence[str]) -> set[str]:
    others = Invoice.objects.filter(connection=push.connection, quickbooks_id__in=ids)
    return set(others.exclude(pk=push.subject_id).values_list("quickbooks_id", flat=True))


def _total(document: Json) -> Decimal | None:
    return read_decimal(document.get("TotalAmt"))


def _describe(document: Json) -> str:
    facts = read_invoice_facts(document)
    day = say_day(facts.issued_on) or "no date"
    customer = read_ref_name(document, "CustomerRef", 200)
    return f"{customer}, {facts.number or 'no number'}, {day}, {say_amount(facts.total)}"
