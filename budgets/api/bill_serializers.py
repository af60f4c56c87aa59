"""How a bill looks to programs, and what they send to enter or change one."""

import hashlib
import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from budgets.bills.preview import Preview
from budgets.bills.seen import mark_of
from budgets.models import Bill, BillChange, BillLine, BillOrigin, BillPaymentPart, BillState
from integrations.models import PushOperation, PushState
from ressio.api.fields import AmountField, ExactField

# What goes in ---------------------------------------------------------------------------------------------------------


class WriteBillLine(serializers.Serializer[Any]):
    """`amount` alone; or `quantity` and `unit_price` (at most five decimals), whose product is the amount."""

    cost_code_id = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="Null: the project's default billing cost code is used at the approval.",
    )
    description = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    quantity = ExactField(required=False, allow_null=True)
    unit_price = ExactField(required=False, allow_null=True)
    amount = AmountField(required=False, allow_null=True)
    is_billable = serializers.BooleanField(required=False)
    quickbooks_line_id = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="When a bill that is in QuickBooks is changed: which line of it this is. Empty: a new line.",
    )


class WriteBill(serializers.Serializer[Any]):
    vendor_id = serializers.IntegerField()
    number = serializers.CharField(
        max_length=100, help_text="The vendor's own number, at most 21 characters."
    )
    issued_on = serializers.DateField()
    due_on = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(
        required=False, allow_blank=True, max_length=4000, help_text="QuickBooks' memo."
    )
    internal_notes = serializers.CharField(required=False, allow_blank=True, help_text="Never leaves Ressio.")
    lines = WriteBillLine(
        many=True, required=False, help_text="All of them, in order: they replace those before."
    )


class ChangeBill(WriteBill):
    project_id = serializers.IntegerField(required=False, help_text="Only before approval.")
    version = serializers.CharField(
        required=False,
        help_text="`version` of the bill that was read. Changed meanwhile, here or there: 409.",
    )


class ApproveBill(serializers.Serializer[Any]):
    duplicate_is_intended = serializers.BooleanField(
        default=False, help_text="Another bill of the vendor has this number, and both are right."
    )
    version = serializers.CharField(
        required=False,
        help_text="`version` of the bill that was read. Changed meanwhile: 409, and not approved.",
    )


class ReturnBill(serializers.Serializer[Any]):
    note = serializers.CharField(default="", allow_blank=True, max_length=500, help_text="Why.")


class MoveBill(serializers.Serializer[Any]):
    issued_on = serializers.DateField(help_text="After QuickBooks' closing date.")


class LinkBill(serializers.Serializer[Any]):
    quickbooks_id = serializers.CharField(
        max_length=40, help_text="Of a bill made in QuickBooks that no bill of Ressio is."
    )


class DecideConflicts(serializers.Serializer[Any]):
    version = serializers.CharField(
        help_text="`conflicts_version` of what was decided about. QuickBooks changed it again meanwhile: 409."
    )
    choices = serializers.DictField(
        child=serializers.ChoiceField(["ours", "theirs"]),
        help_text="For each `field` of the bill's `conflicts`, whose value holds.",
    )


class SendEarlier(serializers.Serializer[Any]):
    expected = serializers.IntegerField(
        min_value=0, help_text="`bills` as it was shown. Another number now: 409."
    )


# What comes out -------------------------------------------------------------------------------------------------------


