"""How a cost line looks to programs.

It has no id of ours, as all lines of a document are replaced when the document changes: QuickBooks' entity,
document and line are what stays.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from budgets.api.reasons import VERDICTS, ReasonSerializer
from budgets.lines import CountedLine, Verdict
from budgets.models import BillableStatus, Kind
from ressio.api.fields import AmountField, ExactField, HoursField


class CostLineSerializer(serializers.Serializer[Any]):
    """Context: `cost_codes`, names by id."""

    entity = serializers.CharField(
        source="line.entity", help_text="Bill, Purchase, VendorCredit, TimeActivity."
    )
    document_id = serializers.CharField(
        source="line.document_ref", help_text="QuickBooks' id of the document."
    )
    line_id = serializers.CharField(source="line.line_ref", help_text="QuickBooks' id of the line within it.")
    kind = serializers.ChoiceField(Kind.choices, source="line.kind")
    kind_label = serializers.CharField()
    date = serializers.DateField(source="line.txn_date", allow_null=True)
    number = serializers.CharField(source="line.number")
    payee = serializers.CharField(source="line.payee_name")
    description = serializers.CharField(source="line.description")
    verdict = serializers.SerializerMethodField()
    reason = ReasonSerializer(allow_null=True, help_text="Why it is left out; empty when it counts.")
    amount = AmountField(
        help_text="What it is worth to the project, in the company's currency. Credits are negative."
    )
    tax = AmountField(
        source="line.tax_amount", help_text="Part of the amount only where the project counts tax as cost."
    )
    cost_code_id = serializers.IntegerField(
        allow_null=True, help_text="Linked to the product or service, also when the line is left out."
    )
    cost_code_name = serializers.SerializerMethodField()
    item_id = serializers.CharField(source="line.item_ref", help_text="Empty on a category line.")
    item_name = serializers.CharField()
    account_id = serializers.CharField(source="line.account_ref")
    account_name = serializers.CharField()
    customer_id = serializers.CharField(source="line.customer_ref")
    customer_name = serializers.CharField()
    billable_status = serializers.ChoiceField(BillableStatus.choices, source="line.billable_status")
    quantity = ExactField(source="line.quantity", allow_null=True)
    unit_price = ExactField(source="line.unit_price", allow_null=True)
    hours = HoursField(allow_null=True, help_text="Of time entries.")
    has_price = serializers.BooleanField(help_text="False for time without a rate: its amount is 0.00.")
    rate_mark = serializers.CharField(help_text="At which rate an hour was priced.")
    currency = serializers.CharField(source="line.currency", help_text="Of the document.")
    foreign_amount = serializers.DecimalField(
        source="line.foreign_amount",
        max_digits=20,
        decimal_places=5,
        allow_null=True,
        help_text="In the document's currency, where that is another one.",
    )
    quickbooks_url = serializers.CharField(help_text="The document in QuickBooks, or empty.")

    @extend_schema_field(serializers.ChoiceField(VERDICTS))
    def get_verdict(self, counted: CountedLine) -> str:
        return (Verdict.COUNTED if counted.is_counted else Verdict.EXCLUDED).value

    def get_cost_code_name(self, counted: CountedLine) -> str | None:
        names: dict[Any, str] = self.context["cost_codes"]
        return names.get(counted.cost_code_id)
