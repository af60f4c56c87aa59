"""Invoices for programs: all of them, a project's, one of them; drafting and changing, and what is left to bill."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.cost_lines import LinePieces
from invoicing.api.invoice_inputs import read_invoice, telling_refusals
from invoicing.api.invoice_reading import describe_invoice, find_invoice, find_pushes
from invoicing.api.invoice_serializers import (
    ChangeInvoice,
    InvoiceDetailSerializer,
    InvoiceSerializer,
    SummarySerializer,
    UninvoicedCostSerializer,
    WriteInvoice,
)
from invoicing.invoices.actuals import uninvoiced_costs
from invoicing.invoices.changing import change_sent_invoice
from invoicing.invoices.drafting import change_invoice, create_invoice, remove_invoice
from invoicing.invoices.listing import Group, in_group, invoices_for, says, summary_of
from invoicing.invoices.seen import mark_of
from invoicing.models import Invoice, InvoiceState
from ressio.access import get_project
from ressio.api.base import CompanyAPIView, CompanyViewSet, ProjectAPIView
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Refused
from ressio.api.filters import IdFilter
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import SeesFinancials
from ressio.models import CostCode
from ressio.money import ZERO

TAGS = ["Invoices"]


class SteadyOrder(django_filters.OrderingFilter):
    """Ends with what tells invoices apart, so that pieces neither repeat nor lose one."""

    def filter(self, qs: QuerySet[Invoice], value: Any) -> QuerySet[Invoice]:
        ordered: QuerySet[Invoice] = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "-pk") if value else ordered


class InvoiceFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="search_words", label="Part of the number, client, memo or project; or a date, or a total."
    )
    project_id = IdFilter(field_name="project_id", label="Id of a project.")
    state = django_filters.MultipleChoiceFilter(choices=InvoiceState.choices)
    group = django_filters.ChoiceFilter(
        method="of_group", choices=Group.choices, label="Several states at a time. Overdue are open too."
    )
    ordering = SteadyOrder(
        fields=[("issued_on", "issued_on"), ("due_on", "due_on"), ("total", "total"), ("id", "id")],
        label="`issued_on`, `due_on`, `total` or `id`; `-` turns it round. The newest first unless told.",
    )

    def search_words(self, invoices: QuerySet[Invoice], name: str, value: str) -> QuerySet[Invoice]:
        return invoices.filter(says(value.strip())) if value.strip() else invoices

    def of_group(self, invoices: QuerySet[Invoice], name: str, value: str) -> QuerySet[Invoice]:
        return invoices.filter(in_group(value, today=timezone.localdate()))


class InvoiceLists(mixins.ListModelMixin, CompanyViewSet):
    queryset = Invoice.objects.none()
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    permission_classes = [SeesFinancials]

    def ordered(self, invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
        return invoices.select_related("project").order_by("-issued_on", "-pk")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """One query for the pushes of all rows of a piece."""
        rows = args[0] if args and isinstance(args[0], list) else []
        kwargs["context"] = {**self.get_serializer_context(), "pushes": find_pushes(rows)}
        return super().get_serializer(*args, **kwargs)


LISTED: dict[str, Any] = {"responses": {200: InvoiceSerializer(many=True), **REFUSED}, "tags": TAGS}


@extend_schema_view(list=extend_schema(operation_id="invoice_list", **LISTED))
class InvoicesViewSet(InvoiceLists):
    """Of all projects one may see."""

    def get_queryset(self) -> QuerySet[Invoice]:
        return self.ordered(invoices_for(self.member))


@extend_schema_view(list=extend_schema(operation_id="project_invoice_list", **LISTED))
class ProjectInvoicesViewSet(InvoiceLists):
    """Of one project."""

    def get_queryset(self) -> QuerySet[Invoice]:
        project = get_project(self.request, self.kwargs["project_id"])
        return self.ordered(invoices_for(self.member, project))

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=WriteInvoice,
        responses={201: InvoiceDetailSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="invoice_create",
    )
    def create(self, request: Request, company: str, project_id: int) -> Response:
        """A draft. Send an `Idempotency-Key`, so that a repeat after a lost answer makes no second one."""
        project = get_project(request, project_id)
        given = WriteInvoice(data=request.data)
        given.is_valid(raise_exception=True)
        now = timezone.now()

        def work() -> Response:
            with telling_refusals():
                values = read_invoice(given.validated_data)
                invoice = create_invoice(project=project, values=values, member=self.member, now=now)
            return Response(describe_invoice(find_invoice(self, invoice.pk), request), status=201)

        return answer_once(request, work, now=now)


class InvoiceAPIView(CompanyAPIView):
    """Below `invoices/<int:invoice_id>`."""

    permission_classes = [SeesFinancials]

    def find_invoice(self) -> Invoice:
        return find_invoice(self, self.kwargs["invoice_id"])

    def answer(self, invoice: Invoice, status: int = 200) -> Response:
        return Response(describe_invoice(find_invoice(self, invoice.pk), self.request), status=status)


CHANGED = {200: InvoiceDetailSerializer, **REFUSED, **CONFLICT}


class InvoiceView(InvoiceAPIView):
    @extend_schema(responses=InvoiceDetailSerializer, tags=TAGS, operation_id="invoice_retrieve")
    def get(self, request: Request, company: str, invoice_id: int) -> Response:
        """With its sections and lines, the costs they bill, and how it stands with QuickBooks."""
        return self.answer(self.find_invoice())

    @extend_schema(request=ChangeInvoice, responses=CHANGED, tags=TAGS, operation_id="invoice_put")
    def put(self, request: Request, company: str, invoice_id: int) -> Response:
        """All of it anew: of a draft, or by an Admin of one that is in QuickBooks, where it is changed too."""
        return self.change(self.find_invoice(), request, is_whole=True)

    @extend_schema(
        request=ChangeInvoice(partial=True), responses=CHANGED, tags=TAGS, operation_id="invoice_patch"
    )
    def patch(self, request: Request, company: str, invoice_id: int) -> Response:
        """As PUT, but only what is sent; sections are sent all or not at all."""
        return self.change(self.find_invoice(), request, is_whole=False)

    def change(self, invoice: Invoice, request: Request, *, is_whole: bool) -> Response:
        given = ChangeInvoice(data=request.data, partial=not is_whole)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        # What is not sent is taken from the invoice as it stands, and must not undo what somebody changes meanwhile.
        mark = values.get("version", "") or ("" if is_whole else mark_of(invoice))
        with telling_refusals():
            read = read_invoice(values, None if is_whole else invoice)
            change = change_sent_invoice if invoice.is_in_quickbooks else change_invoice
            change(invoice=invoice, values=read, member=self.member, now=timezone.now(), mark=mark)
        return self.answer(invoice)

    @extend_schema(responses={204: None, **CONFLICT}, tags=TAGS, operation_id="invoice_delete")
    def delete(self, request: Request, company: str, invoice_id: int) -> Response:
        """Only a draft; what it billed may be billed again."""
        with telling_refusals():
            remove_invoice(invoice=self.find_invoice(), member=self.member)
        return Response(status=204)


class CostsWanted(serializers.Serializer[Any]):
    until = serializers.DateField(required=False)
    cost_code_id = serializers.IntegerField(required=False)


class UninvoicedCostsView(ProjectAPIView):
    permission_classes = [SeesFinancials]
    pagination_class = LinePieces

    @extend_schema(
        parameters=[
            OpenApiParameter("until", OpenApiTypes.DATE, description="The last day, inclusive."),
            OpenApiParameter("cost_code_id", OpenApiTypes.INT, description="Only of this cost code."),
        ],
        responses={200: UninvoicedCostSerializer(many=True), **REFUSED},
        tags=TAGS,
        operation_id="uninvoiced_cost_list",
    )
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """Cost lines that count in the budget and stand on no invoice, oldest first."""
        project = self.project
        given = CostsWanted(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        code = None
        if "cost_code_id" in given.validated_data:
            code = CostCode.objects.filter(pk=given.validated_data["cost_code_id"]).first()
            if code is None:
                raise Refused("There is no such cost code.", field="cost_code_id")
        until = given.validated_data.get("until")
        costs = uninvoiced_costs(project, until=until, cost_code=code, member=self.member)
        pieces = self.pagination_class()
        pieces.total_amount = sum((cost.amount for cost in costs), ZERO)
        page: Any = pieces.paginate_queryset(costs, request, view=self) or []
        return pieces.get_paginated_response(UninvoicedCostSerializer(page, many=True).data)


class InvoiceSummaryView(CompanyAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(responses=SummarySerializer, tags=TAGS, operation_id="invoice_summary")
    def get(self, request: Request, company: str) -> Response:
        """What was invoiced, collected and is outstanding, of all projects one may see."""
        summary = summary_of(invoices_for(self.member), today=timezone.localdate())
        return Response(SummarySerializer(summary).data)


class ProjectInvoiceSummaryView(ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(responses=SummarySerializer, tags=TAGS, operation_id="project_invoice_summary")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """The same of one project."""
        summary = summary_of(invoices_for(self.member, self.project), today=timezone.localdate())
        return Response(SummarySerializer(summary).data)
