"""What there is to tell of an invoice, gathered for its serializer."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request

from integrations.deep_links import link_to_document
from integrations.models import Push
from invoicing.api.invoice_serializers import InvoiceDetailSerializer
from invoicing.invoices.actuals import changed_since_billed
from invoicing.invoices.cost_keys import key_of, read_billed
from invoicing.invoices.listing import invoices_for
from invoicing.invoices.seen import mark_of
from invoicing.models import BilledCost, Invoice, InvoiceChange, InvoiceLine
from invoicing.payments.recording import PUSH_KIND
from invoicing.sharing import share_url
from ressio.api.base import CompanyAPIView, CompanyViewSet, find_or_404


def find_pushes(invoices: Iterable[Invoice]) -> dict[str, Push]:
    """The last push of each, by the invoice's id as text. One query."""
    ids = [str(invoice.pk) for invoice in invoices]
    pushes = Push.objects.filter(kind=PUSH_KIND, subject_id__in=ids).order_by("pk") if ids else ()
    return {push.subject_id: push for push in pushes}


def find_invoice(view: CompanyAPIView | CompanyViewSet, invoice_id: int) -> Invoice:
    """404 for an invoice of projects that this member may not see."""
    lines: QuerySet[InvoiceLine] = InvoiceLine.objects.select_related("cost_code").order_by("position", "pk")
    changes = Prefetch("changes", InvoiceChange.objects.order_by("-at", "-pk"))
    invoices = invoices_for(view.member).select_related("project", "connection", "created_by", "released_by")
    return find_or_404(
        invoices.prefetch_related(changes, "sections", Prefetch("sections__lines", lines)), pk=invoice_id
    )


def describe_invoice(invoice: Invoice, request: Request) -> Any:
    """`request`: says under which address the client's link is."""
    billed: dict[int, list[dict[str, Any]]] = {}
    for row in read_billed(BilledCost.objects.filter(line__invoice=invoice).order_by("pk")):
        told = {"key": key_of(row), "said": row.said, "amount": row.amount}
        billed.setdefault(row.line_id, []).append(told)
    is_there = bool(invoice.quickbooks_id) and not invoice.is_in_earlier_books
    context = {
        "pushes": find_pushes([invoice]),
        "billed": billed,
        "changed_costs": changed_since_billed(invoice),
        "client_link": "" if invoice.is_draft else share_url(request, invoice),
        "version": mark_of(invoice),
        "quickbooks_url": link_to_document("Invoice", invoice.quickbooks_id) if is_there else "",
    }
    return InvoiceDetailSerializer(invoice, context=context).data
