"""The API of `invoicing`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import include, path

from invoicing.api.payments import (
    InvoicedView,
    InvoicePaymentsView,
    ProjectInvoicedView,
    ProjectInvoiceSyncView,
    ReceivedPaymentView,
)
from invoicing.api.tax_codes import TaxCodesViewSet

payment_urls = [
    path("invoices/<int:invoice_id>/payments", InvoicePaymentsView.as_view(), name="api-invoice-payments"),
    path(
        "received-payments/<int:received_payment_id>",
        ReceivedPaymentView.as_view(),
        name="api-received-payment",
    ),
    path("invoiced", InvoicedView.as_view(), name="api-invoiced"),
    path("projects/<int:project_id>/invoiced", ProjectInvoicedView.as_view(), name="api-project-invoiced"),
    path(
        "projects/<int:project_id>/sync-invoices",
        ProjectInvoiceSyncView.as_view(),
        name="api-project-sync-invoices",
    ),
]

company_urls = [
    path("tax-codes", TaxCodesViewSet.as_view({"get": "list", "post": "create"}), name="api-tax-codes"),
    *payment_urls,
]

urlpatterns = [
    path("companies/<slug:company>/", include(company_urls)),
]
