"""An invoice to print and to keep."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from invoicing.pdf.paper import Paper, lay_out
from invoicing.pdf.writing import WHY_NONE, NoPdf, can_write_pdf, write_pdf
from invoicing.views.finding import get_invoice
from ressio.access import financials_required
from ressio.http import CompanyRequest


@require_safe
@financials_required
def print_invoice(request: CompanyRequest, company: str, invoice_id: int) -> HttpResponse:
    invoice = get_invoice(request, invoice_id)
    context = {
        "invoice": invoice,
        "paper": lay_out(invoice),
        "has_pdf": can_write_pdf(),
        "why_no_pdf": WHY_NONE,
    }
    return render(request, "invoicing/print.html", context)


@require_safe
@financials_required
def download_pdf(request: CompanyRequest, company: str, invoice_id: int) -> HttpResponse:
    return send_pdf(lay_out(get_invoice(request, invoice_id)))


def send_pdf(paper: Paper) -> HttpResponse:
    """Where none can be made, the words how to get one."""
    try:
        content = write_pdf(paper)
    except NoPdf as error:
        return HttpResponse(str(error), status=501, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, paper.file_name) or "attachment"
    return response
