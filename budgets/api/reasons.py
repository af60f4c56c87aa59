"""Verdicts and their reasons, for programs."""

from typing import Any

from rest_framework import serializers

from budgets.lines import Verdict
from budgets.reasons import Reason
from integrations.models import IssueLevel

VERDICTS = [(Verdict.COUNTED.value, "Counted"), (Verdict.EXCLUDED.value, "Left out")]
REASONS = [(reason.code, reason.title) for reason in Reason]


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(REASONS)
    level = serializers.ChoiceField(IssueLevel.choices)
    title = serializers.CharField()
    sentence = serializers.CharField(help_text="What is the matter.")
    way_out = serializers.CharField(help_text="What to do about it.")
