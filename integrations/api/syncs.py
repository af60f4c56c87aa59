"""Start a sync and follow it, and what needs somebody."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.base import WithConnection
from integrations.api.sync_serializers import (
    IssueQuery,
    IssueSerializer,
    RunDetailSerializer,
    RunQuery,
    RunSerializer,
    StartedRunSerializer,
    StartSync,
)
from integrations.models import Connection, RunKind, RunTrigger, SyncIssue, SyncRun
from integrations.sync import CannotSync, request_sync
from integrations.sync_log import list_runs
from ressio.api.base import CompanyViewSet, ProjectAPIView, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict
from ressio.api.permissions import IsAdmin, SeesFinancials
from ressio.models import Project, User

TAGS = ["QuickBooks syncs"]
STARTED = {202: StartedRunSerializer, **REFUSED, **CONFLICT}


class RunViewSet(WithConnection, CompanyViewSet):
    """Admins see and start all syncs. A run as such, which has no amounts in it, may be followed by whoever
    may start one from a project.
    """

    http_method_names = ["get", "head", "options", "post"]
    permission_classes = [IsAdmin]
    queryset = SyncRun.objects.none()
    serializer_class = RunSerializer
    lookup_url_kwarg = "run_id"
    lookup_value_converter = "int"

    def get_permissions(self) -> list[BasePermission]:
        return [SeesFinancials()] if self.action == "retrieve" else [IsAdmin()]

    @extend_schema(
        parameters=[RunQuery],
        responses={200: RunSerializer(many=True), **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="sync_runs_list",
    )
    def list(self, request: Request, company: str) -> Response:
        """The latest first. Runs are kept for 90 days."""
        asked = RunQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(list_runs(self.connection, asked.validated_data["show"]))
        return self.get_paginated_response(RunSerializer(page, many=True).data)

    @extend_schema(responses={200: RunDetailSerializer}, tags=TAGS, operation_id="sync_run")
    def retrieve(self, request: Request, company: str, run_id: int) -> Response:
        """One run with its steps. Ask again every second or two while `is_active`."""
        return Response(
            RunDetailSerializer(find_or_404(SyncRun.objects.select_related("requested_by"), pk=run_id)).data
        )

    @extend_schema(request=StartSync, responses=STARTED, tags=TAGS, operation_id="sync_runs_start")
    def create(self, request: Request, company: str) -> Response:
        """Start a sync, or join the one that is active. The run it answers with can be followed."""
        asked = StartSync(data=request.data)
        asked.is_valid(raise_exception=True)
        return start_sync(self.connection, user=self.user, **asked.validated_data)


class ProjectSyncView(WithConnection, ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(request=None, responses=STARTED, tags=TAGS, operation_id="project_sync_expenses")
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Sync Expenses: bring in what changed in QuickBooks, or join the sync that is active."""
        project = self.project
        return start_sync(self.connection, user=self.user, kind=RunKind.EXPENSES, project=project)


def start_sync(
    connection: Connection, *, user: User, kind: str, is_full: bool = False, project: Project | None = None
) -> Response:
    try:
        run = request_sync(
            connection=connection,
            kind=kind,
            trigger=RunTrigger.API,
            requested_by=user,
            project=project,
            is_full=is_full,
            now=timezone.now(),
        )
    except CannotSync as error:
        raise Conflict(str(error)) from error
    address = reverse("api-sync-run-detail", args=[connection.company.slug, run.pk])
    return Response(StartedRunSerializer(run).data, status=202, headers={"Location": address})


class IssueViewSet(WithConnection, CompanyViewSet):
    permission_classes = [IsAdmin]
    queryset = SyncIssue.objects.none()
    serializer_class = IssueSerializer

    @extend_schema(
        parameters=[IssueQuery],
        responses={200: IssueSerializer(many=True), **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="sync_issues_list",
    )
    def list(self, request: Request, company: str) -> Response:
        """What was left out or went wrong, one for each thing and reason. They close by themselves."""
        asked = IssueQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(select_issues(self.connection, **asked.validated_data))
        return self.get_paginated_response(IssueSerializer(page, many=True).data)


def select_issues(connection: Connection, *, state: str, level: str = "") -> "QuerySet[SyncIssue]":
    """The dearest first, as in the sync log."""
    issues: QuerySet[SyncIssue] = SyncIssue.objects.filter(connection=connection)
    if state != "all":
        issues = issues.filter(resolved_at__isnull=state == "open")
    if level:
        issues = issues.filter(level=level)
    return issues.order_by("-amount", "-opened_at", "pk")