class PushedSerializer(serializers.Serializer[Any]):
    """The last thing that was sent, or is to be sent, to QuickBooks."""

    id = serializers.IntegerField()
    operation = serializers.ChoiceField(PushOperation.choices)
    state = serializers.ChoiceField(PushState.choices)
    state_label = serializers.CharField(source="get_state_display")
    hold_code = serializers.CharField(help_text="Why it is held, for programs.")
    hold_sentence = serializers.CharField(help_text="Why, and what to do.")
    tries = serializers.IntegerField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BillSerializer(serializers.ModelSerializer[Bill]):
    """Context: `pushes`, by the bill's id as text."""

    origin = serializers.ChoiceField(BillOrigin.choices)
    state = serializers.ChoiceField(BillState.choices)
    state_label = serializers.CharField(source="get_state_display")
    project_id = serializers.IntegerField(allow_null=True, help_text="Null for bills made in QuickBooks.")
    project_name = serializers.CharField(source="project.name", default=None, allow_null=True)
    vendor_id = serializers.IntegerField(allow_null=True)
    vendor_name = serializers.CharField(source="shown_vendor")
    total = AmountField(help_text="In the bill's currency.")
    paid = AmountField(help_text="By the payments that QuickBooks shows.")
    owed = AmountField()
    quickbooks_id = serializers.CharField(help_text="Empty while QuickBooks does not have it.")
    is_in_earlier_books = serializers.BooleanField(
        help_text="QuickBooks is connected to another company now than the one that has this bill: it counts nowhere."
    )
    has_conflicts = serializers.SerializerMethodField()
    push = serializers.SerializerMethodField()

    class Meta:
        model = Bill
        fields = [
            *(
                "id",
                "origin",
                "state",
                "state_label",
                "project_id",
                "project_name",
                "vendor_id",
                "vendor_name",
            ),
            *("number", "issued_on", "due_on", "description", "currency", "total", "paid", "owed"),
            *(
                "quickbooks_id",
                "is_in_earlier_books",
                "has_conflicts",
                "waits_for_reopening",
                "created_at",
                "push",
            ),
        ]
        read_only_fields = fields

    def get_has_conflicts(self, bill: Bill) -> bool:
        return bool(bill.conflicts)

    @extend_schema_field(PushedSerializer(allow_null=True))
    def get_push(self, bill: Bill) -> Any:
        push = self.context["pushes"].get(str(bill.pk))
        return PushedSerializer(push).data if push else None


class BillLineSerializer(serializers.ModelSerializer[BillLine]):
    cost_code_id = serializers.IntegerField(allow_null=True)
    cost_code_name = serializers.CharField(source="cost_code.name", default=None, allow_null=True)
    quantity = ExactField(allow_null=True)
    unit_price = ExactField(allow_null=True)
    amount = AmountField()
    quickbooks_line_id = serializers.CharField(source="line_ref", help_text="Empty while it is not there.")

    class Meta:
        model = BillLine
        fields = [
            *("position", "cost_code_id", "cost_code_name", "is_default_code", "description"),
            *("quantity", "unit_price", "amount", "is_billable", "quickbooks_line_id"),
        ]
        read_only_fields = fields


class BillPaymentSerializer(serializers.ModelSerializer[BillPaymentPart]):
    payment_id = serializers.CharField(source="payment_ref", help_text="QuickBooks' id of the payment.")
    amount = AmountField()

    class Meta:
        model = BillPaymentPart
        fields = ["payment_id", "amount", "paid_on", "pay_type", "reference"]
        read_only_fields = fields


class FieldChangeSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # the field takes the property's name on the wire only
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class BillChangeSerializer(serializers.ModelSerializer[BillChange]):
    fields_changed = serializers.SerializerMethodField()

    class Meta:
        model = BillChange
        fields = ["at", "what", "fields_changed"]
        read_only_fields = fields

    @extend_schema_field(FieldChangeSerializer(many=True))
    def get_fields_changed(self, change: BillChange) -> Any:
        return [dict(zip(("label", "before", "after"), each, strict=True)) for each in change.fields]


class BillConflictSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="To be named in `choices`.")
    label = serializers.CharField()  # type: ignore[assignment]  # the field takes the property's name on the wire only
    base = serializers.CharField(help_text="What both sides last agreed on.")
    ours = serializers.CharField()
    theirs = serializers.CharField()
    first = serializers.CharField(help_text="Whose value is offered first. It decides nothing.")


