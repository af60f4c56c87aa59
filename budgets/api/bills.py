"""Bills for programs: all of them, a project's, one of them; entering and changing (M36–M44)."""

from typing import Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from budgets.api.bill_inputs import find_project, read_bill, read_changes, telling_refusals
from budgets.api.bill_reading import describe_bill, find_pushes
from budgets.api.bill_serializers import BillDetailSerializer, BillSerializer, ChangeBill, WriteBill
from budgets.bills.changing import change_sent_bill
from budgets.bills.drafting import change_bill, create_bill, delete_bill
from budgets.bills.listing import bills_for
from budgets.bills.numbers import normalise_number
from budgets.bills.rights import may_approve_bills, may_enter_bills
from budgets.bills.seen import mark_of
from budgets.models import Bill, BillChange, BillOrigin, BillState
from integrations.models import VendorLink
from ressio.access import get_project
from ressio.api.base import CompanyAPIView, CompanyViewSet, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import SeesFinancials, member_of
from ressio.models import Project

TAGS = ["Bills"]
MADE_IN_QUICKBOOKS = "This bill was made in QuickBooks and is changed there."


class EntersBills(BasePermission):
    """R2: reading is for whoever sees money, changing for whoever may enter bills."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_enter_bills(member_of(request))


class ApprovesBills(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_approve_bills(member_of(request))


class SteadyOrder(django_filters.OrderingFilter):
    """Ends with what tells bills apart, so that pieces neither repeat nor lose one."""

    def filter(self, qs: QuerySet[Bill], value: Any) -> QuerySet[Bill]:
        ordered: QuerySet[Bill] = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "-pk") if value else ordered


class BillFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="search_words", label="Part of the number, of the vendor's name or of the description."
    )
    vendor_id = django_filters.NumberFilter(method="of_vendor", label="Id of a vendor of Ressio.")
    project_id = django_filters.NumberFilter(method="of_project", label="Id of a project.")
    state = django_filters.MultipleChoiceFilter(choices=BillState.choices)
    origin = django_filters.ChoiceFilter(choices=BillOrigin.choices)
    ordering = SteadyOrder(
        fields=[("issued_on", "issued_on"), ("due_on", "due_on"), ("total", "total"), ("id", "id")],
        label="`issued_on`, `due_on`, `total` or `id`; `-` turns it round. The newest first unless told.",
    )

    def search_words(self, bills: QuerySet[Bill], name: str, value: str) -> QuerySet[Bill]:
        number = normalise_number(value)
        found = (
            Q(number__icontains=value)
            | Q(description__icontains=value)
            | Q(vendor_name__icontains=value)
            | Q(vendor__name__icontains=value)
        )
        return bills.filter(found | Q(plain_number__contains=number) if number else found)

    def of_vendor(self, bills: QuerySet[Bill], name: str, value: Any) -> QuerySet[Bill]:
        """Bills made in QuickBooks too, by the vendor's link."""
        refs = VendorLink.objects.filter(vendor=value, connection__is_current=True).values("vendor_ref")
        there = Q(origin=BillOrigin.QUICKBOOKS, connection__is_current=True, vendor_ref__in=refs)
        return bills.filter(Q(vendor=value) | there)

    def of_project(self, bills: QuerySet[Bill], name: str, value: Any) -> QuerySet[Bill]:
        project = Project.objects.filter(pk=value).first()
        if project is None:
            return bills.none()
        member = self.request.member
        return bills.filter(pk__in=bills_for(member, project=project).values("pk"))


class BillLists(mixins.ListModelMixin, CompanyViewSet):
    queryset = Bill.objects.none()
    serializer_class = BillSerializer
    filterset_class = BillFilter
    permission_classes = [SeesFinancials, EntersBills]

    def ordered(self, bills: QuerySet[Bill]) -> QuerySet[Bill]:
        return bills.select_related("project", "vendor", "connection").order_by("-issued_on", "-pk")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """One query for the pushes of all rows of a piece."""
        rows = args[0] if args and isinstance(args[0], list) else []
        kwargs["context"] = {**self.get_serializer_context(), "pushes": find_pushes(rows)}
        return super().get_serializer(*args, **kwargs)


LISTED: dict[str, Any] = {"responses": {200: BillSerializer(many=True), **REFUSED}, "tags": TAGS}


