"""A bill's way for programs: submitted, approved, sent; and what somebody decides on the way (M36–M44, N7, N13)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from budgets.api.bill_inputs import telling_refusals
from budgets.api.bill_serializers import (
    ApproveBill,
    BillDetailSerializer,
    DecideConflicts,
    EarlierSerializer,
    LinkBill,
    MoveBill,
    PreviewSerializer,
    ReturnBill,
    SendEarlier,
    SentEarlierSerializer,
    version_of,
)
from budgets.api.bills import CHANGED, MADE_IN_QUICKBOOKS, TAGS, ApprovesBills, BillAPIView
from budgets.bills.approval import (
    approve_bill,
    move_to_open_period,
    return_bill,
    submit_bill,
    take_back_approval,
    wait_for_reopening,
)
from budgets.bills.changing import conflict_mark, decide_conflicts
from budgets.bills.decisions import allow_duplicate, retry_bill, skip_bill
from budgets.bills.drafting import copy_bill, lock_bill
from budgets.bills.linking import link_bill, unlink_bill
from budgets.bills.listing import bills_for
from budgets.bills.preview import preview_of
from budgets.bills.pushes import count_earlier_bills, send_bill, send_earlier_bills
from ressio.api.base import ProjectAPIView
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import SeesFinancials

READ_AGAIN = "QuickBooks has changed this bill again. Read it anew, then decide."


def read(form: "Serializer[Any]") -> Any:
    form.is_valid(raise_exception=True)
    return form.validated_data


class SubmitBillView(BillAPIView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_submit")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Ask for the approval of a draft."""
        bill = self.find_bill()
        with telling_refusals():
            submit_bill(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class ReturnBillView(BillAPIView):
    @extend_schema(request=ReturnBill, responses=CHANGED, tags=TAGS, operation_id="bill_send_back")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Back to draft: by an Admin, or by whoever submitted it."""
        bill, values = self.find_bill(), read(ReturnBill(data=request.data))
        with telling_refusals():
            return_bill(bill=bill, note=values["note"], member=self.member, now=timezone.now())
        return self.answer(bill)


class CopyBillView(BillAPIView):
    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=None,
        responses={201: BillDetailSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="bill_copy",
    )
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """The same bill as a new draft, for one that was deleted in QuickBooks."""
        bill, now = self.find_bill(), timezone.now()

        def work() -> Response:
            with telling_refusals():
                made = copy_bill(bill=bill, member=self.member, now=now)
            return self.answer(made, status=201)

        return answer_once(request, work, now=now)


class PreviewBillView(BillAPIView):
    @extend_schema(responses={200: PreviewSerializer, **CONFLICT}, tags=TAGS, operation_id="bill_preview")
    def get(self, request: Request, company: str, bill_id: int) -> Response:
        """The document as it would leave now, what it does to the budget, and what stands in its way."""
        bill = self.find_bill()
        if not bill.is_ours:
            raise Conflict(MADE_IN_QUICKBOOKS)
        preview = preview_of(bill)
        duplicates = preview.ahead.duplicates if preview.ahead else []
        seen = bills_for(self.member).filter(pk__in=[other.pk for other in duplicates]) if duplicates else ()
        return Response(PreviewSerializer(preview, context={"seen": {other.pk for other in seen}}).data)


# For those who approve ------------------------------------------------------------------------------------------------


class ApproverView(BillAPIView):
    permission_classes = [SeesFinancials, ApprovesBills]


class ApproveBillView(ApproverView):
    @extend_schema(request=ApproveBill, responses=CHANGED, tags=TAGS, operation_id="bill_approve")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """It counts in the budget from now on, and goes to QuickBooks where the project's switch says so."""
        bill, values = self.find_bill(), read(ApproveBill(data=request.data))
        with telling_refusals():
            mark = values.pop("version", "")
            approve_bill(bill=bill, member=self.member, now=timezone.now(), mark=mark, **values)
        return self.answer(bill)


class TakeBackBillView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_take_back")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Out of the budget and back to draft, while QuickBooks certainly has nothing of it."""
        bill = self.find_bill()
        with telling_refusals():
            take_back_approval(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class SendBillView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_send")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Send an approved bill that did not go by itself. It leaves a moment later: `push` says how it went."""
        bill = self.find_bill()
        with telling_refusals():
            send_bill(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class MoveBillView(ApproverView):
    @extend_schema(request=MoveBill, responses=CHANGED, tags=TAGS, operation_id="bill_move_to_open_period")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Give a bill dated in a closed period another date, and send it."""
        bill, values = self.find_bill(), read(MoveBill(data=request.data))
        with telling_refusals():
            move_to_open_period(bill=bill, member=self.member, now=timezone.now(), **values)
        return self.answer(bill)


class WaitForReopeningView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_wait_for_reopening")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Keep a bill dated in a closed period until the period is open again: it then leaves by itself."""
        bill = self.find_bill()
        with telling_refusals():
            wait_for_reopening(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class RetryBillView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_retry")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Build and send anew what is held. Whatever still stands in the way holds it again."""
        bill = self.find_bill()
        with telling_refusals():
            retry_bill(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class SkipBillView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_skip")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """It is not sent, and counts on here. Of a change, what QuickBooks has holds again."""
        bill = self.find_bill()
        with telling_refusals():
            skip_bill(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class AllowDuplicateView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_allow_duplicate")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Both bills of this number are right: the one that is held is sent too."""
        bill = self.find_bill()
        with telling_refusals():
            allow_duplicate(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class LinkBillView(ApproverView):
    @extend_schema(request=LinkBill, responses=CHANGED, tags=TAGS, operation_id="bill_link")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """An approved bill is this one of QuickBooks, entered there by hand. Nothing is sent."""
        bill, values = self.find_bill(), read(LinkBill(data=request.data))
        with telling_refusals():
            link_bill(bill=bill, member=self.member, now=timezone.now(), **values)
        return self.answer(bill)


class UnlinkBillView(ApproverView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="bill_unlink")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """It was the wrong one: that one goes on as made in QuickBooks, ours is a draft again."""
        bill = self.find_bill()
        with telling_refusals():
            unlink_bill(bill=bill, member=self.member, now=timezone.now())
        return self.answer(bill)


class BillConflictsView(ApproverView):
    @extend_schema(request=DecideConflicts, responses=CHANGED, tags=TAGS, operation_id="bill_conflicts")
    def post(self, request: Request, company: str, bill_id: int) -> Response:
        """Decide about every field that was changed differently here and in QuickBooks."""
        bill, values = self.find_bill(), read(DecideConflicts(data=request.data))
        with telling_refusals(), transaction.atomic():
            locked = lock_bill(bill)
            if locked.conflicts and version_of(locked) != values["version"]:
                raise Conflict(READ_AGAIN)
            decide_conflicts(
                bill=locked,
                choices=values["choices"],
                mark=conflict_mark(locked),
                member=self.member,
                now=timezone.now(),
            )
        return self.answer(bill)


class EarlierBillsView(ProjectAPIView):
    permission_classes = [SeesFinancials, ApprovesBills]

    @extend_schema(responses=EarlierSerializer, tags=TAGS, operation_id="project_bills_earlier")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """How many bills `POST` would send."""
        return Response(EarlierSerializer(count_earlier_bills(self.project)).data)

    @extend_schema(
        request=SendEarlier,
        responses={202: SentEarlierSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="project_bills_send_earlier",
    )
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Send bills that were approved before pushing was turned on, as many as `expected` says."""
        project, values = self.project, read(SendEarlier(data=request.data))
        with telling_refusals():
            sent = send_earlier_bills(project=project, member=self.member, now=timezone.now(), **values)
        return Response(SentEarlierSerializer({"sent": sent}).data, status=202)
