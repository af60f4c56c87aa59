"""What is on its way to QuickBooks, what people decide about it, and the switch that stops all of it."""

from collections.abc import Callable

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.base import WithConnection
from integrations.api.push_serializers import (
    LinkPush,
    PushDetailSerializer,
    PushingSerializer,
    PushQuery,
    PushSerializer,
)
from integrations.models import Push
from integrations.outbox import (
    DecisionRefused,
    link_to_existing,
    resume_pushing,
    retry_push,
    skip_push,
    stop_pushing,
)
from integrations.push_log import list_pushes, with_what_is_shown
from ressio.api.base import CompanyAPIView, CompanyViewSet, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict
from ressio.api.permissions import IsAdmin

TAGS = ["QuickBooks pushes"]
DECIDED = {200: PushDetailSerializer, **CONFLICT}


class PushViewSet(WithConnection, CompanyViewSet):
    http_method_names = ["get", "head", "options", "post"]
    permission_classes = [IsAdmin]
    queryset = Push.objects.none()
    serializer_class = PushSerializer
    lookup_url_kwarg = "push_id"
    lookup_value_converter = "int"

    @extend_schema(
        parameters=[PushQuery],
        responses={200: PushSerializer(many=True), **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="pushes_list",
    )
    def list(self, request: Request, company: str) -> Response:
        """What needs somebody first, then the oldest; what has ended, the latest first."""
        asked = PushQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = list_pushes(self.connection, **asked.validated_data, is_exact=True)
        page = self.paginate_queryset(found)
        return self.get_paginated_response(PushSerializer(page, many=True).data)

    @extend_schema(responses={200: PushDetailSerializer}, tags=TAGS, operation_id="push")
    def retrieve(self, request: Request, company: str, push_id: int) -> Response:
        """One push with every try at sending it."""
        return Response(PushDetailSerializer(self._find(push_id)).data)

    @extend_schema(request=None, responses=DECIDED, tags=TAGS, operation_id="push_retry")
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, company: str, push_id: int) -> Response:
        """Make a held one anew from what Ressio has now, and send it."""
        push = self._find(push_id)
        return self._decide(push, lambda: retry_push(push=push, actor=self.user, now=timezone.now()))

    @extend_schema(request=None, responses=DECIDED, tags=TAGS, operation_id="push_skip")
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, company: str, push_id: int) -> Response:
        """Do not send it. Refused (409) for what was sent without an answer: it may be in QuickBooks."""
        push = self._find(push_id)
        return self._decide(push, lambda: skip_push(push=push, actor=self.user, now=timezone.now()))

    @extend_schema(request=LinkPush, responses={**DECIDED, **REFUSED}, tags=TAGS, operation_id="push_link")
    @action(detail=True, methods=["post"])
    def link(self, request: Request, company: str, push_id: int) -> Response:
        """QuickBooks has it already: that document it is, and nothing is sent."""
        push = self._find(push_id)
        asked = LinkPush(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen = asked.validated_data["quickbooks_id"]
        return self._decide(
            push,
            lambda: link_to_existing(push=push, quickbooks_id=chosen, actor=self.user, now=timezone.now()),
        )

    def _find(self, push_id: int) -> Push:
        found: Push = find_or_404(with_what_is_shown(Push.objects.all()), pk=push_id)
        return found

    def _decide(self, push: Push, decide: Callable[[], Push]) -> Response:
        try:
            decide()
        except DecisionRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(PushDetailSerializer(self._find(push.pk)).data)


class PushingView(WithConnection, CompanyAPIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses={200: PushingSerializer, **CONFLICT}, tags=TAGS, operation_id="pushing")
    def get(self, request: Request, company: str) -> Response:
        """Whether sending to QuickBooks is stopped."""
        return Response({"is_stopped": self.connection.pushing_is_stopped})

    @extend_schema(
        request=PushingSerializer,
        responses={200: PushingSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="pushing_set",
    )
    def put(self, request: Request, company: str) -> Response:
        """Stop sending, or resume it."""
        asked = PushingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        switch = stop_pushing if asked.validated_data["is_stopped"] else resume_pushing
        switch(connection=self.connection, actor=self.user)
        return self.get(request, company)
