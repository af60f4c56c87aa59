"""Pages of syncing: start it, follow it, read the log. Hung below `/c/<company>/`."""

from django.urls import path

from integrations.views import sync

QUICKBOOKS = "settings/integrations/quickbooks/"

urlpatterns = [
    path(f"{QUICKBOOKS}sync/", sync.start_sync, name="sync-start"),
    path(f"{QUICKBOOKS}log/", sync.show_log, name="sync-log"),
    path(f"{QUICKBOOKS}log/requests.csv", sync.export_requests, name="sync-requests-export"),
    path(f"{QUICKBOOKS}log/<int:run_id>/", sync.show_run, name="sync-run"),
    path("sync/<int:run_id>/progress/", sync.show_progress, name="sync-progress"),
]
