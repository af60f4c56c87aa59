"""The API of `invoicing`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import include, path

from invoicing.api.tax_codes import TaxCodesViewSet

company_urls = [
    path("tax-codes", TaxCodesViewSet.as_view({"get": "list", "post": "create"}), name="api-tax-codes"),
]

urlpatterns = [
    path("companies/<slug:company>/", include(company_urls)),
]
