"""Files of a project: list, send, fetch, show to the client, remove (R47)."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ressio.access import get_project
from ressio.api.base import CompanyViewSet, ProjectAPIView, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict, Refused
from ressio.api.parsers import SoundJSONParser
from ressio.api.permissions import IsMember, SeesFinancials
from ressio.files.keeping import FileRefused, add_file, remove_file, set_client_visibility
from ressio.files.reading import search_files, visible_files
from ressio.files.subjects import may_remove
from ressio.models import FileOrigin, ProjectFile
from ressio.views.files import send_file

TAGS = ["files"]


class FileSerializer(serializers.ModelSerializer[ProjectFile]):
    uploaded_by = serializers.CharField(
        source="uploaded_by.name",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Null for files that a sync brought.",
    )
    subject_kind = serializers.CharField(
        read_only=True, help_text='What the file belongs to: `project`, or another kind such as "bill".'
    )

    class Meta:
        model = ProjectFile
        fields = [
            "id",
            "name",
            "content_type",
            "size",
            "sha256",
            "origin",
            "subject_kind",
            "subject_id",
            "subject_label",
            "is_read_only",
            "is_client_visible",
            "uploaded_by",
            "created_at",
        ]
        read_only_fields = fields


class SendFile(serializers.Serializer[Any]):
    """A form (`multipart/form-data`), as `curl -F file=@plan.pdf` sends it."""

    file = serializers.FileField(
        allow_empty_file=True, max_length=None, help_text="At most 100 MB, of a type QuickBooks Online takes."
    )
    name = serializers.CharField(
        required=False, max_length=1000, help_text="Instead of the name the file is sent with."
    )
    is_client_visible = serializers.BooleanField(default=False)


class ChangeFile(serializers.Serializer[Any]):
    is_client_visible = serializers.BooleanField()


class FileFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="search_words", label="Words of the name or of the subject.")
    origin = django_filters.ChoiceFilter(choices=FileOrigin.choices)
    subject_kind = django_filters.CharFilter()
    subject_id = django_filters.CharFilter()
    is_client_visible = django_filters.BooleanFilter()

    def search_words(self, files: QuerySet[ProjectFile], name: str, value: str) -> QuerySet[ProjectFile]:
        return search_files(files, value)


@extend_schema_view(
    list=extend_schema(
        responses={200: FileSerializer(many=True), **REFUSED}, tags=TAGS, operation_id="file_list"
    )
)
class FilesViewSet(mixins.ListModelMixin, CompanyViewSet):
    """The files of a project that one may see; Field sees none of bills. Newest first."""

    takes_files = True
    queryset = ProjectFile.objects.none()
    serializer_class = FileSerializer
    filterset_class = FileFilter
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> QuerySet[ProjectFile]:
        project = get_project(self.request, self.kwargs["project_id"])
        return visible_files(project, self.member).select_related("uploaded_by")

    @extend_schema(
        request={"multipart/form-data": SendFile},
        responses={201: FileSerializer, **REFUSED},
        tags=TAGS,
        operation_id="file_create",
    )
    def create(self, request: Request, company: str, project_id: int) -> Response:
        """Add one file to the project. Sent twice, it is kept twice."""
        project = get_project(request, project_id)
        given = SendFile(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        if values["is_client_visible"] and not self.member.sees_financials:
            raise PermissionDenied
        try:
            file = add_file(
                project=project,
                upload=values["file"],
                name=values.get("name") or values["file"].name,
                actor=self.user,
                now=timezone.now(),
                is_client_visible=values["is_client_visible"],
            )
        except FileRefused as refused:
            raise Refused(str(refused), field="file") from refused
        return Response(FileSerializer(file).data, status=201)


class FileView(ProjectAPIView):
    parser_classes = [SoundJSONParser]

    def get_permissions(self) -> list[Any]:
        return [SeesFinancials()] if self.request.method == "PATCH" else [IsMember()]

    @extend_schema(responses=FileSerializer, tags=TAGS, operation_id="file_retrieve")
    def get(self, request: Request, company: str, project_id: int, file_id: int) -> Response:
        return Response(FileSerializer(self.find_file()).data)

    @extend_schema(
        request=ChangeFile,
        responses={200: FileSerializer, **REFUSED},
        tags=TAGS,
        operation_id="file_patch",
    )
    def patch(self, request: Request, company: str, project_id: int, file_id: int) -> Response:
        """Show the file to the client, or hide it. Admins and Team Members."""
        file = self.find_file()
        given = ChangeFile(data=request.data)
        given.is_valid(raise_exception=True)
        set_client_visibility(
            file=file, is_visible=given.validated_data["is_client_visible"], actor=self.user
        )
        return Response(FileSerializer(file).data)

    @extend_schema(responses={204: None, **CONFLICT}, tags=TAGS, operation_id="file_delete")
    def delete(self, request: Request, company: str, project_id: int, file_id: int) -> Response:
        """Files of QuickBooks Online are removed there (409). Field removes what it sent itself (else 403)."""
        file = self.find_file()
        if not (may_remove(file, self.member) or file.is_read_only):
            raise PermissionDenied
        try:
            remove_file(file=file, actor=self.user)
        except FileRefused as refused:
            raise Conflict(str(refused)) from refused
        return Response(status=204)

    def find_file(self) -> ProjectFile:
        files = visible_files(self.project, self.member).select_related("uploaded_by", "company")
        return find_or_404(files, pk=self.kwargs["file_id"])


class WhatItIs(BaseContentNegotiation):
    """A file comes in its own type, whatever types the asker names."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileDownloadView(ProjectAPIView):
    """The content is opened inside the scope; sending it asks the database nothing."""

    content_negotiation_class = WhatItIs

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        tags=TAGS,
        operation_id="file_download",
    )
    def get(self, request: Request, company: str, project_id: int, file_id: int) -> FileResponse:
        """The content, byte for byte, as an attachment with the file's name."""
        return send_file(find_or_404(visible_files(self.project, self.member), pk=file_id))
