"""What programs send and get on an invoice's way."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from budgets.api.bill_serializers import FieldChangeSerializer, ObstacleSerializer
from invoicing.invoices.conflicts import CHOICE_WORDS, Choice, conflict_mark
from invoicing.invoices.preview import Preview
from invoicing.models import Invoice
from ressio.api.fields import AmountField

CONFLICT_CHOICES = [(choice.value, words) for choice, words in CHOICE_WORDS.items()]


class ReleaseInvoice(serializers.Serializer[Any]):
    version = serializers.CharField(
        required=False,
        default="",
        help_text="`version` of what was looked at. Somebody changed it meanwhile: 409.",
    )


class RenumberInvoice(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=21)


class MoveInvoice(serializers.Serializer[Any]):
    issued_on = serializers.DateField(help_text="After QuickBooks' closing date.")


class LinkInvoice(serializers.Serializer[Any]):
    quickbooks_id = serializers.CharField(
        max_length=40, help_text="Of an invoice made in QuickBooks that no invoice of Ressio is."
    )


class AcceptDifference(serializers.Serializer[Any]):
    quickbooks_total = AmountField(help_text="The total that was seen. Another one now: 409.")


class DecideConflict(serializers.Serializer[Any]):
    version = serializers.CharField(
        help_text="`version` of the conflict. QuickBooks changed it again meanwhile: 409."
    )
    choice = serializers.ChoiceField(CONFLICT_CHOICES, help_text="Which version holds.")


class SendEarlierInvoices(serializers.Serializer[Any]):
    expected = serializers.IntegerField(
        min_value=0, help_text="`invoices` as it was shown. Another number now: 409."
    )


class EarlierInvoicesSerializer(serializers.Serializer[Any]):
    """Released invoices that are not in QuickBooks and not on their way."""

    invoices = serializers.IntegerField()
    amount = AmountField()


class SentInvoicesSerializer(serializers.Serializer[Any]):
    sent = serializers.IntegerField()


class ConflictSerializer(serializers.Serializer[Any]):
    """Of an invoice that was changed in QuickBooks; without one `changes` is empty."""

    version = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField(
        help_text="Each thing as both sides last agreed on it, and as QuickBooks has it now."
    )
    choices = serializers.SerializerMethodField(help_text="Each with its meaning in words.")

    def get_version(self, invoice: Invoice) -> str:
        return conflict_mark(invoice)

    @extend_schema_field(FieldChangeSerializer(many=True))
    def get_changes(self, invoice: Invoice) -> Any:
        names = ("label", "before", "after")
        return [dict(zip(names, each, strict=True)) for each in invoice.conflicts.get("fields", [])]

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_choices(self, invoice: Invoice) -> Any:
        return {choice.value: CHOICE_WORDS[choice] for choice in Choice} if invoice.conflicts else {}


class PostingSerializer(serializers.Serializer[Any]):
    account = serializers.CharField()
    amount = AmountField(help_text="Debits are positive; together they are 0.00.")


class InvoicePreviewSerializer(serializers.Serializer[Any]):
    document = serializers.SerializerMethodField(
        help_text="Exactly what would be sent now, or was sent last. Null while it cannot be made."
    )
    why_none = serializers.CharField(help_text="Why there is no document.")
    customer_name = serializers.CharField(help_text="Who pays it in QuickBooks.")
    is_change = serializers.BooleanField(help_text="It changes an invoice that is there.")
    is_void = serializers.BooleanField(help_text="It voids an invoice that is there.")
    was_sent = serializers.BooleanField(help_text="Nothing waits: `document` is what was sent last.")
    ledger = PostingSerializer(many=True, help_text="What it posts in QuickBooks.")
    invoiced_before = AmountField(help_text="Of the project, without this invoice.")
    invoiced_after = AmountField()
    default_lines = serializers.SerializerMethodField(
        help_text="Places of lines without a cost code: they get the Default Invoice Code."
    )
    obstacles = serializers.SerializerMethodField(help_text="What would hold it back from QuickBooks.")
    reason_to_stay = serializers.SerializerMethodField(
        help_text="Why it would not go to QuickBooks at all; empty when it goes once it is released."
    )

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_document(self, preview: Preview) -> Any:
        return json.loads(preview.text) if preview.text else None

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_default_lines(self, preview: Preview) -> Any:
        return preview.ahead.bare if preview.ahead else []

    @extend_schema_field(ObstacleSerializer(many=True))
    def get_obstacles(self, preview: Preview) -> Any:
        return ObstacleSerializer(preview.ahead.obstacles if preview.ahead else [], many=True).data

    def get_reason_to_stay(self, preview: Preview) -> str:
        return preview.ahead.reason_to_stay if preview.ahead else ""
