"""How an invoice looks to programs, and what they send to draft or change one."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from budgets.api.bill_serializers import FieldChangeSerializer, PushedSerializer
from budgets.models import Kind
from invoicing.invoices.words import is_overdue
from invoicing.models import (
    Invoice,
    InvoiceChange,
    InvoiceLine,
    InvoiceSection,
    InvoiceState,
    ProfitShown,
    SectionKind,
    TaxMode,
)
from ressio.api.fields import AmountField, ExactField, IdField


class PercentField(serializers.DecimalField):
    """A percentage with at most four decimals, such as `"12.5000"`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=9, decimal_places=4, **kwargs)


# What goes in ---------------------------------------------------------------------------------------------------------

OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}
TEXT: dict[str, Any] = {"required": False, "allow_blank": True}


class WriteInvoiceLine(serializers.Serializer[Any]):
    """`cost` alone; or `quantity` and `unit_price`, whose product is the cost; or neither, with `bills`: then the line
    costs what these costs count for now. The client pays cost + markup.
    """

    cost_code_id = IdField(**OPTIONAL, help_text="Null: the project's Default Invoice Code is used.")
    description = serializers.CharField(**TEXT, max_length=4000)
    quantity = ExactField(**OPTIONAL)
    unit_price = ExactField(**OPTIONAL)
    cost = AmountField(**OPTIONAL, help_text="Before markup.")
    markup_percent = PercentField(
        **OPTIONAL, help_text="Null: that of the cost code on this invoice, else of the invoice."
    )
    markup = AmountField(
        **OPTIONAL, help_text="The profit as an amount, instead. The percentage follows from it."
    )
    tax_code_id = serializers.CharField(
        **TEXT, max_length=40, help_text="Of `tax-codes`; in the US `TAX` or `NON`. Empty: no tax."
    )
    bills = serializers.ListField(
        child=serializers.CharField(max_length=140),
        required=False,
        help_text="The `key` of each of the uninvoiced costs that this line bills.",
    )


