"""The clock for programs: where one stands, in, switch, break, out. Send an `Idempotency-Key` with every tap."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from ressio.api.base import CompanyAPIView
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from timeclock.api.inputs import find_code, find_project, telling_refusals
from timeclock.api.serializers import ClockIn, ClockSerializer, PlacedTap, ShiftDetailSerializer, Tap
from timeclock.api.shifts import TAGS, answer_shift, drawn, shifts_seen
from timeclock.choices import clockable_projects, codes_by_project, shift_types_of
from timeclock.clock import clock_in, clock_out, end_break, running_shift, start_break, switch_to
from timeclock.models import Shift, make_client_key

TAPPED: dict[str, Any] = {
    "parameters": [KEY_PARAMETER],
    "responses": {200: ShiftDetailSerializer, **REFUSED, **CONFLICT},
    "tags": TAGS,
}
Work = Callable[[dict[str, Any], datetime], Shift]


class ClockView(CompanyAPIView):
    @extend_schema(responses=ClockSerializer, tags=TAGS, operation_id="clock_retrieve")
    def get(self, request: Request, company: str) -> Response:
        """One's running shift, and what one may clock."""
        running = list(
            shifts_seen(self).filter(team_member=self.member, started_at__isnull=False, ended_at__isnull=True)
        )
        projects = list(clockable_projects(self.member))
        codes = codes_by_project(projects)
        answer = {
            "running": running[0] if running else None,
            "projects": [
                {"id": project.pk, "name": project.name, "cost_codes": codes[project.pk]}
                for project in projects
            ],
            "shift_types": shift_types_of(self.member),
        }
        return Response(ClockSerializer(answer, context=drawn(running)).data)


class TapView(CompanyAPIView):
    """Everybody clocks for themselves."""

    def tap(self, request: Request, form: "Serializer[Any]", work: Work) -> Response:
        form.is_valid(raise_exception=True)
        now = timezone.now()

        def once() -> Response:
            with telling_refusals():
                shift = work({"key": make_client_key(), **form.validated_data}, now)
            return answer_shift(self, shift)

        return answer_once(request, once, now=now)

    def read_choice(self, values: dict[str, Any]) -> dict[str, Any]:
        project = find_project(self.member, values.pop("project_id"))
        code = find_code(values.pop("cost_code_id", None))
        return {**values, "project": project, "cost_code": code}

    def running(self) -> Shift:
        running = running_shift(self.member)
        if running is None:
            raise Conflict("You are not clocked in.")
        return running


class ClockInView(TapView):
    @extend_schema(request=ClockIn, operation_id="clock_in", **TAPPED)
    def post(self, request: Request, company: str) -> Response:
        """Refused (409) while another shift runs."""

        def work(values: dict[str, Any], now: datetime) -> Shift:
            return clock_in(member=self.member, now=now, **self.read_choice(values))

        return self.tap(request, ClockIn(data=request.data), work)


class SwitchView(TapView):
    @extend_schema(request=ClockIn, operation_id="clock_switch", **TAPPED)
    def post(self, request: Request, company: str) -> Response:
        """The running shift ends and another begins, at one moment. The answer is the new one."""

        def work(values: dict[str, Any], now: datetime) -> Shift:
            return switch_to(member=self.member, now=now, **self.read_choice(values))

        return self.tap(request, ClockIn(data=request.data), work)


class ClockOutView(TapView):
    @extend_schema(request=PlacedTap, operation_id="clock_out", **TAPPED)
    def post(self, request: Request, company: str) -> Response:
        """An open break closes with the shift."""

        def work(values: dict[str, Any], now: datetime) -> Shift:
            return clock_out(shift=self.running(), member=self.member, now=now, **values)

        return self.tap(request, PlacedTap(data=request.data), work)


class StartBreakView(TapView):
    @extend_schema(request=Tap, operation_id="clock_break", **TAPPED)
    def post(self, request: Request, company: str) -> Response:
        """One at a time; it ends by itself after thirty minutes."""

        def work(values: dict[str, Any], now: datetime) -> Shift:
            shift = self.running()
            start_break(shift=shift, member=self.member, now=now, **values)
            return shift

        return self.tap(request, Tap(data=request.data), work)


class EndBreakView(TapView):
    @extend_schema(request=Tap, operation_id="clock_end_break", **TAPPED)
    def post(self, request: Request, company: str) -> Response:
        """Back to work."""

        def work(values: dict[str, Any], now: datetime) -> Shift:
            shift = self.running()
            end_break(shift=shift, member=self.member, now=now, **values)
            return shift

        return self.tap(request, Tap(data=request.data), work)
