"""How a shift looks to programs, and what they send to clock, record or change one."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ressio.api.fields import AmountField, HoursField
from timeclock.history import history_of
from timeclock.in_budget import count_shifts
from timeclock.models import Break, Shift, ShiftChange, ShiftOrigin, ShiftState
from timeclock.rights import may_review

WHICH = [("first", "The first"), ("second", "The second")]


# What goes in ---------------------------------------------------------------------------------------------------------


class Tap(serializers.Serializer[Any]):
    at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When it was tapped, if it could not be sent at once: at most three days ago. Now unless told. The "
        "shift's history says when a tap was sent late.",
    )


class PlacedTap(Tap):
    place = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Latitude, longitude: `40.7128, -74.0060`."
    )


class ClockIn(PlacedTap):
    project_id = serializers.IntegerField()
    cost_code_id = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="One that the clock offers on this project; needed for the approval.",
    )
    shift_type = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="The name of one of the person's rates."
    )
    description = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class WriteBreak(serializers.Serializer[Any]):
    started = serializers.TimeField()
    ended = serializers.TimeField()


class ChangeShift(serializers.Serializer[Any]):
    """Times are those of the company's clock. Give `started` and `ended`, or `hours` alone."""

    project_id = serializers.IntegerField()
    worked_on = serializers.DateField(help_text="Of the start.")
    cost_code_id = serializers.IntegerField(required=False, allow_null=True)
    shift_type = serializers.CharField(required=False, allow_blank=True, max_length=60)
    description = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    started = serializers.TimeField(required=False, allow_null=True)
    ended = serializers.TimeField(
        required=False, allow_null=True, help_text="Not after the start: on the next day."
    )
    started_is = serializers.ChoiceField(
        choices=WHICH, required=False, help_text="Which of two, in the night the clocks are put back."
    )
    ended_is = serializers.ChoiceField(choices=WHICH, required=False)
    hours = HoursField(required=False, allow_null=True, help_text="More than 0, at most 24.")
    breaks = WriteBreak(many=True, required=False, help_text="Admins only. All of them.")
    is_billable = serializers.BooleanField(required=False, help_text="Admins only.")


class RecordShift(ChangeShift):
    team_member_id = serializers.IntegerField(
        required=False, help_text="Whose time it is: oneself unless told. Admins record for everybody."
    )


class ApproveShifts(serializers.Serializer[Any]):
    shift_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=1000
    )


# What comes out -------------------------------------------------------------------------------------------------------


class BreakSerializer(serializers.ModelSerializer[Break]):
    class Meta:
        model = Break
        fields = ["started_at", "ended_at", "was_auto_ended"]


