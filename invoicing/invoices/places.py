"""Where an invoice's page is, for what is said about it elsewhere."""

from django.urls import reverse

from ressio.models import Company


def invoice_url(company: Company, invoice_id: int | str) -> str:
    return reverse("invoice", kwargs={"company": company.slug, "invoice_id": int(invoice_id)})
