"""Invoices in the outbox: how one becomes a document, is changed and voided there, is found again, and is recorded."""

import json
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from budgets.bills.building import write_json
from budgets.bills.words import say_amount, say_day
from budgets.reading import Json, read_decimal, read_ref_name, read_text
from integrations.gateway import Gateway, Row, quote
from integrations.models import Document, Push, PushOperation
from integrations.outbox import DecisionRefused, register_builder
from invoicing.invoices.documents import make_document, prepare
from invoicing.invoices.drafting import lock_invoices
from invoicing.invoices.facts import read_invoice_facts
from invoicing.invoices.notes import note_change
from invoicing.invoices.places import invoice_url
from invoicing.invoices.pushes import KIND
from invoicing.invoices.readiness import survey
from invoicing.invoices.recognising import is_older, is_same_invoice
from invoicing.invoices.twins import flag_unsent, follow_answer
from invoicing.models import Invoice
from ressio.models import Company
from ressio.money import ZERO

_PREPARED = "prepared_invoice"
MOST_CANDIDATES = 300


class InvoiceBuilder:
    entity = "Invoice"

    def prepare(self, pushes: Sequence[Push]) -> None:
        if pushes:
            # Of many, QuickBooks says itself which number is taken: each is held by its own answer.
            found = prepare(pushes, with_numbers=len(pushes) == 1)
            for push, prepared in zip(pushes, found, strict=True):
                setattr(push, _PREPARED, prepared)

    def build(self, push: Push) -> bytes:
        prepared = getattr(push, _PREPARED, None) or prepare([push])[0]
        return write_json(dict(make_document(push, prepared)))

    def lock(self, pushes: Sequence[Push]) -> None:
        lock_invoices([int(push.subject_id) for push in pushes])

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """The one that a sync took for this invoice already, whatever became of it since. Else by number, then
        customer, date and lines must agree; never a document that another invoice of ours is.
        """
        known = _known_already(push)
        if known is not None:
            return known
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
        elif push.operation == PushOperation.UPDATE and invoice.is_in_quickbooks:
            note_change(invoice, "Our change was not sent: QuickBooks keeps its version", now=timezone.now())
            flag_unsent(invoice, now=timezone.now())

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
        documents = [each.data for each in named.order_by("-last_updated_at")[:MOST_CANDIDATES]]
        mine = [each for each in documents if read_invoice_facts(each).customer_ref == there.ref]
        taken = _taken_by_others(push, [str(each["Id"]) for each in mine])
        free = [each for each in mine if str(each["Id"]) not in taken]
        free.sort(key=lambda each: (each.get("DocNumber") != invoice.number, _total(each) != invoice.total))
        return [(str(each["Id"]), _describe(each)) for each in free]

    def subject_url(self, push: Push, company: Company) -> str:
        return invoice_url(company, push.subject_id)

    def amount(self, push: Push) -> Decimal:
        totals = Invoice.objects.filter(pk=push.subject_id).values_list("total", flat=True)
        return totals.first() or ZERO


def register_invoice_builder() -> None:
    register_builder(KIND, InvoiceBuilder())


def _lock(push: Push) -> Invoice | None:
    rows = Invoice.objects.select_for_update(of=("self",)).select_related("project", "company")
    found: Invoice | None = rows.filter(pk=push.subject_id).first()
    return found


def _known_already(push: Push) -> Row | None:
    """A create whose answer was lost is not made a second time: also when its document was edited or deleted there."""
    refs = Invoice.objects.filter(pk=push.subject_id, connection=push.connection).exclude(quickbooks_id="")
    document = Document.objects.filter(
        connection=push.connection, entity="Invoice", quickbooks_id__in=refs.values("quickbooks_id")
    ).first()
    return Row(document.data, document.body) if document else None


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
