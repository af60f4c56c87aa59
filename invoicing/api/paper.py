"""An invoice for programs as its client gets it."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from invoicing.api.invoices import TAGS, InvoiceAPIView
from invoicing.pdf.paper import lay_out
from invoicing.views.paper import send_pdf
from ressio.api.files import WhatItIs


class InvoicePdfView(InvoiceAPIView):
    content_negotiation_class = WhatItIs

    @extend_schema(
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (501, "text/plain"): OpenApiTypes.STR,
        },
        tags=TAGS,
        operation_id="invoice_pdf",
    )
    def get(self, request: Request, company: str, invoice_id: int) -> HttpResponse:
        """The PDF, also of a draft. Where the server cannot make one, 501 and how to get there."""
        return send_pdf(lay_out(self.find_invoice()))
