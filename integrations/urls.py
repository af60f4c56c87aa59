"""Pages of the integration with QuickBooks Online."""

from django.urls import include, path

urlpatterns = [
    path("c/<slug:company>/", include("integrations.link_urls")),
    path("c/<slug:company>/", include("integrations.sync_urls")),
]
