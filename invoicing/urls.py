"""Pages of invoicing."""

from django.urls import include, path

from invoicing.views import tax_codes

tax_code_urls = [
    path("", tax_codes.list_tax_codes, name="settings-tax-codes"),
    path("new/", tax_codes.new_tax_code, name="tax-code-new"),
]

urlpatterns = [
    path("c/<slug:company>/settings/tax-codes/", include(tax_code_urls)),
]
