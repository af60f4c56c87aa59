"""An invoice's own page, and the preview of what QuickBooks will get."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from budgets.bills.pushes import find_project_connection
from budgets.reading import read_ref_name
from integrations.connecting import current_connection
from integrations.deep_links import link_to_document
from integrations.freshness import as_of
from integrations.models import ConnectionStatus, Push, PushState, RunKind
from integrations.outbox.holding import waits_as_decided
from integrations.sync import find_active_run
from invoicing.invoices.actuals import changed_since_billed
from invoicing.invoices.conflicts import CHOICE_WORDS, conflict_mark
from invoicing.invoices.notes import differs
from invoicing.invoices.numbering import free_number
from invoicing.invoices.preview import preview_of
from invoicing.invoices.pushes import find_invoice_push
from invoicing.invoices.readiness import DUPLICATE, TAKEN_THERE, documents_of_numbers
from invoicing.invoices.seen import mark_of
from invoicing.models import BilledCost, Invoice, InvoiceLine
from invoicing.payments.standing import explain_difference, payments_of
from invoicing.pdf.paper import lay_out
from invoicing.pdf.writing import WHY_NONE, can_write_pdf
from invoicing.sharing import share_url, shareable_files, shared_files
from invoicing.views.finding import get_invoice
from invoicing.views.telling import choices_of, goes_to_quickbooks, history_of, road_of, tries_of
from ressio.access import financials_required
from ressio.http import CompanyRequest
from ressio.money import ZERO


@require_safe
@financials_required
def show_invoice(request: CompanyRequest, company: str, invoice_id: int) -> HttpResponse:
    """`?watch=1`: nothing while it is on its way to QuickBooks; then the page that asks is told to load again."""
    invoice = get_invoice(request, invoice_id)
    if "watch" in request.GET:
        is_moving = is_on_its_way(find_invoice_push(invoice))
        return HttpResponse(status=204, headers={} if is_moving else {"HX-Refresh": "true"})
    return render_invoice(request, invoice)


def is_on_its_way(push: Push | None) -> bool:
    return push is not None and push.state != PushState.HELD


def render_invoice(
    request: CompanyRequest, invoice: Invoice, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """`refusal`: what a verb said, shown on top of the page that it was asked from."""
    choices = choices_of(invoice, request.member)
    push = find_invoice_push(invoice)
    connection = current_connection(request.company)
    is_connected = connection is not None and connection.status == ConnectionStatus.CONNECTED
    is_followed = bool(invoice.quickbooks_id) and not invoice.is_in_earlier_books
    shared = {file.pk for file in shared_files(invoice)}
    lines = list(invoice.lines.select_related("cost_code"))
    context: dict[str, Any] = {
        "invoice": invoice,
        "paper": lay_out(invoice),
        "refusal": refusal,
        "choices": choices,
        "road": road_of(invoice),
        "history": history_of(invoice),
        "payments": payments_of(invoice),
        "balance_words": explain_difference(invoice),
        "has_difference": differs(invoice),
        "push": push,
        "is_on_its_way": is_on_its_way(push),
        "waits": push is not None and waits_as_decided(push),
        "tries": tries_of(invoice),
        "new_number": _new_number(invoice, push) if choices.renumber else "",
        "twins": _twins(invoice) if choices.link else [],
        "lines": lines,
        "inside": _add_up(lines),
        "conflict_rows": invoice.conflicts.get("fields", []),
        "conflict_seen": conflict_mark(invoice),
        "conflict_choices": [(choice.value, words) for choice, words in CHOICE_WORDS.items()],
        "today": timezone.localdate(),
        "changed_costs": [] if invoice.is_closed else changed_since_billed(invoice),
        "billed_count": BilledCost.objects.filter(line__invoice=invoice).count(),
        "files": [(file, file.pk in shared) for file in shareable_files(invoice)],
        "share_url": "" if invoice.is_draft else share_url(request, invoice),
        "goes": invoice.is_draft and goes_to_quickbooks(invoice),
        "is_linked": find_project_connection(invoice.project) is not None,
        "quickbooks_url": link_to_document("Invoice", invoice.quickbooks_id)
        if is_followed and invoice.is_in_quickbooks
        else "",
        "can_sync": is_connected and is_followed,
        "as_of": as_of(connection, RunKind.INVOICES) if connection and is_followed else None,
        "active_run": find_active_run(connection) if connection and is_followed else None,
        "seen": mark_of(invoice),
        "has_pdf": can_write_pdf(),
        "why_no_pdf": WHY_NONE,
    }
    return render(request, "invoicing/invoice.html", context, status=status)


def _new_number(invoice: Invoice, push: Push | None) -> str:
    """To begin with: a free one where this one is taken."""
    is_taken = push is not None and push.hold_code in (DUPLICATE, TAKEN_THERE)
    return free_number(invoice.project) if is_taken else invoice.number


def _twins(invoice: Invoice) -> list[tuple[str, str]]:
    """Invoices of QuickBooks under the same number: one of them may be this, entered by hand."""
    connection = find_project_connection(invoice.project)
    found = documents_of_numbers(connection, [invoice.number]) if connection else []
    return [
        (str(document["Id"]), f"{read_ref_name(document, 'CustomerRef', 200)}, {document.get('TotalAmt')}")
        for document in found
        if document.get("DocNumber") == invoice.number
    ]


def _add_up(lines: Sequence[InvoiceLine]) -> dict[str, Decimal]:
    return {
        "cost": sum((line.cost for line in lines), ZERO),
        "profit": sum((line.markup for line in lines), ZERO),
        "amount": sum((line.amount for line in lines), ZERO),
    }


@require_safe
@financials_required
def show_preview(request: CompanyRequest, company: str, invoice_id: int) -> HttpResponse:
    invoice = get_invoice(request, invoice_id)
    if not choices_of(invoice, request.member).preview:
        raise Http404("Nothing of this invoice is ever sent.")
    context = {"invoice": invoice, "preview": preview_of(invoice)}
    return render(request, "invoicing/preview.html", context)
