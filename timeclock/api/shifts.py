"""Shifts for programs: all that one may see, one of them, recording, changing, approving (R29–R31)."""

from collections.abc import Callable, Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ressio.api.base import CompanyAPIView, CompanyViewSet, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.filters import IdFilter
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import member_of
from timeclock.api.inputs import find_worker, read_changes, read_shift, telling_refusals
from timeclock.api.serializers import (
    ApprovedSerializer,
    ApproveShifts,
    ChangeShift,
    RecordShift,
    ShiftDetailSerializer,
    ShiftSerializer,
)
from timeclock.approval import approve_shift, approve_shifts
from timeclock.decisions import retry_shift, send_shift, skip_shift
from timeclock.models import Shift, ShiftOrigin, ShiftState, make_client_key
from timeclock.recording import change_shift, mark_of, record_shift, refuse_unless_editable, remove_shift
from timeclock.reviewing import ShiftFilter, draw_rows, matching
from timeclock.rights import may_review
from timeclock.taking_back import take_back_approval

TAGS = ["Time"]
CHANGED = {200: ShiftDetailSerializer, **REFUSED, **CONFLICT}


class ReviewsTime(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_review(member_of(request))


class ShiftsFilter(django_filters.FilterSet):
    first_day = django_filters.DateFilter(
        "worked_on", lookup_expr="gte", label="Worked on that day or later."
    )
    last_day = django_filters.DateFilter(
        "worked_on", lookup_expr="lte", label="Worked on that day or before."
    )
    project_id = IdFilter("project", label="Id of a project.")
    team_member_id = IdFilter("team_member", label="Id of a team member.")
    cost_code_id = IdFilter("cost_code", label="Id of a cost code.")
    state = django_filters.MultipleChoiceFilter(choices=ShiftState.choices)
    origin = django_filters.ChoiceFilter(choices=ShiftOrigin.choices)
    is_running = django_filters.BooleanFilter(
        method="of_running", label="Those that run now, or only the others."
    )

    def of_running(self, shifts: QuerySet[Shift], name: str, value: bool) -> QuerySet[Shift]:
        running = {"started_at__isnull": False, "ended_at__isnull": True}
        return shifts.filter(**running) if value else shifts.exclude(**running)


def shifts_seen(view: CompanyAPIView | CompanyViewSet) -> QuerySet[Shift]:
    shifts = matching(view.member, ShiftFilter(), now=timezone.now())
    return shifts.select_related("project", "cost_code", "team_member").prefetch_related("breaks")


@extend_schema_view(
    list=extend_schema(
        operation_id="shift_list", responses={200: ShiftSerializer(many=True), **REFUSED}, tags=TAGS
    )
)
class ShiftsViewSet(mixins.ListModelMixin, CompanyViewSet):
    """Admins see everybody's, others their own; the latest day first."""

    queryset = Shift.objects.none()
    serializer_class = ShiftSerializer
    filterset_class = ShiftsFilter

    def get_queryset(self) -> QuerySet[Shift]:
        return shifts_seen(self).order_by("-worked_on", "-pk")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """One query for what is odd about all rows of a piece."""
        shifts = args[0] if args and isinstance(args[0], list) else []
        kwargs["context"] = {**self.get_serializer_context(), **drawn(shifts)}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=RecordShift,
        responses={201: ShiftDetailSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="shift_create",
    )
    def create(self, request: Request, company: str) -> Response:
        """Record time afterwards, as a draft: Admins for everybody, others their own with the grant (R2)."""
        given = RecordShift(data=request.data)
        given.is_valid(raise_exception=True)
        values, now = given.validated_data, timezone.now()

        def work() -> Response:
            with telling_refusals():
                worker = find_worker(self.member, values.get("team_member_id"))
                shift = record_shift(
                    worker=worker,
                    given=read_shift(self.member, values),
                    member=self.member,
                    key=make_client_key(),
                    now=now,
                )
            return answer_shift(self, shift, status=201)

        return answer_once(request, work, now=now)


def answer_shift(view: CompanyAPIView | CompanyViewSet, shift: Shift, status: int = 200) -> Response:
    found = find_or_404(shifts_seen(view), pk=shift.pk)
    context = {**drawn([found]), "member": view.member}
    return Response(ShiftDetailSerializer(found, context=context).data, status=status)


def drawn(shifts: Sequence[Shift]) -> dict[str, Any]:
    """What a shift's serializer wants to know besides."""
    return {"rows": {row.shift.pk: row for row in draw_rows(shifts, now=timezone.now())}}


class ShiftAPIView(CompanyAPIView):
    """Below `shifts/<int:shift_id>`."""

    def find_shift(self) -> Shift:
        return find_or_404(shifts_seen(self), pk=self.kwargs["shift_id"])


class ShiftView(ShiftAPIView):
    @extend_schema(responses=ShiftDetailSerializer, tags=TAGS, operation_id="shift_retrieve")
    def get(self, request: Request, company: str, shift_id: int) -> Response:
        """With its history."""
        return answer_shift(self, self.find_shift())

    @extend_schema(request=ChangeShift, responses=CHANGED, tags=TAGS, operation_id="shift_put")
    def put(self, request: Request, company: str, shift_id: int) -> Response:
        """All of it anew; drafts only. What stood before is in its history."""
        return self.change(self.find_shift(), request, is_whole=True)

    @extend_schema(
        request=ChangeShift(partial=True), responses=CHANGED, tags=TAGS, operation_id="shift_patch"
    )
    def patch(self, request: Request, company: str, shift_id: int) -> Response:
        """Only what is sent."""
        return self.change(self.find_shift(), request, is_whole=False)

    def change(self, shift: Shift, request: Request, *, is_whole: bool) -> Response:
        given = ChangeShift(data=request.data, partial=not is_whole)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        # What is not sent is taken from the shift as it stands now, and must not undo what somebody changes meanwhile.
        mark = "" if is_whole else mark_of(shift)
        with telling_refusals():
            refuse_unless_editable(shift, self.member)
            read = read_shift(self.member, values) if is_whole else read_changes(self.member, shift, values)
            change_shift(shift=shift, given=read, member=self.member, now=timezone.now(), mark=mark)
        return answer_shift(self, shift)

    @extend_schema(responses={204: None, **CONFLICT}, tags=TAGS, operation_id="shift_delete")
    def delete(self, request: Request, company: str, shift_id: int) -> Response:
        """Only a draft."""
        with telling_refusals():
            remove_shift(shift=self.find_shift(), member=self.member, now=timezone.now())
        return Response(status=204)


class ApproveShiftsView(CompanyAPIView):
    permission_classes = [ReviewsTime]

    @extend_schema(
        request=ApproveShifts, responses={200: ApprovedSerializer, **REFUSED}, tags=TAGS, operation_id="shifts_approve"
    )  # fmt: skip
    def post(self, request: Request, company: str) -> Response:
        """Many at once: they count in the budget from now on, and go to QuickBooks in batches where their projects say
        so. One that cannot be approved holds up no other; ids that do not exist are told as refused.
        """
        given = ApproveShifts(data=request.data)
        given.is_valid(raise_exception=True)
        ids = list(dict.fromkeys(given.validated_data["shift_ids"]))
        found = shifts_seen(self).filter(pk__in=ids).in_bulk()
        shifts = [found[pk] for pk in ids if pk in found]
        done = approve_shifts(shifts=shifts, member=self.member, now=timezone.now())
        refused = {shift.pk: sentence for shift, sentence in done.refused}
        answer = {
            "approved": [shift.pk for shift in done.shifts],
            "refused": [
                {"shift_id": pk, "reason": refused.get(pk, "There is no such shift.")}
                for pk in ids
                if pk in refused or pk not in found
            ],
        }
        return Response(ApprovedSerializer(answer).data)


class ApproveShiftView(ShiftAPIView):
    permission_classes = [ReviewsTime]

    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="shift_approve")
    def post(self, request: Request, company: str, shift_id: int) -> Response:
        """It counts in the budget from now on, and goes to QuickBooks where the project says so."""
        shift = self.find_shift()
        with telling_refusals():
            approve_shift(shift=shift, member=self.member, now=timezone.now())
        return answer_shift(self, shift)


