"""Files of a bill for programs: list, attach, remove; and the files of a project's earlier bills (M45–M54, K12)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.bill_inputs import telling_refusals
from budgets.api.bills import TAGS, ApprovesBills, EntersBills, find_bill
from budgets.bills.files import attach_file, files_of_bill, remove_bill_file
from budgets.bills.pulling import count_earlier_files, fetch_earlier_files
from budgets.models import BillFile
from ressio.access import projects_for
from ressio.api.base import CompanyAPIView, CompanyViewSet, ProjectAPIView, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.files import FileSerializer, SendFile
from ressio.api.permissions import SeesFinancials


class BillFileSerializer(serializers.ModelSerializer[BillFile]):
    """`file` is what the project's files say of it, where it is shown to the client, hidden and downloaded too."""

    project_id = serializers.IntegerField(
        source="file.project_id",
        read_only=True,
        help_text="A file from QuickBooks has a copy in each project.",
    )
    quickbooks_id = serializers.CharField(
        source="attachable_ref", read_only=True, help_text="Of the attachment; empty while it is not there."
    )
    file = FileSerializer(read_only=True)

    class Meta:
        model = BillFile
        fields = ["id", "project_id", "quickbooks_id", "added_at", "file"]
        read_only_fields = fields


class AttachFile(SendFile):
    """A form (`multipart/form-data`), as `curl -F file=@scan.pdf` sends it."""

    is_client_visible = None  # type: ignore[assignment]  # told of the file afterwards, as of any other


class EarlierFilesSerializer(serializers.Serializer[Any]):
    files = serializers.IntegerField(help_text="Attached to its bills before pulling was turned on.")


class FetchEarlier(serializers.Serializer[Any]):
    expected = serializers.IntegerField(
        min_value=0, help_text="`files` as it was shown. Another number now: 409."
    )


class FetchedEarlierSerializer(serializers.Serializer[Any]):
    wanted = serializers.IntegerField(help_text="How many were asked for. They arrive one by one.")


@extend_schema_view(
    list=extend_schema(
        responses={200: BillFileSerializer(many=True), **REFUSED}, tags=TAGS, operation_id="bill_file_list"
    )
)
class BillFilesViewSet(mixins.ListModelMixin, CompanyViewSet):
    """The files of a bill, ours and those from QuickBooks, newest first."""

    takes_files = True
    queryset = BillFile.objects.none()
    serializer_class = BillFileSerializer
    parser_classes = [MultiPartParser]
    permission_classes = [SeesFinancials, EntersBills]

    def get_queryset(self) -> QuerySet[BillFile]:
        bill = find_bill(self, self.kwargs["bill_id"])
        return files_of_bill(bill).filter(file__project__in=projects_for(self.member))

    @extend_schema(
        request={"multipart/form-data": AttachFile},
        responses={201: BillFileSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="bill_file_create",
    )
    def create(self, request: Request, company: str, bill_id: int) -> Response:
        """Attach one file to a bill made here; if that is in QuickBooks, it follows. Sent twice, it is kept twice."""
        bill = find_bill(self, bill_id)
        given = AttachFile(data=request.data)
        given.is_valid(raise_exception=True)
        upload = given.validated_data["file"]
        with telling_refusals():
            bill_file = attach_file(
                bill=bill,
                upload=upload,
                name=given.validated_data.get("name") or upload.name,
                member=self.member,
                now=timezone.now(),
            )
        return Response(BillFileSerializer(bill_file).data, status=201)


class BillFileView(CompanyAPIView):
    permission_classes = [SeesFinancials, EntersBills]

    @extend_schema(responses=BillFileSerializer, tags=TAGS, operation_id="bill_file_retrieve")
    def get(self, request: Request, company: str, bill_file_id: int) -> Response:
        return Response(BillFileSerializer(self.find_file()).data)

    @extend_schema(responses={204: None, **CONFLICT}, tags=TAGS, operation_id="bill_file_delete")
    def delete(self, request: Request, company: str, bill_file_id: int) -> Response:
        """Only while it is not in QuickBooks and not on its way (409)."""
        with telling_refusals():
            remove_bill_file(bill_file=self.find_file(), member=self.member, now=timezone.now())
        return Response(status=204)

    def find_file(self) -> BillFile:
        """Of a bill, and of a project, that the member may see."""
        files = BillFile.objects.filter(file__project__in=projects_for(self.member))
        found: BillFile = find_or_404(
            files.select_related("file__uploaded_by", "bill"), pk=self.kwargs["bill_file_id"]
        )
        return found


class EarlierFilesView(ProjectAPIView):
    permission_classes = [SeesFinancials, ApprovesBills]

    @extend_schema(responses=EarlierFilesSerializer, tags=TAGS, operation_id="project_bill_files_earlier")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """How many files `POST` would fetch."""
        return Response(EarlierFilesSerializer({"files": count_earlier_files(self.project)}).data)

    @extend_schema(
        request=FetchEarlier,
        responses={202: FetchedEarlierSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="project_bill_files_fetch_earlier",
    )
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Fetch files attached to the project's bills before pulling was turned on, as many as `expected` says."""
        project, given = self.project, FetchEarlier(data=request.data)
        given.is_valid(raise_exception=True)
        with telling_refusals():
            wanted = fetch_earlier_files(
                project=project, member=self.member, now=timezone.now(), **given.validated_data
            )
        return Response(FetchedEarlierSerializer({"wanted": wanted}).data, status=202)
