"""How pushes look to programs."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.models import Push, PushOperation, PushState
from integrations.push_log import OPEN, PUSH_FILTERS, ShownPush

STATES_ASKED = list(PUSH_FILTERS.items())


class PushQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(STATES_ASKED, default=OPEN, help_text="`open`: on the way or held.")
    kind = serializers.CharField(required=False, default="", help_text="Only this kind.")


class PushSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="What of Ressio it is about.")
    subject_id = serializers.CharField(help_text="Ressio's id of that thing.")
    subject_label = serializers.CharField()
    entity = serializers.CharField(help_text="What it is in QuickBooks: Bill, Attachable…")
    operation = serializers.ChoiceField(PushOperation.choices)
    state = serializers.ChoiceField(PushState.choices)
    code = serializers.CharField(
        source="hold_code", help_text="Why it is not through; QuickBooks' own where it has one."
    )
    sentence = serializers.SerializerMethodField(help_text="The same for people, or what happens next.")
    requested_by = serializers.CharField(source="requested_by.name", allow_null=True, default=None)
    requested_at = serializers.DateTimeField()
    next_try_at = serializers.DateTimeField(help_text="Not before; for what waits or has no answer.")
    tries = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    quickbooks_id = serializers.CharField(help_text="The document there, once it is known.")
    was_adopted = serializers.BooleanField(help_text="Found in QuickBooks instead of made there.")
    page_url = serializers.SerializerMethodField(help_text="The page of this site about it.")

    def get_sentence(self, push: Push) -> str:
        return ShownPush(push).sentence

    def get_page_url(self, push: Push) -> str:
        return reverse("push", args=[push.company.slug, push.pk])


class TrySerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="Empty while it is under way, or when the worker stopped before an answer."
    )
    outcome = serializers.ChoiceField([*PushState.choices, ("", "None yet")], allow_blank=True)
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status; empty when no answer came.")
    fault_code = serializers.CharField()
    intuit_tid = serializers.CharField(help_text="For Intuit's support.")
    milliseconds = serializers.IntegerField(allow_null=True)
    request_id = serializers.CharField()
    batch_size = serializers.IntegerField(
        source="batch.size", allow_null=True, default=None, help_text="How many went in that request."
    )


class PushDetailSerializer(PushSerializer):
    attempts = serializers.SerializerMethodField()

    @extend_schema_field(TrySerializer(many=True))
    def get_attempts(self, push: Push) -> Any:
        return TrySerializer(push.attempts.select_related("batch").order_by("number"), many=True).data


class LinkPush(serializers.Serializer[Any]):
    quickbooks_id = serializers.CharField(max_length=40, help_text="A document of that entity in QuickBooks.")


class PushingSerializer(serializers.Serializer[Any]):
    is_stopped = serializers.BooleanField(
        help_text="Nothing is sent to QuickBooks; what is approved waits. Reading goes on."
    )
