"""A client's own view of one invoice: no sign-in, nothing to change, nothing a search engine or another site learns."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from invoicing.models import Invoice
from invoicing.pdf.paper import lay_out
from invoicing.pdf.writing import can_write_pdf
from invoicing.sharing import find_shared, shared_files
from invoicing.views.paper import send_pdf
from ressio.scoping import scope
from ressio.views.files import send_file

KEY_LENGTH = 64
KEPT_QUIET = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


def for_the_client(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Finds the invoice by its key, 404 without one, and shows it in its company's scope and time."""

    @wraps(view)
    def guarded(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponseBase:
        invoice = find_shared(key) if len(key) <= KEY_LENGTH else None
        if invoice is None:
            raise Http404("No such link.")
        company = invoice.company
        with scope(company=company), timezone.override(ZoneInfo(company.time_zone)):
            response = view(request, invoice, **kwargs)
        for name, value in KEPT_QUIET.items():
            response[name] = value
        return response

    return guarded


@require_safe
@for_the_client
def show_shared(request: HttpRequest, invoice: Invoice) -> HttpResponseBase:
    context = {
        "invoice": invoice,
        "paper": lay_out(invoice),
        "files": shared_files(invoice),
        "has_pdf": can_write_pdf(),
    }
    return render(request, "invoicing/shared.html", context)


@require_safe
@for_the_client
def download_shared_pdf(request: HttpRequest, invoice: Invoice) -> HttpResponseBase:
    return send_pdf(lay_out(invoice))


@require_safe
@for_the_client
def download_shared_file(request: HttpRequest, invoice: Invoice, file_id: int) -> HttpResponseBase:
    """Only what was chosen for this invoice and is still shown to the client."""
    for file in shared_files(invoice):
        if file.pk == file_id:
            return send_file(file)
    raise Http404("No such file.")
