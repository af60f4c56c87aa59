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
from invoicing.api.paper import InvoicePdfView
from invoicing.api.payments import (
    InvoicePaymentsView,
    ProjectHeldView,
    ProjectInvoiceSyncView,
    ReceivedPaymentView,
)
from invoicing.api.steps import (
    AcceptDifferenceView,
    CopyInvoiceView,
    EarlierInvoicesView,
    InvoiceConflictView,
    InvoicePushesView,
    LinkInvoiceView,
    MoveInvoiceView,
    PreviewInvoiceView,
    ReleaseInvoiceView,
    RenumberInvoiceView,
    RetryInvoiceView,
    SendInvoiceView,
    SkipInvoiceView,
    TakeBackInvoiceView,
    VoidInvoiceView,
    WaitForReopeningView,
)
from invoicing.api.tax_codes import TaxCodesViewSet

project_urls = [
    path(
        "invoices",
        ProjectInvoicesViewSet.as_view({"get": "list", "post": "create"}),
        name="api-project-invoices",
    ),
    path("invoices/summary", ProjectInvoiceSummaryView.as_view(), name="api-project-invoices-summary"),
    path("invoices/earlier", EarlierInvoicesView.as_view(), name="api-project-invoices-earlier"),
    path("uninvoiced-costs", UninvoicedCostsView.as_view(), name="api-uninvoiced-costs"),
]

invoice_urls = [
    path("release", ReleaseInvoiceView.as_view(), name="api-invoice-release"),
    path("take-back", TakeBackInvoiceView.as_view(), name="api-invoice-take-back"),
    path("send", SendInvoiceView.as_view(), name="api-invoice-send"),
    path("void", VoidInvoiceView.as_view(), name="api-invoice-void"),
    path("copy", CopyInvoiceView.as_view(), name="api-invoice-copy"),
    path("pdf", InvoicePdfView.as_view(), name="api-invoice-pdf"),
    path("preview", PreviewInvoiceView.as_view(), name="api-invoice-preview"),
    path("pushes", InvoicePushesView.as_view(), name="api-invoice-pushes"),
    path("number", RenumberInvoiceView.as_view(), name="api-invoice-number"),
    path("move-to-open-period", MoveInvoiceView.as_view(), name="api-invoice-move"),
    path("wait-for-reopening", WaitForReopeningView.as_view(), name="api-invoice-wait"),
    path("retry", RetryInvoiceView.as_view(), name="api-invoice-retry"),
    path("skip", SkipInvoiceView.as_view(), name="api-invoice-skip"),
    path("link", LinkInvoiceView.as_view(), name="api-invoice-link"),
    path("conflict", InvoiceConflictView.as_view(), name="api-invoice-conflict"),
    path("accept-difference", AcceptDifferenceView.as_view(), name="api-invoice-accept-difference"),
]

payment_urls = [
    path("invoices/<int:invoice_id>/payments", InvoicePaymentsView.as_view(), name="api-invoice-payments"),
    path(
        "received-payments/<int:received_payment_id>",
        ReceivedPaymentView.as_view(),
        name="api-received-payment",
    ),
    path("projects/<int:project_id>/held-money", ProjectHeldView.as_view(), name="api-project-held-money"),
    path(
        "projects/<int:project_id>/sync-invoices",
        ProjectInvoiceSyncView.as_view(),
        name="api-project-sync-invoices",
    ),
]

company_urls: list[URLPattern | URLResolver] = [
    path("invoices", InvoicesViewSet.as_view({"get": "list"}), name="api-invoices"),
    path("invoices/summary", InvoiceSummaryView.as_view(), name="api-invoices-summary"),
    path("invoices/<int:invoice_id>", InvoiceView.as_view(), name="api-invoice"),
    path("invoices/<int:invoice_id>/", include(invoice_urls)),
    path("tax-codes", TaxCodesViewSet.as_view({"get": "list", "post": "create"}), name="api-tax-codes"),
    path("projects/<int:project_id>/", include(project_urls)),
    *payment_urls,
]

urlpatterns = [
    path("companies/<slug:company>/", include(company_urls)),
]
