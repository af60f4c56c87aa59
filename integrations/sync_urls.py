"""Pages of syncing and sending: start it, follow it, read the log, decide what is held. Hung below `/c/<company>/`."""

from django.urls import path

from integrations.views import pushes, sync

QUICKBOOKS = "settings/integrations/quickbooks/"

urlpatterns = [
    path(f"{QUICKBOOKS}sync/", sync.start_sync, name="sync-start"),
    path(f"{QUICKBOOKS}log/", sync.show_log, name="sync-log"),
    path(f"{QUICKBOOKS}log/requests.csv", sync.export_requests, name="sync-requests-export"),
    path(f"{QUICKBOOKS}log/issues/<int:issue_id>/seen/", sync.see_issue, name="sync-issue-seen"),
    path(f"{QUICKBOOKS}log/<int:run_id>/", sync.show_run, name="sync-run"),
    path(f"{QUICKBOOKS}sending/", pushes.list_all, name="pushes"),
    path(f"{QUICKBOOKS}sending/stop/", pushes.stop, name="pushing-stop"),
    path(f"{QUICKBOOKS}sending/resume/", pushes.resume, name="pushing-resume"),
    path(f"{QUICKBOOKS}sending/<int:push_id>/", pushes.show_one, name="push"),
    path(f"{QUICKBOOKS}sending/<int:push_id>/retry/", pushes.retry, name="push-retry"),
    path(f"{QUICKBOOKS}sending/<int:push_id>/skip/", pushes.skip, name="push-skip"),
    path(f"{QUICKBOOKS}sending/<int:push_id>/link/", pushes.link, name="push-link"),
    path("sync/<int:run_id>/progress/", sync.show_progress, name="sync-progress"),
]
