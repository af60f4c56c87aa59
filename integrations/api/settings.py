"""What a company decides about QuickBooks: the switches of each project, and who is on payroll."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.base import WithConnection, telling_refusals
from integrations.linking import confirm_on_payroll, payroll_state, withdraw_on_payroll
from integrations.linking.payroll import linked_employee
from integrations.models import LaborBasis
from integrations.switches import (
    CODES,
    KEYS,
    SWITCHES,
    SwitchRefused,
    labor_basis_of,
    set_switches,
    switches_of,
)
from ressio.api.base import CompanyAPIView, ProjectAPIView, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Refused
from ressio.api.permissions import AdminWrites, IsAdmin, SeesFinancials
from ressio.models import CostCode, Project, TeamMember


def make_field(key: str) -> "serializers.Field[Any, Any, Any, Any]":
    words: dict[str, Any] = {"label": KEYS[key].label, "help_text": KEYS[key].help}
    if key == "labor_basis":
        return serializers.ChoiceField(LaborBasis.choices, required=False, **words)
    if key in CODES:
        return CostCodeIdField(required=False, allow_null=True, **words)
    return serializers.BooleanField(required=False, **words)


class CostCodeIdField(serializers.IntegerField):
    """A cost code by its id."""

    def to_internal_value(self, data: Any) -> Any:
        pk = super().to_internal_value(data)
        code = CostCode.objects.filter(pk=pk).first()
        if code is None:
            raise ValidationError("There is no such cost code.")
        return code

    def to_representation(self, value: Any) -> Any:
        return value.pk if isinstance(value, CostCode) else value


class SwitchesSerializer(serializers.Serializer[Any]):
    """All switches of a project. Change some of them; the others stay."""

    time_tracking_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Time made in QuickBooks before this moment never counts."
    )
    push_bills_since = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="Bills approved before this moment leave only when sent by hand.",
    )
    push_invoices_since = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="Invoices released before this moment leave only when sent by hand.",
    )
    push_bill_files_since = serializers.DateTimeField(read_only=True, allow_null=True)
    pull_bill_files_since = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="Files attached in QuickBooks before are fetched when asked for.",
    )
    labor_basis_now = serializers.ChoiceField(
        LaborBasis.choices,
        read_only=True,
        help_text="The price of an hour that counts, chosen or by cost structure.",
    )

    def get_fields(self) -> dict[str, Any]:
        return {switch.key: make_field(switch.key) for switch in SWITCHES} | super().get_fields()


class SwitchesView(ProjectAPIView):
    permission_classes = [SeesFinancials, AdminWrites]

    @extend_schema(
        responses=SwitchesSerializer, tags=["Projects in QuickBooks"], operation_id="project_switches"
    )
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """What counts in this project's budget."""
        return Response(show_switches(self.project))

    @extend_schema(
        request=SwitchesSerializer(partial=True),
        responses={200: SwitchesSerializer, **REFUSED},
        tags=["Projects in QuickBooks"],
        operation_id="project_switches_patch",
    )
    def patch(self, request: Request, company: str, project_id: int) -> Response:
        """For Admins. The budget follows at once, both ways; QuickBooks is asked nothing."""
        project = self.project
        changes = read_changes(request.data)
        try:
            set_switches(project=project, changes=changes, actor=self.user, now=timezone.now())
        except SwitchRefused as error:
            raise Refused(str(error)) from error
        return Response(show_switches(project))


def show_switches(project: Project) -> Any:
    switches = switches_of(project)
    values = {key: getattr(switches, key) for key in KEYS}
    return SwitchesSerializer(
        values
        | {
            "time_tracking_since": switches.time_tracking_since,
            "push_bills_since": switches.push_bills_since,
            "push_invoices_since": switches.push_invoices_since,
            "push_bill_files_since": switches.push_bill_files_since,
            "pull_bill_files_since": switches.pull_bill_files_since,
            "labor_basis_now": labor_basis_of(switches, project),
        }
    ).data


def read_changes(data: Any) -> dict[str, Any]:
    """A misspelt switch is refused, as it would seem to have been set."""
    given = SwitchesSerializer(data=data, partial=True)
    given.is_valid(raise_exception=True)
    unknown = set(data) - set(KEYS)
    if unknown:
        raise ValidationError({name: ["There is no such switch."] for name in sorted(unknown)})
    return dict(given.validated_data)


class PayrollSerializer(serializers.Serializer[Any]):
    team_member_id = serializers.IntegerField()
    is_on_payroll = serializers.BooleanField()
    is_decided_by_quickbooks = serializers.BooleanField(help_text="Then it can only be changed there.")
    reason = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)


class OnPayrollView(WithConnection, CompanyAPIView):
    """QuickBooks does not tell who is on payroll, and only their time counts: an Admin says so."""

    permission_classes = [IsAdmin]
    shared: dict[str, Any] = {"tags": ["QuickBooks links"], "request": None}

    @extend_schema(responses={200: PayrollSerializer, **CONFLICT}, operation_id="on_payroll", **shared)
    def get(self, request: Request, company: str, member_id: int) -> Response:
        return self.answer(self.find_member())

    @extend_schema(responses={200: PayrollSerializer, **CONFLICT}, operation_id="on_payroll_put", **shared)
    def put(self, request: Request, company: str, member_id: int) -> Response:
        """Confirm it. Who and when is written down; of two Admins the first is kept."""
        member = self.find_member()
        with telling_refusals("team_member_id"):
            confirm_on_payroll(
                team_member=member, connection=self.connection, actor=self.user, now=timezone.now()
            )
        return self.answer(member)

    @extend_schema(responses={200: PayrollSerializer, **CONFLICT}, operation_id="on_payroll_delete", **shared)
    def delete(self, request: Request, company: str, member_id: int) -> Response:
        """Withdraw it: this person's time no longer counts."""
        member = self.find_member()
        with telling_refusals("team_member_id"):
            withdraw_on_payroll(
                team_member=member, connection=self.connection, actor=self.user, now=timezone.now()
            )
        return self.answer(member)

    def find_member(self) -> TeamMember:
        return find_or_404(
            TeamMember.objects.select_related("on_payroll_confirmed_by"), pk=self.kwargs["member_id"]
        )

    def answer(self, member: TeamMember) -> Response:
        state = payroll_state(member, linked_employee(self.connection, member))
        by = member.on_payroll_confirmed_by
        return Response(
            PayrollSerializer(
                {
                    "team_member_id": member.pk,
                    "is_on_payroll": state.is_on_payroll,
                    "is_decided_by_quickbooks": state.is_decided_by_quickbooks,
                    "reason": state.reason,
                    "confirmed_by": by.name if by else None,
                    "confirmed_at": member.on_payroll_confirmed_at,
                }
            ).data
        )
