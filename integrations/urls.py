"""Pages of the integration with QuickBooks Online."""

from django.urls import include, path

from integrations.connect_urls import intuit_urls

urlpatterns = [
    path("quickbooks/", include(intuit_urls)),
    path("c/<slug:company>/", include("integrations.connect_urls")),
    path("c/<slug:company>/", include("integrations.link_urls")),
    path("c/<slug:company>/", include("integrations.sync_urls")),
]
