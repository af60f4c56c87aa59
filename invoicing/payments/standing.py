"""How an invoice stands, and what was paid on it, in words for pages, API and the sync log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from integrations.deep_links import link_to_document
from integrations.issues import FoundIssue, reconcile_issues
from integrations.models import Connection, Document
from invoicing.models import SENT_INVOICE_STATES, AppliedPart, ClientPayment, Invoice, PaymentKind
from invoicing.payments.reading import read_standing
from ressio.money import ZERO

BALANCE_DIFFERS = "invoice_balance_differs"
"""The issue's reason in the sync log."""


@dataclass(frozen=True)
class PaidLine:
    """One line of what was paid on an invoice."""

    on: date | None
    amount: Decimal
    kind: str
    label: str
    """“Payment”, “Credit memo 1012”, “Deposit”…"""
    reference: str = ""
    memo: str = ""
    method: str = ""
    url: str = ""
    """Of the payment in QuickBooks; empty for one recorded here."""
    payment_ref: str = ""
    recorded_id: int | None = None
    """Of the `ReceivedPayment`, for one recorded here."""
    recorded_by: str = ""
    total: Decimal = ZERO
    """Of the whole payment in QuickBooks, of which this is the part on this invoice."""
    unapplied: Decimal = ZERO
    """Of it, what stands on no invoice: the client paid too much, or somebody took it off (U15)."""
    counts: bool = True
    """False for one recorded here before the invoice went to QuickBooks: there it has to be recorded too."""


def payments_of(invoice: Invoice) -> list[PaidLine]:
    """The latest first; at most three queries."""
    lines = [*_lines_recorded(invoice), *(_lines_there(invoice) if invoice.quickbooks_id else ())]
    return sorted(lines, key=lambda line: line.on or date.min, reverse=True)


def _lines_recorded(invoice: Invoice) -> list[PaidLine]:
    recorded = invoice.received_payments.filter(removed_at=None).select_related("recorded_by")
    return [
        PaidLine(
            on=payment.received_on,
            amount=payment.amount,
            kind=PaymentKind.PAYMENT,
            label="Payment",
            reference=payment.reference,
            method=payment.method,
            recorded_id=payment.pk,
            recorded_by=str(payment.recorded_by.name or payment.recorded_by.email)
            if payment.recorded_by
            else "",
            counts=not invoice.quickbooks_id,
        )
        for payment in recorded.order_by("pk")
    ]


def _lines_there(invoice: Invoice) -> list[PaidLine]:
    parts = list(
        AppliedPart.objects.filter(
            connection=invoice.connection_id, invoice_ref=invoice.quickbooks_id
        ).order_by("pk")
    )
    payments = {
        payment.payment_ref: payment
        for payment in ClientPayment.objects.filter(
            connection=invoice.connection_id, payment_ref__in=[part.payment_ref for part in parts]
        )
    }
    return [_line_of(part, payments.get(part.payment_ref)) for part in parts]


def _line_of(part: AppliedPart, payment: ClientPayment | None) -> PaidLine:
    return PaidLine(
        on=part.applied_on,
        amount=part.amount,
        kind=part.kind,
        label=part.source or str(part.get_kind_display()),
        reference=payment.reference if payment else "",
        memo=payment.memo if payment else "",
        total=payment.total if payment else ZERO,
        unapplied=payment.unapplied if payment else ZERO,
        url=link_to_document("Payment", part.payment_ref) if part.payment_ref else "",
        payment_ref=part.payment_ref,
    )


# What QuickBooks says otherwise -------------------------------------------------------------------------------------


def balance_difference(invoice: Invoice) -> Decimal:
    """QuickBooks' own balance less what its payments leave open; 0 where it is not in QuickBooks."""
    if invoice.balance is None or not invoice.is_in_quickbooks:
        return ZERO
    return invoice.balance - invoice.outstanding


def explain_difference(invoice: Invoice) -> str:
    """A sentence for people; empty while both agree."""
    difference = balance_difference(invoice)
    if not difference:
        return ""
    documents = Document.objects.filter(
        connection=invoice.connection_id,
        entity="Invoice",
        quickbooks_id=invoice.quickbooks_id,
        deleted_at=None,
    )
    parts = AppliedPart.objects.filter(connection=invoice.connection_id, invoice_ref=invoice.quickbooks_id)
    return _explain(invoice, documents.first(), set(parts.values_list("payment_ref", flat=True)))


def _explain(invoice: Invoice, document: Document | None, payments: set[str]) -> str:
    said = (
        f"QuickBooks says {invoice.balance:.2f} is open. The payments and credits it applied leave "
        f"{invoice.outstanding:.2f} open."
    )
    causes = _list_causes(document, payments) if document else []
    return f"{said} QuickBooks also links: {', '.join(causes)}." if causes else said


def _list_causes(document: Document, payments: set[str]) -> list[str]:
    standing = read_standing(document.data)
    missing = [f"Payment {ref}, not read yet" for ref in standing.payment_refs if ref not in payments]
    return [*standing.other_links, *missing]


def report_balances(connection: Connection, *, now: datetime) -> None:
    """One issue in the sync log for each invoice whose balance is not what its payments leave. Closes by itself."""
    differing = list(
        Invoice.objects.filter(connection=connection, state__in=SENT_INVOICE_STATES, balance__isnull=False)
        .exclude(quickbooks_total=F("paid") + F("balance"))
        .order_by("pk")
    )
    found = _describe_all(connection, differing) if differing else []
    reconcile_issues(connection, found, now=now, scope_reasons={BALANCE_DIFFERS})


def _describe_all(connection: Connection, invoices: Sequence[Invoice]) -> list[FoundIssue]:
    refs = [invoice.quickbooks_id for invoice in invoices]
    documents = {
        document.quickbooks_id: document
        for document in Document.objects.filter(
            connection=connection, entity="Invoice", quickbooks_id__in=refs, deleted_at=None
        )
    }
    parts = AppliedPart.objects.filter(connection=connection, invoice_ref__in=refs)
    payments = _group(parts.values_list("invoice_ref", "payment_ref"))
    return [
        _describe(invoice, documents.get(invoice.quickbooks_id), payments.get(invoice.quickbooks_id, set()))
        for invoice in invoices
    ]


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return groups


def _describe(invoice: Invoice, document: Document | None, payments: set[str]) -> FoundIssue:
    return FoundIssue(
        reason=BALANCE_DIFFERS,
        subject_type="invoice",
        subject_id=str(invoice.pk),
        subject_label=str(invoice),
        title=f"{invoice}: the balance in QuickBooks is not what its payments leave open.",
        way_out=_explain(invoice, document, payments),
        amount=abs(balance_difference(invoice)),
        fix_url=link_to_document("Invoice", invoice.quickbooks_id),
        fix_label="Open the invoice in QuickBooks",
    )