class BillDetailSerializer(BillSerializer):
    """Context besides: `lines`, `payments` and `file_ids` as they are to be shown."""

    lines = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField()
    changes = BillChangeSerializer(many=True, help_text="What happened to it in QuickBooks, newest first.")
    conflicts = serializers.SerializerMethodField()
    conflicts_version = serializers.SerializerMethodField(help_text="Empty while there is nothing to decide.")
    version = serializers.SerializerMethodField(
        help_text="Changes with what the bill says, whoever changed it."
    )
    file_ids = serializers.SerializerMethodField(
        help_text="Of files of projects that you may see (`…/files/{file_id}`)."
    )
    quickbooks_url = serializers.SerializerMethodField(help_text="The bill in QuickBooks, or empty.")
    created_by = serializers.CharField(source="created_by.name", default=None, allow_null=True)
    submitted_by = serializers.CharField(source="submitted_by.name", default=None, allow_null=True)
    approved_by = serializers.CharField(source="approved_by.name", default=None, allow_null=True)

    class Meta(BillSerializer.Meta):
        fields = [
            *BillSerializer.Meta.fields,
            *("internal_notes", "returned_note", "duplicate_is_intended"),
            *("created_by", "submitted_by", "submitted_at", "approved_by", "approved_at"),
            *("changed_there_at", "gone_at", "quickbooks_url"),
            *("lines", "payments", "changes", "conflicts", "conflicts_version", "version", "file_ids"),
        ]
        read_only_fields = fields

    @extend_schema_field(BillLineSerializer(many=True))
    def get_lines(self, bill: Bill) -> Any:
        return BillLineSerializer(self.context["lines"], many=True).data

    @extend_schema_field(BillPaymentSerializer(many=True))
    def get_payments(self, bill: Bill) -> Any:
        return BillPaymentSerializer(self.context["payments"], many=True).data

    @extend_schema_field(BillConflictSerializer(many=True))
    def get_conflicts(self, bill: Bill) -> Any:
        return BillConflictSerializer(bill.conflicts.get("fields", []), many=True).data

    def get_conflicts_version(self, bill: Bill) -> str:
        return version_of(bill)

    def get_version(self, bill: Bill) -> str:
        return mark_of(bill)

    def get_file_ids(self, bill: Bill) -> list[int]:
        return list(self.context["file_ids"])

    def get_quickbooks_url(self, bill: Bill) -> str:
        return str(self.context["quickbooks_url"])


def version_of(bill: Bill) -> str:
    """Of the values that clash: another value is another version."""
    if not bill.conflicts:
        return ""
    return hashlib.sha256(json.dumps(bill.conflicts, sort_keys=True).encode()).hexdigest()[:16]


class EffectSerializer(serializers.Serializer[Any]):
    """One cost code of the project's budget."""

    cost_code_id = serializers.IntegerField(source="cost_code.pk")
    cost_code_name = serializers.CharField(source="cost_code.name")
    revised = AmountField(help_text="What is planned.")
    now = AmountField(help_text="Actuals, with this bill in them once it is approved.")
    this_bill = AmountField()
    after = AmountField(help_text="Actuals after the approval.")


class ObstacleSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField(help_text="What is the matter and what to do.")


class PreviewSerializer(serializers.Serializer[Any]):
    """Context: `seen`, the ids of the duplicates that the member may see."""

    document = serializers.SerializerMethodField(
        help_text="Exactly what would be sent now, or was sent last. Null while it cannot be made."
    )
    why_none = serializers.CharField(help_text="Why there is no document.")
    was_sent = serializers.BooleanField(
        help_text="Nothing waits to be sent: `document` is what was sent last."
    )
    effects = EffectSerializer(many=True)
    default_lines = serializers.SerializerMethodField(
        help_text="Places of lines without a cost code: they get the project's default billing cost code."
    )
    duplicate_count = serializers.SerializerMethodField(
        help_text="Bills of the same vendor and number. The approval must say that both are right."
    )
    duplicate_ids = serializers.SerializerMethodField(
        help_text="Those of them that you may see: of another project's bill only that it exists is told."
    )
    obstacles = serializers.SerializerMethodField(help_text="What would hold the bill back from QuickBooks.")
    reason_to_stay = serializers.SerializerMethodField(
        help_text="Why it would not go to QuickBooks at all; empty when it goes once it is approved."
    )

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_document(self, preview: Preview) -> Any:
        return json.loads(preview.text) if preview.text else None

    def get_default_lines(self, preview: Preview) -> list[int]:
        return preview.ahead.bare if preview.ahead else []

    def get_duplicate_count(self, preview: Preview) -> int:
        return len(preview.ahead.duplicates) if preview.ahead else 0

    def get_duplicate_ids(self, preview: Preview) -> list[int]:
        found = [other.pk for other in preview.ahead.duplicates] if preview.ahead else []
        return [pk for pk in found if pk in self.context["seen"]]

    @extend_schema_field(ObstacleSerializer(many=True))
    def get_obstacles(self, preview: Preview) -> Any:
        return ObstacleSerializer(preview.ahead.obstacles if preview.ahead else [], many=True).data

    def get_reason_to_stay(self, preview: Preview) -> str:
        return preview.ahead.reason_to_stay if preview.ahead else ""


class EarlierSerializer(serializers.Serializer[Any]):
    """Approved bills that are not in QuickBooks and not on their way."""

    bills = serializers.IntegerField()
    amount = AmountField()


class SentEarlierSerializer(serializers.Serializer[Any]):
    sent = serializers.IntegerField()
