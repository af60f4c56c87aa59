"""How sync runs and issues look to programs."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.models import IssueLevel, RunKind, RunStatus, RunTrigger, SyncRun
from integrations.sync import describe_request
from integrations.sync_log import RUN_FILTERS
from ressio.api.fields import AmountField


class RunQuery(serializers.Serializer[Any]):
    show = serializers.ChoiceField(
        list(RUN_FILTERS.items()),
        default="all",
        help_text="Which runs. A quiet check is one of every 15 minutes that found nothing new.",
    )


class StartSync(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(RunKind.choices)
    is_full = serializers.BooleanField(
        default=False, help_text="Read everything of this kind again instead of what changed."
    )


class RunSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(RunKind.choices)
    is_full = serializers.BooleanField()
    project_id = serializers.IntegerField(allow_null=True, help_text="The project it was asked for in.")
    trigger = serializers.ChoiceField(RunTrigger.choices)
    requested_by = serializers.CharField(source="requested_by.name", allow_null=True)
    status = serializers.ChoiceField(RunStatus.choices)
    is_active = serializers.BooleanField(help_text="Waiting or running: ask again.")
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    request_count = serializers.IntegerField(help_text="Requests to QuickBooks, once it has ended.")
    changed_count = serializers.IntegerField(help_text="Documents new or changed.")
    deleted_count = serializers.IntegerField()
    error = serializers.CharField(help_text="What failed and what to do; empty when nothing did.")
    error_code = serializers.CharField()
    note = serializers.CharField(help_text="What was out of the ordinary.")


class StepSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Bills, Vendors… in QuickBooks' words.")
    status = serializers.ChoiceField(RunStatus.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True, help_text="Empty while it is not known.")
    changed = serializers.IntegerField()
    deleted = serializers.IntegerField()
    message = serializers.CharField()


class RunDetailSerializer(RunSerializer):
    steps = serializers.SerializerMethodField()

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, run: SyncRun) -> Any:
        return StepSerializer(run.steps.order_by("position"), many=True).data


class StartedRunSerializer(RunDetailSerializer):
    was_joined = serializers.BooleanField(help_text="It was active already; no second one was started.")
    message = serializers.SerializerMethodField(help_text="For the person who asked.")

    def get_message(self, run: SyncRun) -> str:
        return describe_request(run)


class IssueQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        [("open", "Open"), ("resolved", "Resolved"), ("all", "All")],
        default="open",
        help_text="Which issues.",
    )
    level = serializers.ChoiceField(IssueLevel.choices, required=False, help_text="Only this level.")


class IssueSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reason = serializers.CharField()
    level = serializers.ChoiceField(IssueLevel.choices)
    subject_type = serializers.CharField(help_text="item, account, employee, project, connection…")
    subject_id = serializers.CharField()
    subject_label = serializers.CharField()
    title = serializers.CharField()
    way_out = serializers.CharField(help_text="What to do.")
    fix_url = serializers.CharField(help_text="The page of this site to do it on, or empty.")
    fix_label = serializers.CharField()
    amount = AmountField(help_text="Dollars it holds up.")
    line_count = serializers.IntegerField()
    hours = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    opened_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
