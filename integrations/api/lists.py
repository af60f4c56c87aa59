"""QuickBooks' lists as they were read last, to choose from when linking. Nothing here writes to QuickBooks."""

import sys
from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.base import WithConnection
from integrations.api.list_serializers import (
    AccountSerializer,
    CustomerQuery,
    CustomerSerializer,
    EmployeeSerializer,
    ItemSerializer,
    QuickBooksVendorSerializer,
    RowSerializer,
)
from integrations.linking.cost_codes import COST_CODES
from integrations.linking.employees import EMPLOYEES
from integrations.linking.pairing import Pairing
from integrations.linking.picker import make_picker
from integrations.linking.projects import PROJECTS
from integrations.linking.vendors import VENDORS
from integrations.models import (
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
)
from integrations.models.mirror import ListRow
from ressio.api.base import CompanyViewSet
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.permissions import IsAdmin


class RowFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name.")
    is_active = django_filters.BooleanFilter(label="Not made inactive in QuickBooks.")


class LinkableFilter(RowFilter):
    is_linked = django_filters.BooleanFilter(
        field_name="linked_id", lookup_expr="isnull", exclude=True, label="Linked to something in Ressio."
    )


class ItemFilter(LinkableFilter):
    search = django_filters.CharFilter(
        field_name="full_name", lookup_expr="icontains", label="Part of the path of names."
    )


class RowViewSet(mixins.ListModelMixin, WithConnection, CompanyViewSet):
    """Deleted and inactive rows are listed too: links and costs outlive them (V4)."""

    permission_classes = [IsAdmin]
    filterset_class: type[django_filters.FilterSet] = LinkableFilter
    row_model: type[ListRow]
    pairing: Pairing | None = None

    def get_queryset(self) -> "QuerySet[Any]":
        rows: QuerySet[Any] = self.row_model.objects.filter(connection=self.connection)
        if self.pairing:
            rows = rows.annotate(linked_id=find_linked(self.pairing))
        return rows.order_by(Lower("name"), "quickbooks_id")


def find_linked(pairing: Pairing) -> Subquery:
    """The id of what is linked to a row, in SQL."""
    links = pairing.link_model.objects.filter(
        connection=OuterRef("connection"), **{pairing.ref_field: OuterRef("quickbooks_id")}
    )
    return Subquery(links.values(f"{pairing.thing_field}_id")[:1])


def describe_list(words: str, name: str, rows: type[RowSerializer]) -> Any:
    return extend_schema_view(
        list=extend_schema(
            responses={200: rows(many=True), **REFUSED, **CONFLICT},
            tags=["QuickBooks lists"],
            description=words,
            operation_id=f"quickbooks_{name}_list",
        )
    )


@describe_list("Products and services, and whether each can stand for a cost code.", "items", ItemSerializer)
class ItemViewSet(RowViewSet):
    queryset = QuickBooksItem.objects.none()
    row_model = QuickBooksItem
    serializer_class = ItemSerializer
    filterset_class = ItemFilter
    pairing = COST_CODES

    def get_queryset(self) -> "QuerySet[QuickBooksItem]":
        rows = super().get_queryset().order_by(Lower("full_name"), "quickbooks_id")
        return rows.annotate(
            income_account=find_account_name("income_account_ref"),
            expense_account=find_account_name("expense_account_ref"),
        )


def find_account_name(ref: str) -> Subquery:
    accounts = QuickBooksAccount.objects.filter(
        connection=OuterRef("connection"), quickbooks_id=OuterRef(ref)
    )
    return Subquery(accounts.values("full_name")[:1])


@describe_list("QuickBooks' vendors.", "vendors", QuickBooksVendorSerializer)
class QuickBooksVendorViewSet(RowViewSet):
    queryset = QuickBooksVendor.objects.none()
    row_model = QuickBooksVendor
    serializer_class = QuickBooksVendorSerializer
    pairing = VENDORS


@describe_list("QuickBooks' employees. Contractors (1099) are vendors.", "employees", EmployeeSerializer)
class EmployeeViewSet(RowViewSet):
    queryset = QuickBooksEmployee.objects.none()
    row_model = QuickBooksEmployee
    serializer_class = EmployeeSerializer
    pairing = EMPLOYEES


@describe_list("The chart of accounts.", "accounts", AccountSerializer)
class AccountViewSet(RowViewSet):
    queryset = QuickBooksAccount.objects.none()
    row_model = QuickBooksAccount
    serializer_class = AccountSerializer
    filterset_class = RowFilter


class CustomerViewSet(WithConnection, CompanyViewSet):
    permission_classes = [IsAdmin]
    queryset = QuickBooksCustomer.objects.none()
    serializer_class = CustomerSerializer

    @extend_schema(
        parameters=[CustomerQuery],
        responses={200: CustomerSerializer(many=True), **REFUSED, **CONFLICT},
        tags=["QuickBooks lists"],
        operation_id="quickbooks_customers_list",
    )
    def list(self, request: Request, company: str) -> Response:
        """Customers, sub-customers and projects in the order of the tree: parents before their children."""
        asked = CustomerQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        picker = make_picker(self.connection, query=asked.validated_data["search"], at_most=sys.maxsize)
        page = self.paginate_queryset(picker.choices)
        projects = PROJECTS.links(self.connection).values_list("customer_ref", "project_id")
        rows = CustomerSerializer(page, many=True, context={"projects": dict(projects)})
        return self.get_paginated_response(rows.data)