class WriteInvoiceSection(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(SectionKind.choices, default=SectionKind.AMOUNT)
    title = serializers.CharField(**TEXT, max_length=200)
    lines = WriteInvoiceLine(many=True, required=False)


class CodeMarkupSerializer(serializers.Serializer[Any]):
    cost_code_id = IdField()
    percent = PercentField()


class WriteInvoice(serializers.Serializer[Any]):
    number = serializers.CharField(
        **TEXT, max_length=100, help_text="At most 21 characters. Empty: given at the release."
    )
    client_name = serializers.CharField(
        **TEXT, max_length=200, help_text="Empty in a new one: the project's."
    )
    client_email = serializers.CharField(**TEXT, max_length=254)
    client_address = serializers.CharField(**TEXT, max_length=1000)
    issued_on = serializers.DateField(**OPTIONAL)
    due_on = serializers.DateField(**OPTIONAL)
    terms = serializers.CharField(**TEXT, max_length=100)
    memo = serializers.CharField(**TEXT, max_length=1000, help_text="The client reads it.")
    internal_notes = serializers.CharField(**TEXT, help_text="Never leaves Ressio.")
    tax_mode = serializers.ChoiceField(TaxMode.choices, required=False)
    discount_percent = PercentField(**OPTIONAL)
    discount_amount = AmountField(**OPTIONAL, help_text="Instead of a percentage.")
    tax_after_discount = serializers.BooleanField(required=False)
    profit_shown = serializers.ChoiceField(ProfitShown.choices, required=False)
    markup_percent = PercentField(
        **OPTIONAL, help_text="For lines that neither themselves nor their code have one."
    )
    code_markups = CodeMarkupSerializer(many=True, required=False)
    actuals_until = serializers.DateField(**OPTIONAL, help_text="Costs up to this day were looked through.")
    sections = WriteInvoiceSection(
        many=True, required=False, help_text="All of them with all their lines: they replace those before."
    )


class ChangeInvoice(WriteInvoice):
    version = serializers.CharField(
        **TEXT, help_text="The `version` that the change was made from. Somebody changed it meanwhile: 409."
    )


# What comes out -------------------------------------------------------------------------------------------------------


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """Context: `pushes`, by the invoice's id as text."""

    state = serializers.ChoiceField(InvoiceState.choices)
    state_label = serializers.CharField(source="get_state_display")
    is_overdue = serializers.SerializerMethodField()
    project_id = serializers.IntegerField()
    project_name = serializers.CharField(source="project.name")
    subtotal = AmountField(help_text="Net of tax.")
    discount = AmountField()
    tax = AmountField()
    predicted_total = AmountField(source="total", help_text="What QuickBooks will compute, worked out here.")
    tax_is_estimate = serializers.BooleanField(help_text="QuickBooks' automated sales tax decides.")
    quickbooks_total = AmountField(allow_null=True, help_text="What QuickBooks computed, once it is there.")
    total = AmountField(
        source="amount_due", help_text="QuickBooks' total once it is there, else the predicted one."
    )
    paid = AmountField()
    outstanding = AmountField(help_text="0.00 for a draft, and for one that is void or deleted.")
    quickbooks_id = serializers.CharField(help_text="Empty while QuickBooks does not have it.")
    has_conflicts = serializers.SerializerMethodField()
    push = serializers.SerializerMethodField()

    class Meta:
        model = Invoice
        fields = [
            *(
                "id",
                "state",
                "state_label",
                "is_overdue",
                "project_id",
                "project_name",
                "number",
                "client_name",
            ),
            *("issued_on", "due_on", "currency", "subtotal", "discount", "tax", "predicted_total"),
            *("tax_is_estimate", "quickbooks_total", "total", "paid", "outstanding", "paid_on"),
            *("quickbooks_id", "has_conflicts", "created_at", "released_at", "push"),
        ]
        read_only_fields = fields

    def get_is_overdue(self, invoice: Invoice) -> bool:
        return is_overdue(invoice, timezone.localdate())

    def get_has_conflicts(self, invoice: Invoice) -> bool:
        return bool(invoice.conflicts)

    @extend_schema_field(PushedSerializer(allow_null=True))
    def get_push(self, invoice: Invoice) -> Any:
        push = self.context["pushes"].get(str(invoice.pk))
        return PushedSerializer(push).data if push else None


class BilledCostSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    said = serializers.CharField(help_text="Vendor, number and date, when it was billed.")
    amount = AmountField(help_text="What it counted for when it was billed.")


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    """Context: `billed`, by the line's id."""

    cost_code_id = serializers.IntegerField(allow_null=True)
    cost_code_name = serializers.CharField(source="cost_code.name", default=None, allow_null=True)
    quantity = ExactField(allow_null=True)
    unit_price = ExactField(allow_null=True)
    cost = AmountField()
    markup_percent = PercentField(allow_null=True, help_text="The line's own.")
    markup = AmountField(help_text="Builder profit on this line.")
    amount = AmountField(help_text="Cost + markup: what the client pays for it.")
    tax_code_id = serializers.CharField(source="tax_code_ref")
    quickbooks_line_id = serializers.CharField(source="line_ref", help_text="Empty while it is not there.")
    billed_costs = serializers.SerializerMethodField()

    class Meta:
        model = InvoiceLine
        fields = [
            *("position", "cost_code_id", "cost_code_name", "is_default_code", "description", "quantity"),
            *("unit_price", "cost", "markup_percent", "markup", "markup_is_amount", "amount", "tax_code_id"),
            *("quickbooks_line_id", "billed_costs"),
        ]
        read_only_fields = fields

    @extend_schema_field(BilledCostSerializer(many=True))
    def get_billed_costs(self, line: InvoiceLine) -> Any:
        return BilledCostSerializer(self.context["billed"].get(line.pk, []), many=True).data


class InvoiceSectionSerializer(serializers.ModelSerializer[InvoiceSection]):
    kind = serializers.ChoiceField(SectionKind.choices)
    lines = serializers.SerializerMethodField()

    class Meta:
        model = InvoiceSection
        fields = ["kind", "title", "lines"]
        read_only_fields = fields

    @extend_schema_field(InvoiceLineSerializer(many=True))
    def get_lines(self, section: InvoiceSection) -> Any:
        return InvoiceLineSerializer(section.lines.all(), many=True, context=self.context).data


class TaxLineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    percent = serializers.CharField()
    net = AmountField()
    tax = AmountField()


class ChangedCostSerializer(serializers.Serializer[Any]):
    """A cost on the invoice that is another now than when it was billed."""

    position = serializers.IntegerField(source="line.position")
    key = serializers.CharField()
    said = serializers.CharField()
    then = AmountField()
    now = AmountField(allow_null=True, help_text="Null: it counts no longer.")
    why = serializers.CharField(help_text="Why it counts no longer, or which invoice bills it as well.")


class InvoiceChangeSerializer(serializers.ModelSerializer[InvoiceChange]):
    fields_changed = serializers.SerializerMethodField()

    class Meta:
        model = InvoiceChange
        fields = ["at", "what", "fields_changed"]
        read_only_fields = fields

    @extend_schema_field(FieldChangeSerializer(many=True))
    def get_fields_changed(self, change: InvoiceChange) -> Any:
        return [dict(zip(("label", "before", "after"), each, strict=True)) for each in change.fields]


class InvoiceDetailSerializer(InvoiceSerializer):
    """Context besides: `billed`, `changed_costs`, `client_link`, `version`, `quickbooks_url`."""

    tax_mode = serializers.ChoiceField(TaxMode.choices)
    profit_shown = serializers.ChoiceField(ProfitShown.choices)
    discount_percent = PercentField(allow_null=True)
    discount_amount = AmountField(allow_null=True)
    markup_percent = PercentField(allow_null=True)
    code_markups = serializers.SerializerMethodField()
    tax_lines = serializers.SerializerMethodField()
    sections = InvoiceSectionSerializer(many=True)
    changed_costs = serializers.SerializerMethodField(help_text="Costs that changed since they were billed.")
    changes = InvoiceChangeSerializer(many=True, help_text="What happened to it in QuickBooks, newest first.")
    version = serializers.SerializerMethodField(help_text="Changes with everything that people enter.")
    client_link = serializers.SerializerMethodField(
        help_text="Whoever has it sees the invoice without a sign-in; empty for a draft."
    )
    quickbooks_url = serializers.SerializerMethodField(help_text="The invoice in QuickBooks, or empty.")
    created_by = serializers.CharField(source="created_by.name", default=None, allow_null=True)
    released_by = serializers.CharField(source="released_by.name", default=None, allow_null=True)

    class Meta(InvoiceSerializer.Meta):
        fields = [
            *InvoiceSerializer.Meta.fields,
            *("client_email", "client_address", "terms", "memo", "internal_notes", "tax_mode", "tax_lines"),
            *("discount_percent", "discount_amount", "tax_after_discount", "profit_shown", "markup_percent"),
            *("code_markups", "actuals_until", "created_by", "released_by", "voided_at", "gone_at"),
            *("client_link", "quickbooks_url", "version", "sections", "changed_costs", "changes"),
        ]
        read_only_fields = fields

    @extend_schema_field(CodeMarkupSerializer(many=True))
    def get_code_markups(self, invoice: Invoice) -> Any:
        rows = [
            {"cost_code_id": int(code), "percent": percent} for code, percent in invoice.code_markups.items()
        ]
        return CodeMarkupSerializer(rows, many=True).data

    @extend_schema_field(TaxLineSerializer(many=True))
    def get_tax_lines(self, invoice: Invoice) -> Any:
        names = ("name", "percent", "net", "tax")
        rows = [dict(zip(names, each, strict=True)) for each in invoice.tax_lines]
        return TaxLineSerializer(rows, many=True).data

    @extend_schema_field(ChangedCostSerializer(many=True))
    def get_changed_costs(self, invoice: Invoice) -> Any:
        return ChangedCostSerializer(self.context["changed_costs"], many=True).data

    def get_version(self, invoice: Invoice) -> str:
        return str(self.context["version"])

    def get_client_link(self, invoice: Invoice) -> str:
        return str(self.context["client_link"])

    def get_quickbooks_url(self, invoice: Invoice) -> str:
        return str(self.context["quickbooks_url"])


class UninvoicedCostSerializer(serializers.Serializer[Any]):
    """A cost line that counts and stands on no invoice."""

    key = serializers.CharField(help_text="To be named in `bills` of an invoice's line.")
    day = serializers.DateField(allow_null=True)
    vendor = serializers.CharField(help_text="Or payee, or worker.")
    number = serializers.CharField()
    description = serializers.CharField()
    cost_code_id = serializers.IntegerField(source="cost_code.pk", default=None, allow_null=True)
    cost_code_name = serializers.CharField(source="cost_code.name", default=None, allow_null=True)
    kind = serializers.ChoiceField(Kind.choices)
    quantity = ExactField(allow_null=True, help_text="Hours for time.")
    unit_price = ExactField(allow_null=True, help_text="Only where quantity × price is the amount.")
    amount = AmountField(help_text="What it counts for; negative for credits.")
    is_billed_there = serializers.BooleanField(help_text="QuickBooks says that it was billed already.")


class SummarySerializer(serializers.Serializer[Any]):
    """In the company's currency."""

    invoiced = AmountField(help_text="Without drafts, and without what is void or deleted.")
    collected = AmountField()
    outstanding = AmountField()
    overdue = AmountField(help_text="Part of what is outstanding.")
    drafts = AmountField(help_text="What drafts come to; part of nothing else.")
