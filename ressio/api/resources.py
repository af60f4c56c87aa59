"""Projects, cost codes, vendors, team members. Nothing is deleted: see `is_archived` and `is_active`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from ressio import cost_codes, projects, vendors
from ressio.access import projects_for
from ressio.api.base import CompanyAPIView, CompanyViewSet
from ressio.api.errors import Refused
from ressio.api.permissions import AdminWrites, IsAdmin, IsMember, SeesFinancials
from ressio.api.serializers import (
    CompanySerializer,
    CostCodeSerializer,
    ProjectSerializer,
    TeamMemberSerializer,
    VendorSerializer,
)
from ressio.models import CostCode, Project, Role, TeamMember, Vendor
from ressio.people.membership import LastAdmin, change_member

NO_PUT = ["get", "head", "options", "post", "patch"]


class Kept(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    CompanyViewSet,
):
    """List, read, create, change in part."""

    http_method_names = NO_PUT


class CompanyView(CompanyAPIView):
    @extend_schema(responses=CompanySerializer, tags=["company"])
    def get(self, request: Any, company: str) -> Response:
        return Response(CompanySerializer(self.company).data)


class NameFilter(django_filters.FilterSet):
    """Declared field by field: built from a model, a filter set would ask the database when it is imported."""

    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name.")


class ProjectFilter(NameFilter):
    is_archived = django_filters.BooleanFilter()


class ProjectViewSet(Kept):
    """The projects one may see: all for an Admin, the assigned ones for others."""

    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    permission_classes = [IsMember, AdminWrites]
    filterset_class = ProjectFilter
    lookup_url_kwarg = "project_id"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Project]:
        return projects_for(self.member).order_by("name", "pk")

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        try:
            serializer.instance = projects.create_project(
                company=self.company, actor=self.user, **serializer.validated_data
            )
        except projects.NameTaken as taken:
            raise Refused(str(taken), field="name") from taken

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert isinstance(serializer.instance, Project)
        try:
            projects.update_project(project=serializer.instance, actor=self.user, **serializer.validated_data)
        except projects.NameTaken as taken:
            raise Refused(str(taken), field="name") from taken


class CostCodeFilter(NameFilter):
    is_active = django_filters.BooleanFilter()
    category = django_filters.CharFilter()


class CostCodeViewSet(Kept):
    queryset = CostCode.objects.none()
    serializer_class = CostCodeSerializer
    permission_classes = [SeesFinancials, AdminWrites]
    filterset_class = CostCodeFilter
    lookup_url_kwarg = "cost_code_id"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[CostCode]:
        codes: QuerySet[CostCode] = CostCode.objects.order_by("name", "pk")
        return codes

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        try:
            serializer.instance = cost_codes.create_cost_code(
                company=self.company, actor=self.user, **serializer.validated_data
            )
        except cost_codes.NameTaken as taken:
            raise Refused(str(taken), field="name") from taken

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert isinstance(serializer.instance, CostCode)
        try:
            cost_codes.update_cost_code(
                cost_code=serializer.instance, actor=self.user, **serializer.validated_data
            )
        except cost_codes.NameTaken as taken:
            raise Refused(str(taken), field="name") from taken


class VendorFilter(NameFilter):
    is_active = django_filters.BooleanFilter()


class VendorViewSet(Kept):
    queryset = Vendor.objects.none()
    serializer_class = VendorSerializer
    permission_classes = [SeesFinancials, AdminWrites]
    filterset_class = VendorFilter
    lookup_url_kwarg = "vendor_id"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Vendor]:
        found: QuerySet[Vendor] = Vendor.objects.order_by("name", "pk")
        return found

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        try:
            serializer.instance = vendors.create_vendor(
                company=self.company, actor=self.user, **serializer.validated_data
            )
        except (vendors.NameTaken, vendors.EmailTaken) as taken:
            raise refuse_vendor(taken) from taken

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert isinstance(serializer.instance, Vendor)
        try:
            vendors.update_vendor(vendor=serializer.instance, actor=self.user, **serializer.validated_data)
        except (vendors.NameTaken, vendors.EmailTaken) as taken:
            raise refuse_vendor(taken) from taken


def refuse_vendor(taken: Exception) -> Refused:
    return Refused(str(taken), field="name" if isinstance(taken, vendors.NameTaken) else "email")


class TeamMemberFilter(NameFilter):
    is_active = django_filters.BooleanFilter()
    role = django_filters.ChoiceFilter(choices=Role)


class TeamMemberViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.UpdateModelMixin, CompanyViewSet
):
    """For Admins. Inviting and deactivating people is done on the site."""

    http_method_names = ["get", "head", "options", "patch"]
    queryset = TeamMember.objects.none()
    serializer_class = TeamMemberSerializer
    permission_classes = [IsAdmin]
    filterset_class = TeamMemberFilter
    lookup_url_kwarg = "member_id"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[TeamMember]:
        found: QuerySet[TeamMember] = TeamMember.objects.select_related("company").order_by("name", "pk")
        return found

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        member = serializer.instance
        assert isinstance(member, TeamMember)
        kept = {
            name: getattr(member, name) for name in ("name", "role", "can_create_bills", "can_edit_own_time")
        }
        try:
            change_member(member=member, actor=self.user, **(kept | serializer.validated_data))
        except LastAdmin as last:
            raise Refused(str(last), field="role") from last
