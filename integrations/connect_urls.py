"""Pages of the connection: those of a company, hung below `/c/<company>/`, and those that Intuit knows."""

from django.urls import path

from integrations.views import connection, intuit

QUICKBOOKS = "settings/integrations/quickbooks/"

urlpatterns = [
    path(QUICKBOOKS, connection.show_quickbooks, name="quickbooks"),
    path(f"{QUICKBOOKS}connect/", connection.connect, name="quickbooks-connect"),
    path(f"{QUICKBOOKS}disconnect/", connection.disconnect, name="quickbooks-disconnect"),
    path(f"{QUICKBOOKS}switch/", connection.switch_books, name="quickbooks-switch"),
    path(f"{QUICKBOOKS}automatic-sync/", connection.set_automatic_sync, name="quickbooks-automatic-sync"),
]

# Registered with Intuit, once for all companies.
intuit_urls = [
    path("callback/", intuit.come_back, name="quickbooks-callback"),
    path("launch/", intuit.launch, name="quickbooks-launch"),
    path("disconnected/", intuit.disconnected, name="quickbooks-disconnected"),
]