class TimeStandingSerializer(serializers.Serializer[Any]):
    state = serializers.CharField(
        source="code", help_text="`in_quickbooks`, `on_the_way`, `held` or `stays`."
    )
    words = serializers.CharField()
    sentence = serializers.CharField(help_text="Why, for people.")
    reason = serializers.CharField(help_text="Why, for programs, such as `not_on_payroll` or `made_before`.")
    push_id = serializers.IntegerField(allow_null=True, help_text="Of `quickbooks/pushes`, where it is held.")


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """Context: `rows`, what `reviewing.draw_rows` gave, by id."""

    origin = serializers.ChoiceField(ShiftOrigin.choices)
    state = serializers.ChoiceField(ShiftState.choices)
    state_label = serializers.CharField(source="get_state_display")
    team_member_id = serializers.IntegerField(allow_null=True)
    worker_name = serializers.CharField(source="shown_worker")
    project_id = serializers.IntegerField(allow_null=True)
    project_name = serializers.CharField(source="project.name", default=None, allow_null=True)
    cost_code_id = serializers.IntegerField(allow_null=True)
    cost_code_name = serializers.CharField(source="cost_code.name", default=None, allow_null=True)
    is_running = serializers.BooleanField()
    hours = serializers.SerializerMethodField()
    breaks = BreakSerializer(many=True)
    marks = serializers.SerializerMethodField()
    quickbooks = serializers.SerializerMethodField()

    class Meta:
        model = Shift
        fields = [
            *("id", "origin", "state", "state_label", "team_member_id", "worker_name"),
            *("project_id", "project_name", "cost_code_id", "cost_code_name", "shift_type", "description"),
            *("is_billable", "worked_on", "started_at", "ended_at", "zone", "is_running", "hours", "breaks"),
            *("was_recorded", "recorded_at", "start_place", "end_place", "approved_at", "quickbooks_id"),
            *("marks", "quickbooks"),
        ]  # fmt: skip

    def get_hours(self, shift: Shift) -> str:
        """Without breaks; so far, while it runs. Four decimals."""
        return f"{self.context['rows'][shift.pk].seconds / 3600:.4f}"

    def get_marks(self, shift: Shift) -> list[str]:
        """What is odd about it: `overlaps`, `forgotten`, `long`, `empty`, `no_code`, `held`."""
        return [mark.code for mark in self.context["rows"][shift.pk].marks]

    @extend_schema_field(TimeStandingSerializer(allow_null=True))
    def get_quickbooks(self, shift: Shift) -> Any:
        """Where it stands with QuickBooks; null for a draft."""
        standing = self.context["rows"][shift.pk].standing
        return TimeStandingSerializer(standing).data if standing else None


class ShiftChangeSerializer(serializers.ModelSerializer[ShiftChange]):
    by = serializers.CharField(source="by.name", default="", help_text="Empty: it happened by itself.")
    fields_changed = serializers.SerializerMethodField()

    class Meta:
        model = ShiftChange
        fields = ["at", "by", "what", "fields_changed"]

    def get_fields_changed(self, change: ShiftChange) -> list[list[str]]:
        """Label, before, after of each."""
        return list(change.fields)


class InBudgetSerializer(serializers.Serializer[Any]):
    is_counted = serializers.BooleanField()
    reason = serializers.CharField(source="reason.code", default="", help_text="Why it is left out.")
    sentence = serializers.CharField(source="reason.sentence", default="", help_text="The same, for people.")
    amount = AmountField(allow_null=True, help_text="At the project's labor basis; null without a rate.")
    rate = serializers.CharField(help_text="Which rate that is, in words.")


class ShiftDetailSerializer(ShiftSerializer):
    """Context: `member` besides, who asks."""

    in_budget = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()

    class Meta(ShiftSerializer.Meta):
        fields = [*ShiftSerializer.Meta.fields, "in_budget", "history"]

    @extend_schema_field(InBudgetSerializer(allow_null=True))
    def get_in_budget(self, shift: Shift) -> Any:
        """Of a draft: as it would count once it is approved (K4). Null for others than Admins, while it runs, and where
        no budget knows it.
        """
        if shift.is_running or not may_review(self.context["member"]):
            return None
        found = count_shifts([shift]).get(shift.pk)
        return InBudgetSerializer(found).data if found else None

    def get_history(self, shift: Shift) -> list[Any]:
        changes = history_of(shift, self.context["member"])
        return list(ShiftChangeSerializer(changes, many=True).data)


class ClockCodeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ClockProjectSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    cost_codes = ClockCodeSerializer(many=True)


class ClockSerializer(serializers.Serializer[Any]):
    running = ShiftSerializer(allow_null=True)
    projects = ClockProjectSerializer(
        many=True, help_text="What may be clocked, with the cost codes offered."
    )
    shift_types = serializers.ListField(child=serializers.CharField())


class NotApprovedSerializer(serializers.Serializer[Any]):
    shift_id = serializers.IntegerField()
    reason = serializers.CharField()


class ApprovedSerializer(serializers.Serializer[Any]):
    approved = serializers.ListField(child=serializers.IntegerField(), help_text="Ids.")
    refused = NotApprovedSerializer(many=True)
