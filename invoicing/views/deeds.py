"""What people do with an invoice, one button each. The verbs decide who may, and what is possible."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from budgets.bill_forms import NumberField
from budgets.bills.pushes import find_project_connection
from integrations.models import RunTrigger
from integrations.switches import switches_of
from integrations.sync import CannotSync
from invoicing.invoices.conflicts import accept_difference, decide_conflict
from invoicing.invoices.copying import copy_invoice
from invoicing.invoices.decisions import link_invoice, retry_invoice, skip_invoice
from invoicing.invoices.drafting import remove_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.releasing import (
    change_number,
    earlier_invoices,
    move_to_open_period,
    partly_paid_here,
    release_invoice,
    send_earlier_invoices,
    send_invoice,
    take_back_release,
    void_invoice,
    wait_for_reopening,
)
from invoicing.models import Invoice, InvoiceState, ReceivedPayment
from invoicing.payments.recording import PaymentInput, record_payment, remove_payment
from invoicing.payments.schedule import sync_invoices as start_sync
from invoicing.sharing import mail_link, renew_link, share_files, share_url
from invoicing.views.finding import get_invoice
from invoicing.views.showing import render_invoice
from ressio.access import admin_required, financials_required, get_project
from ressio.http import CompanyRequest
from ressio.views.places import company_url, read_next

Deed = Callable[[CompanyRequest, Invoice, datetime], tuple[str, str]]
"""Does it, and answers what to say and where to go ("": back to the invoice)."""


@require_POST
@financials_required
def do_deed(request: CompanyRequest, company: str, invoice_id: int, deed: str) -> HttpResponse:
    if deed not in DEEDS:
        raise Http404("There is no such thing to do.")
    invoice = get_invoice(request, invoice_id)
    try:
        said, where = DEEDS[deed](request, invoice, timezone.now())
    except InvoiceRefused as refused:
        if refused.code == "not_allowed":
            raise PermissionDenied from refused
        return render_invoice(request, get_invoice(request, invoice_id), refusal=str(refused), status=400)
    messages.success(request, said)
    return redirect(where or company_url("invoice", request.company, invoice_id=invoice.pk))


# On its road --------------------------------------------------------------------------------------------------------


def _release(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    mark = request.POST.get("seen", "")
    released = release_invoice(invoice=invoice, member=request.member, now=now, mark=mark)
    words = f"{released} is released."
    is_sent = switches_of(released.project).push_invoices and find_project_connection(released.project)
    return f"{words} It is on its way to QuickBooks." if is_sent else f"{words} Send the client its link.", ""


def _take_back(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    take_back_release(invoice=invoice, member=request.member, now=now)
    return "The release is taken back. The invoice is a draft again, and its link shows nothing.", ""


def _remove(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    name, project = str(invoice), invoice.project
    remove_invoice(invoice=invoice, member=request.member)
    return f"{name} is deleted.", company_url("project-invoices", request.company, project_id=project.pk)


def _void(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    voided = void_invoice(invoice=invoice, member=request.member, now=now)
    if voided.state == InvoiceState.VOID:
        return "The invoice is void. Its costs can be invoiced again.", ""
    return "The void is on its way to QuickBooks. The invoice is void here once QuickBooks has done it.", ""


def _copy(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    made = copy_invoice(invoice=invoice, member=request.member, now=now)
    where = company_url("invoice", request.company, invoice_id=made.pk)
    return "Copied as a draft of today, with those of its costs that are still free.", where


# On its way to QuickBooks -------------------------------------------------------------------------------------------


def _send(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    send_invoice(invoice=invoice, member=request.member, now=now)
    return "It is on its way to QuickBooks.", ""


def _retry(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    retry_invoice(invoice=invoice, member=request.member, now=now)
    return "It is being sent again.", ""


def _skip(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    skip_invoice(invoice=invoice, member=request.member, now=now)
    return "It is not sent.", ""


def _link(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    document = request.POST.get("document", "")
    link_invoice(invoice=invoice, quickbooks_id=document, member=request.member, now=now)
    return "Linked. Nothing is sent; QuickBooks’ invoice is this one.", ""


def _renumber(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    number = request.POST.get("number", "")
    change_number(invoice=invoice, number=number, member=request.member, now=now)
    return "The number is changed, and the invoice is sent.", ""


def _move_date(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    day = _read_date(request, "issued_on", "Enter the new date.")
    move_to_open_period(invoice=invoice, issued_on=day, member=request.member, now=now)
    return "The date is changed, and the invoice is sent.", ""


def _wait(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    wait_for_reopening(invoice=invoice, member=request.member, now=now)
    return "It waits, and is sent once the period is open again.", ""


def _decide(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    choice, mark = request.POST.get("choice", ""), request.POST.get("seen", "")
    decide_conflict(invoice=invoice, choice=choice, mark=mark, member=request.member, now=now)
    return "Decided.", ""


def _accept(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    total = _read_amount(request, "total", "Look at QuickBooks' total first.")
    accept_difference(invoice=invoice, total=total, member=request.member, now=now)
    return "QuickBooks' total holds.", ""


# Money --------------------------------------------------------------------------------------------------------------


def _record(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    values = PaymentInput(
        received_on=_read_date(request, "received_on", "Enter the day of the payment."),
        amount=_read_amount(request, "amount", "Enter the amount of the payment."),
        method=request.POST.get("method", ""),
        reference=request.POST.get("reference", ""),
    )
    record_payment(invoice=invoice, values=values, member=request.member, now=now)
    return "The payment is recorded.", ""


def _unrecord(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    payment_id = request.POST.get("payment", "")
    is_id = payment_id.isdecimal() and len(payment_id) < 19
    payment = ReceivedPayment.objects.filter(invoice=invoice, pk=payment_id).first() if is_id else None
    if payment is None:
        raise InvoiceRefused("There is no such payment.", field="payment")
    remove_payment(payment=payment, member=request.member, now=now)
    return "The payment is taken off.", ""


# The client's link --------------------------------------------------------------------------------------------------


def _share(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    ids = [int(value) for value in request.POST.getlist("file") if value.isdecimal() and len(value) < 19]
    files = share_files(invoice=invoice, file_ids=ids, member=request.member)
    if not files:
        return "No file goes with the invoice.", ""
    count = f"{len(files)} file{'s' if len(files) != 1 else ''}"
    return (
        f"{count} {'go' if len(files) != 1 else 'goes'} with the invoice. They may show what a supplier charges.",
        "",
    )


def _renew(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    renew_link(invoice=invoice, member=request.member)
    return "The link is renewed. The one before no longer works.", ""


def _mail(request: CompanyRequest, invoice: Invoice, now: datetime) -> tuple[str, str]:
    mail_link(invoice=invoice, link=share_url(request, invoice), member=request.member, now=now)
    return f"The link is sent to {invoice.client_email}.", ""


DEEDS: dict[str, Deed] = {
    "release": _release,
    "take-back": _take_back,
    "remove": _remove,
    "void": _void,
    "copy": _copy,
    "send": _send,
    "retry": _retry,
    "skip": _skip,
    "link": _link,
    "renumber": _renumber,
    "move-date": _move_date,
    "wait": _wait,
    "decide": _decide,
    "accept": _accept,
    "record": _record,
    "unrecord": _unrecord,
    "share": _share,
    "renew-link": _renew,
    "mail-link": _mail,
}


def _read_date(request: CompanyRequest, name: str, otherwise: str) -> date:
    try:
        day: date = forms.DateField().clean(request.POST.get(name, ""))
    except ValidationError as error:
        raise InvoiceRefused(otherwise, field=name) from error
    return day


def _read_amount(request: CompanyRequest, name: str, otherwise: str) -> Decimal:
    try:
        amount: Decimal | None = NumberField().clean(request.POST.get(name, ""))
    except (ValidationError, InvalidOperation) as error:
        raise InvoiceRefused(otherwise, field=name) from error
    if amount is None:
        raise InvoiceRefused(otherwise, field=name)
    return amount


# Many at once -------------------------------------------------------------------------------------------------------


@require_POST
@financials_required
def sync_invoices(request: CompanyRequest, company: str) -> HttpResponse:
    """M76. A second press joins the run that is already going; goes back to the page that it was pressed on."""
    try:
        start_sync(company=request.company, trigger=RunTrigger.BUTTON, user=request.user, now=timezone.now())
    except CannotSync as error:
        messages.error(request, str(error))
    return redirect(read_next(request, company_url("invoices", request.company)))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def send_earlier(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """Says how many invoices and dollars, then sends exactly those (U1)."""
    project = get_project(request, project_id)
    refusal = ""
    if request.method == "POST":
        expected = request.POST.get("expected", "")
        try:
            if not expected.isdecimal() or len(expected) > 9:
                raise InvoiceRefused("Look at the number of invoices first.")
            count = send_earlier_invoices(
                project=project, expected=int(expected), member=request.member, now=timezone.now()
            )
        except InvoiceRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{count} invoice{'s' if count != 1 else ''} on the way to QuickBooks.")
            return redirect(company_url("project-invoices", request.company, project_id=project.pk))
    context = {
        "project": project,
        "earlier": earlier_invoices(project),
        "paid_here": partly_paid_here(project),
        "connection": find_project_connection(project),
        "is_on": switches_of(project).push_invoices,
        "refusal": refusal,
    }
    return render(request, "invoicing/send_earlier.html", context, status=400 if refusal else 200)
