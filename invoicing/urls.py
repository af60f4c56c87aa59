"""Pages of invoicing."""

from django.urls import include, path

from invoicing.views import deeds, entering, lists, paper, shared, showing, tax_codes

invoice_urls = [
    path("", lists.list_invoices, name="invoices"),
    path("invoices.csv", lists.export_invoices, name="invoices-export"),
    path("columns/", lists.choose_columns, name="invoices-columns"),
    path("sync/", deeds.sync_invoices, name="invoices-sync"),
    path("new/", entering.new_invoice, name="invoice-new"),
    path("<int:invoice_id>/", showing.show_invoice, name="invoice"),
    path("<int:invoice_id>/edit/", entering.edit_invoice, name="invoice-edit"),
    path("<int:invoice_id>/preview/", showing.show_preview, name="invoice-preview"),
    path("<int:invoice_id>/print/", paper.print_invoice, name="invoice-print"),
    path("<int:invoice_id>/invoice.pdf", paper.download_pdf, name="invoice-pdf"),
    path("<int:invoice_id>/do/<slug:deed>/", deeds.do_deed, name="invoice-deed"),
]

project_invoice_urls = [
    path("", lists.list_project_invoices, name="project-invoices"),
    path("send-earlier/", deeds.send_earlier, name="invoices-send-earlier"),
]

shared_urls = [
    path("", shared.show_shared, name="shared-invoice"),
    path("invoice.pdf", shared.download_shared_pdf, name="shared-invoice-pdf"),
    path("files/<int:file_id>/", shared.download_shared_file, name="shared-invoice-file"),
]

tax_code_urls = [
    path("", tax_codes.list_tax_codes, name="settings-tax-codes"),
    path("new/", tax_codes.new_tax_code, name="tax-code-new"),
]

urlpatterns = [
    path("c/<slug:company>/invoices/", include(invoice_urls)),
    path("c/<slug:company>/projects/<int:project_id>/invoices/", include(project_invoice_urls)),
    path("c/<slug:company>/settings/tax-codes/", include(tax_code_urls)),
    path("i/<str:key>/", include(shared_urls)),
]
