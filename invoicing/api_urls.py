"""The API of `invoicing`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import URLPattern, URLResolver, include, path

from invoicing.api.invoices import (
    InvoiceSummaryView,
    InvoicesViewSet,
    InvoiceView,
    ProjectInvoiceSummaryView,
    ProjectInvoicesViewSet,
    UninvoicedCostsView,
)
from invoicing.api.tax_codes import TaxCodesViewSet

project_urls = [
    path(
        "invoices",
        ProjectInvoicesViewSet.as_view({"get": "list", "post": "create"}),
        name="api-project-invoices",
    ),
    path("invoices/summary", ProjectInvoiceSummaryView.as_view(), name="api-project-invoices-summary"),
    path("uninvoiced-costs", UninvoicedCostsView.as_view(), name="api-uninvoiced-costs"),
]

company_urls: list[URLPattern | URLResolver] = [
    path("invoices", InvoicesViewSet.as_view({"get": "list"}), name="api-invoices"),
    path("invoices/summary", InvoiceSummaryView.as_view(), name="api-invoices-summary"),
    path("invoices/<int:invoice_id>", InvoiceView.as_view(), name="api-invoice"),
    path("tax-codes", TaxCodesViewSet.as_view({"get": "list", "post": "create"}), name="api-tax-codes"),
    path("projects/<int:project_id>/", include(project_urls)),
]

urlpatterns = [
    path("companies/<slug:company>/", include(company_urls)),
]
