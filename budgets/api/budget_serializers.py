"""How budget and tie-out look to programs. All amounts are strings in the company's currency."""

from typing import Any

from rest_framework import serializers

from budgets.amounts import Tally
from budgets.api.reasons import ReasonSerializer
from budgets.models import BudgetLine, Kind
from ressio.api.descriptions import ErrorSerializer
from ressio.api.fields import AmountField, HoursField


class TallySerializer(serializers.Serializer[Tally]):
    """Some cost lines added up."""

    lines = serializers.IntegerField()
    amount = AmountField()
    tax = AmountField(help_text="Part of the amount only where the project counts tax as cost.")
    hours = HoursField()
    hours_without_rate = HoursField(source="unpriced_hours", help_text="Of these, hours that add no dollars.")


class FiguresSerializer(serializers.Serializer[Any]):
    """What rows, categories and the whole budget have in common."""

    original = AmountField()
    approved_changes = AmountField()
    revised = AmountField(help_text="Original and approved changes.")
    actuals = AmountField(source="actuals.amount", help_text="Cost lines that count.")
    actual_lines = serializers.IntegerField(source="actuals.lines")
    actual_hours = HoursField(source="actuals.hours")
    left_out = AmountField(
        source="left_out.amount", help_text="Cost lines on these cost codes that do not count."
    )
    left_out_lines = serializers.IntegerField(source="left_out.lines")
    variance = AmountField(help_text="Revised less actuals; below zero is over budget.")
    cost_to_complete = AmountField()
    percent_spent = serializers.DecimalField(
        max_digits=19, decimal_places=1, allow_null=True, help_text="Empty when nothing was planned."
    )
    is_over = serializers.BooleanField()


class BudgetRowSerializer(serializers.Serializer[Any]):
    """A cost code. Without `line_id` costs arrived on one that was not planned."""

    cost_code_id = serializers.IntegerField(source="cost_code.pk")
    cost_code_name = serializers.CharField(source="cost_code.name")
    category = serializers.CharField(source="cost_code.category")
    line_id = serializers.IntegerField(source="line.pk", allow_null=True)
    notes = serializers.CharField(source="line.notes", allow_null=True)
    figures = FiguresSerializer()


class CategorySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    figures = FiguresSerializer()


class BudgetSerializer(serializers.Serializer[Any]):
    project_id = serializers.IntegerField()
    currency = serializers.CharField()
    is_linked = serializers.BooleanField(help_text="The project is linked to a customer in QuickBooks.")
    as_of = serializers.DateTimeField(
        allow_null=True,
        help_text="Everything in QuickBooks up to this moment is in; empty before the first sync.",
    )
    totals = FiguresSerializer()
    categories = CategorySerializer(many=True)
    rows = BudgetRowSerializer(many=True)


class ReasonTallySerializer(serializers.Serializer[Any]):
    reason = ReasonSerializer()
    tally = TallySerializer()


class KindSplitSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Kind.choices)
    kind_label = serializers.CharField()
    counted = TallySerializer()
    excluded = TallySerializer()


class TieOutSerializer(serializers.Serializer[Any]):
    project_id = serializers.IntegerField()
    currency = serializers.CharField()
    is_linked = serializers.BooleanField()
    as_of = serializers.DateTimeField(allow_null=True)
    quickbooks_total = TallySerializer(help_text="All lines of the project's customers in QuickBooks.")
    counted = TallySerializer(help_text="The applied actuals.")
    excluded = TallySerializer()
    difference = AmountField(help_text="Total less counted less left out: 0.00, or something is wrong.")
    excluded_by_reason = ReasonTallySerializer(many=True)
    by_kind = KindSplitSerializer(many=True)


# Planning ---------------------------------------------------------------------------------------------------------


class BudgetLineSerializer(serializers.Serializer[BudgetLine]):
    id = serializers.IntegerField()
    cost_code_id = serializers.IntegerField()
    cost_code_name = serializers.CharField(source="cost_code.name")
    original_amount = AmountField()
    approved_changes = AmountField()
    notes = serializers.CharField()


class ChangeBudgetLine(serializers.Serializer[Any]):
    original_amount = AmountField(max_digits=12, required=False)
    approved_changes = AmountField(max_digits=12, required=False, help_text="Minus for a reduction.")
    notes = serializers.CharField(max_length=500, allow_blank=True, required=False)


class NewBudgetLine(ChangeBudgetLine):
    cost_code_id = serializers.IntegerField(help_text="An active one without a budget line in this project.")
    original_amount = AmountField(max_digits=12)


class RefusedRowSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="The line in the text, counted from 1.")
    text = serializers.CharField()
    reason = serializers.CharField()


class RefusedImportSerializer(ErrorSerializer):
    refused_rows = RefusedRowSerializer(many=True, required=False)


class ImportedSerializer(serializers.Serializer[Any]):
    lines = BudgetLineSerializer(many=True)