@extend_schema_view(list=extend_schema(operation_id="bill_list", **LISTED))
class BillsViewSet(BillLists):
    """Of all projects one may see, made here or in QuickBooks."""

    def get_queryset(self) -> QuerySet[Bill]:
        return self.ordered(bills_for(self.member))


@extend_schema_view(list=extend_schema(operation_id="project_bill_list", **LISTED))
class ProjectBillsViewSet(BillLists):
    """A bill made in QuickBooks is in the list of every project that one of its lines names."""

    def get_queryset(self) -> QuerySet[Bill]:
        project = get_project(self.request, self.kwargs["project_id"])
        return self.ordered(bills_for(self.member, project=project))

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=WriteBill,
        responses={201: BillDetailSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="bill_create",
    )
    def create(self, request: Request, company: str, project_id: int) -> Response:
        """Enter a draft. Send an `Idempotency-Key`, so that a repeat after a lost answer makes no second one."""
        project = get_project(request, project_id)
        given = WriteBill(data=request.data)
        given.is_valid(raise_exception=True)
        now = timezone.now()

        def work() -> Response:
            with telling_refusals():
                values = read_bill(given.validated_data)
                bill = create_bill(project=project, given=values, member=self.member, now=now)
            return Response(describe_bill(find_bill(self, bill.pk), self.member), status=201)

        return answer_once(request, work, now=now)


def find_bill(view: CompanyAPIView | CompanyViewSet, bill_id: int) -> Bill:
    """404 for a bill of projects that this member may not see."""
    changes = Prefetch("changes", BillChange.objects.order_by("-at", "-pk"))
    bills = bills_for(view.member).select_related(
        "project", "vendor", "connection", "created_by", "submitted_by", "approved_by"
    )
    return find_or_404(bills.prefetch_related(changes), pk=bill_id)


class BillAPIView(CompanyAPIView):
    """Below `bills/<int:bill_id>`."""

    permission_classes = [SeesFinancials, EntersBills]

    def find_bill(self) -> Bill:
        return find_bill(self, self.kwargs["bill_id"])

    def answer(self, bill: Bill, status: int = 200) -> Response:
        return Response(describe_bill(find_bill(self, bill.pk), self.member), status=status)


CHANGED = {200: BillDetailSerializer, **REFUSED, **CONFLICT}


class BillView(BillAPIView):
    @extend_schema(responses=BillDetailSerializer, tags=TAGS, operation_id="bill_retrieve")
    def get(self, request: Request, company: str, bill_id: int) -> Response:
        """With its lines, payments, changes, files, and how it stands with QuickBooks."""
        return self.answer(self.find_bill())

    @extend_schema(request=ChangeBill, responses=CHANGED, tags=TAGS, operation_id="bill_put")
    def put(self, request: Request, company: str, bill_id: int) -> Response:
        """All of it anew. A bill that is in QuickBooks is changed there too, which only Admins may say."""
        return self.change(self.find_bill(), request, is_whole=True)

    @extend_schema(request=ChangeBill(partial=True), responses=CHANGED, tags=TAGS, operation_id="bill_patch")
    def patch(self, request: Request, company: str, bill_id: int) -> Response:
        """Only what is sent; lines are sent all or not at all."""
        return self.change(self.find_bill(), request, is_whole=False)

    def change(self, bill: Bill, request: Request, *, is_whole: bool) -> Response:
        given = ChangeBill(data=request.data, partial=not is_whole)
        given.is_valid(raise_exception=True)
        if not bill.is_ours:
            raise Conflict(MADE_IN_QUICKBOOKS)
        values, now = given.validated_data, timezone.now()
        # What is not sent is taken from the bill as it stands now, and must not undo what somebody changes meanwhile.
        mark = values.get("version") or ("" if is_whole else mark_of(bill))
        with telling_refusals():
            read = read_bill(values) if is_whole else read_changes(bill, values)
            if bill.is_sent:
                change_sent_bill(bill=bill, given=read, member=self.member, now=now, mark=mark)
            else:
                project = find_project(self.member, values["project_id"]) if "project_id" in values else None
                change_bill(bill=bill, given=read, project=project, member=self.member, now=now, mark=mark)
        return self.answer(bill)

    @extend_schema(responses={204: None, **CONFLICT}, tags=TAGS, operation_id="bill_delete")
    def delete(self, request: Request, company: str, bill_id: int) -> Response:
        """Only what nobody approved; its files go with it."""
        with telling_refusals():
            delete_bill(bill=self.find_bill(), member=self.member)
        return Response(status=204)
