"""Pages of the time clock."""

from django.urls import include, path

from timeclock.views import approving, clock, codes, lists, shifts

time_urls = [
    path("", clock.show_clock, name="time-clock"),
    path("tap/<slug:tap>/", clock.tap, name="time-tap"),
    path("review/", lists.list_shifts, name="time-review"),
    path("review/time.csv", lists.export_shifts, name="time-export"),
    path("review/columns/", lists.choose_columns, name="time-columns"),
    path("review/approve/", approving.approve_many, name="time-approve"),
    path("shifts/new/", shifts.record, name="shift-new"),
    path("shifts/<int:shift_id>/", shifts.show_shift, name="shift"),
    path("shifts/<int:shift_id>/edit/", shifts.edit_shift, name="shift-edit"),
    path("shifts/<int:shift_id>/approve/", approving.approve_one, name="shift-approve"),
    path("shifts/<int:shift_id>/take-back/", approving.take_back, name="shift-take-back"),
    path("shifts/<int:shift_id>/quickbooks/<slug:decision>/", approving.decide, name="shift-decide"),
    path("shifts/<int:shift_id>/remove/", shifts.remove, name="shift-remove"),
]

urlpatterns = [
    path("c/<slug:company>/time/", include(time_urls)),
    path("c/<slug:company>/projects/<int:project_id>/time/", lists.list_project_shifts, name="project-time"),
    path(
        "c/<slug:company>/settings/cost-codes/time-clock/", codes.choose_shown, name="cost-codes-time-clock"
    ),
]