class TakeBackShiftView(ShiftAPIView):
    permission_classes = [ReviewsTime]

    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="shift_take_back")
    def post(self, request: Request, company: str, shift_id: int) -> Response:
        """A draft again, which counts nothing. One that is in QuickBooks is deleted there first: until that is done it
        stays `approved`, its `sending` says so, and it counts.
        """
        shift = self.find_shift()
        with telling_refusals():
            take_back_approval(shift=shift, member=self.member, now=timezone.now())
        return answer_shift(self, shift)


class DecideShiftView(ShiftAPIView):
    """What an Admin decides about approved time that is held, or did not go (N6, K7)."""

    permission_classes = [ReviewsTime]

    def decide(self, verb: Callable[..., Shift]) -> Response:
        shift = self.find_shift()
        with telling_refusals():
            verb(shift=shift, member=self.member, now=timezone.now())
        return answer_shift(self, shift)


class SendShiftView(DecideShiftView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="shift_send")
    def post(self, request: Request, company: str, shift_id: int) -> Response:
        """An approved shift that did not go by itself."""
        return self.decide(send_shift)


class RetryShiftView(DecideShiftView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="shift_retry")
    def post(self, request: Request, company: str, shift_id: int) -> Response:
        """Held: made anew and sent."""
        return self.decide(retry_shift)


class SkipShiftView(DecideShiftView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="shift_skip")
    def post(self, request: Request, company: str, shift_id: int) -> Response:
        """Held: not sent. It counts on here."""
        return self.decide(skip_shift)
