"""Which thing of ours is which thing in QuickBooks. A link is addressed by our thing's id.

PUT makes it so and may be repeated; DELETE of a link that is not there is no error either.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from integrations.api.base import WithConnection, telling_refusals
from integrations.api.link_serializers import (
    ChooseCustomer,
    ChooseEmployee,
    ChooseItem,
    ChooseVendor,
    CostCodeLinkSerializer,
    EmployeeLinkSerializer,
    IncludeSubCustomers,
    ProjectLinkSerializer,
    VendorLinkSerializer,
)
from integrations.linking import find_customer, link_project, set_include_sub_customers
from integrations.linking.desks import DESKS, Desk
from integrations.linking.pairing import Pairing, link_one, unlink_one
from integrations.linking.projects import PROJECTS
from integrations.models import CostCodeLink, EmployeeLink, ProjectLink, VendorLink
from ressio.api.base import CompanyViewSet, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.permissions import IsAdmin


def describe_links(name: str, *, choose: Any, found: Any) -> Any:
    changed = {200: found, **REFUSED, **CONFLICT}
    shared: dict[str, Any] = {"tags": ["QuickBooks links"]}
    return extend_schema_view(
        list=extend_schema(
            operation_id=f"quickbooks_{name}_links_list",
            responses={200: found(many=True), **CONFLICT},
            **shared,
        ),
        retrieve=extend_schema(
            operation_id=f"quickbooks_{name}_link", responses={200: found, **CONFLICT}, **shared
        ),
        update=extend_schema(
            operation_id=f"quickbooks_{name}_link_put", request=choose, responses=changed, **shared
        ),
        destroy=extend_schema(
            operation_id=f"quickbooks_{name}_link_delete", responses={204: None, **CONFLICT}, **shared
        ),
    )


class LinkViewSet(mixins.ListModelMixin, WithConnection, CompanyViewSet):
    """`choose` reads which row in QuickBooks is meant; the thing of ours stands in the address."""

    http_method_names = ["get", "head", "options", "put", "delete"]
    permission_classes = [IsAdmin]
    lookup_value_converter = "int"
    desk: Desk
    pairing: Pairing
    choose: type["Serializer[Any]"]
    row_key: str
    thing_key: str

    def get_queryset(self) -> "QuerySet[Any]":
        pairing = self.pairing
        rows = pairing.row_model.objects.filter(
            connection=OuterRef("connection"), quickbooks_id=OuterRef(pairing.ref_field)
        )
        links = pairing.links(self.connection).select_related(pairing.thing_field, "linked_by")
        return links.annotate(
            row_name=Subquery(rows.values("name")[:1]),
            row_is_active=Subquery(rows.values("is_active")[:1]),
            row_is_deleted=Subquery(rows.values("is_deleted")[:1]),
        ).order_by(f"{pairing.thing_field}__name", "pk")

    def find_thing(self) -> Any:
        """404 for what this company does not have, before anything else is said."""
        return find_or_404(self.pairing.thing_model._default_manager.all(), pk=self.kwargs[self.thing_key])

    def get_object(self) -> Any:
        thing = self.find_thing()
        link = self.get_queryset().filter(**{self.pairing.thing_field: thing}).first()
        if link is None:
            raise NotFound(f"This {self.pairing.thing_label} is not linked.")
        return link

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """404 when it is not linked."""
        return Response(self.get_serializer(self.get_object()).data)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Link, or change the link. The same again changes nothing."""
        thing = self.find_thing()
        given = self.choose(data=request.data)
        given.is_valid(raise_exception=True)
        with telling_refusals(self.row_key):
            self.link(thing, given.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

    def link(self, thing: Any, values: Mapping[str, Any]) -> None:
        row = self.desk.find_row(self.connection, values[self.row_key])
        link_one(self.pairing, thing=thing, row=row, actor=self.user, now=timezone.now())

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Forget the link. Nothing is changed in QuickBooks."""
        thing = self.find_thing()
        with telling_refusals(self.row_key):
            unlink_one(self.pairing, connection=self.connection, thing=thing, actor=self.user)
        return Response(status=204)


@describe_links("cost_code", choose=ChooseItem, found=CostCodeLinkSerializer)
class CostCodeLinkViewSet(LinkViewSet):
    queryset = CostCodeLink.objects.none()
    serializer_class = CostCodeLinkSerializer
    lookup_url_kwarg = thing_key = "cost_code_id"
    desk = DESKS["cost-codes"]
    pairing = desk.pairing
    choose = ChooseItem
    row_key = "item_id"


@describe_links("vendor", choose=ChooseVendor, found=VendorLinkSerializer)
class VendorLinkViewSet(LinkViewSet):
    queryset = VendorLink.objects.none()
    serializer_class = VendorLinkSerializer
    lookup_url_kwarg = thing_key = "vendor_id"
    desk = DESKS["vendors"]
    pairing = desk.pairing
    choose = ChooseVendor
    row_key = "quickbooks_vendor_id"


@describe_links("team_member", choose=ChooseEmployee, found=EmployeeLinkSerializer)
class EmployeeLinkViewSet(LinkViewSet):
    queryset = EmployeeLink.objects.none()
    serializer_class = EmployeeLinkSerializer
    lookup_url_kwarg = thing_key = "member_id"
    desk = DESKS["team-members"]
    pairing = desk.pairing
    choose = ChooseEmployee
    row_key = "employee_id"


@describe_links("project", choose=ChooseCustomer, found=ProjectLinkSerializer)
class ProjectLinkViewSet(LinkViewSet):
    """A connected project must be disconnected before it takes another customer: its costs leave the budget."""

    http_method_names = ["get", "head", "options", "put", "patch", "delete"]
    queryset = ProjectLink.objects.none()
    serializer_class = ProjectLinkSerializer
    lookup_url_kwarg = thing_key = "project_id"
    pairing = PROJECTS
    choose = ChooseCustomer
    row_key = "customer_id"

    @transaction.atomic
    def link(self, thing: Any, values: Mapping[str, Any]) -> None:
        customer = find_customer(self.connection, values["customer_id"])
        link = link_project(project=thing, customer=customer, actor=self.user, now=timezone.now())
        set_include_sub_customers(link=link, include=values["include_sub_customers"], actor=self.user)

    @extend_schema(
        request=IncludeSubCustomers,
        responses={200: ProjectLinkSerializer, **REFUSED, **CONFLICT},
        tags=["QuickBooks links"],
        operation_id="quickbooks_project_link_patch",
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Whether the sub-customers of the linked one count too. The costs follow at once, both ways."""
        link = self.get_object()
        given = IncludeSubCustomers(data=request.data)
        given.is_valid(raise_exception=True)
        with telling_refusals(self.row_key):
            set_include_sub_customers(
                link=link, include=given.validated_data["include_sub_customers"], actor=self.user
            )
        return Response(self.get_serializer(link).data)
