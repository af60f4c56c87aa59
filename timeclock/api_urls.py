"""The API of `timeclock`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import include, path

from timeclock.api.clock import (
    ClockInView,
    ClockOutView,
    ClockView,
    EndBreakView,
    StartBreakView,
    SwitchView,
)
from timeclock.api.shifts import (
    ApproveShiftsView,
    ApproveShiftView,
    RetryShiftView,
    SendShiftView,
    ShiftsViewSet,
    ShiftView,
    SkipShiftView,
    TakeBackShiftView,
)

company_urls = [
    path("clock", ClockView.as_view(), name="api-clock"),
    path("clock/in", ClockInView.as_view(), name="api-clock-in"),
    path("clock/switch", SwitchView.as_view(), name="api-clock-switch"),
    path("clock/out", ClockOutView.as_view(), name="api-clock-out"),
    path("clock/break", StartBreakView.as_view(), name="api-clock-break"),
    path("clock/end-break", EndBreakView.as_view(), name="api-clock-end-break"),
    path("shifts", ShiftsViewSet.as_view({"get": "list", "post": "create"}), name="api-shifts"),
    path("shifts/approve", ApproveShiftsView.as_view(), name="api-shifts-approve"),
    path("shifts/<int:shift_id>", ShiftView.as_view(), name="api-shift"),
    path("shifts/<int:shift_id>/approve", ApproveShiftView.as_view(), name="api-shift-approve"),
    path("shifts/<int:shift_id>/take-back", TakeBackShiftView.as_view(), name="api-shift-take-back"),
    path("shifts/<int:shift_id>/send", SendShiftView.as_view(), name="api-shift-send"),
    path("shifts/<int:shift_id>/retry", RetryShiftView.as_view(), name="api-shift-retry"),
    path("shifts/<int:shift_id>/skip", SkipShiftView.as_view(), name="api-shift-skip"),
]

urlpatterns = [path("companies/<slug:company>/", include(company_urls))]
