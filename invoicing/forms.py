"""Forms of the invoices' pages: what people type, read into what the verbs take. What is allowed, the verbs know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from budgets.bill_forms import LinkedChoices, NumberField
from invoicing.invoices.checking import ADDRESS_LENGTH, MEMO_LENGTH, NUMBER_LENGTH
from invoicing.invoices.inputs import InvoiceInput, SectionInput
from invoicing.invoices.listing import ORDERS, Group, InvoiceFilter
from invoicing.models import Invoice, ProfitShown, TaxMode
from invoicing.tax_codes.setting import NOT_TAXABLE
from ressio.access import projects_for
from ressio.models import CostCode, Project, TeamMember

HEAD = (
    *("number", "client_name", "client_email", "client_address", "issued_on", "due_on", "terms", "memo"),
    *("internal_notes", "tax_mode", "discount_percent", "discount_amount", "tax_after_discount"),
    *("profit_shown", "markup_percent", "actuals_until"),
)
MARKUP_ROWS = 2


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class InvoiceFilterForm(forms.Form):
    """A value that makes no sense is a 400, not an empty list."""

    q = forms.CharField(required=False, max_length=200)
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="Every project"
    )
    status = forms.ChoiceField(required=False, choices=[("", "Every state"), *Group.choices])
    sort = forms.ChoiceField(
        required=False, choices=[(sign + key, key) for key in ORDERS for sign in ("", "-")]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def __init__(self, *args: Any, member: TeamMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["project"].queryset = projects_for(member).order_by("name")

    def to_filter(self, project: Project | None) -> InvoiceFilter:
        data = self.cleaned_data
        return InvoiceFilter(project or data["project"], data["status"], data["q"])


class InvoiceForm(forms.Form):
    """Everything but sections and lines."""

    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        Project.objects.none(), empty_label="Choose a project"
    )
    number = forms.CharField(
        label="Number",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-count-to": NUMBER_LENGTH}),
        help_text=f"Up to {NUMBER_LENGTH} characters. Left empty, it is given at the release.",
    )
    client_name = forms.CharField(label="Client", required=False, max_length=200)
    client_email = forms.EmailField(label="Client’s e-mail", required=False)
    client_address = forms.CharField(
        label="Client’s address",
        required=False,
        max_length=ADDRESS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    issued_on = _day("Date")
    due_on = _day("Due date", "Left empty, it follows terms such as “Net 30” at the release.")
    terms = forms.CharField(
        required=False, max_length=100, widget=forms.TextInput(attrs={"placeholder": "Net 30"})
    )
    memo = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MEMO_LENGTH}),
        help_text="The client reads it.",
    )
    internal_notes = forms.CharField(
        label="Internal notes",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stay in Ressio.",
    )
    markup_percent = NumberField(label="Markup of the invoice, %")
    profit_shown = forms.ChoiceField(label="The client sees the profit", choices=ProfitShown.choices)
    discount_percent = NumberField(label="Discount, %")
    discount_amount = NumberField(label="Discount, amount")
    tax_after_discount = forms.BooleanField(label="Tax is taken of the discounted amount", required=False)
    tax_of_lines = forms.ChoiceField(label="Tax of lines without one", required=False)
    tax_mode = forms.ChoiceField(label="Prices and tax", choices=TaxMode.choices, required=False)
    actuals_until = _day("Costs up to")

    def __init__(
        self,
        *args: Any,
        member: TeamMember,
        invoice: Invoice | None = None,
        has_tax_modes: bool = False,
        taxes: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        own = Q(pk=invoice.project_id) if invoice else Q(pk=None)
        fields["project"].queryset = (
            projects_for(member).filter(Q(is_archived=False) | own).distinct().order_by("name")
        )
        if invoice:
            # Its costs are that project's, and so is the customer it goes to.
            fields["project"].disabled = True
        none = dict(taxes).get(NOT_TAXABLE, "No tax code")
        fields["tax_of_lines"].choices = [("", none), *(each for each in taxes if each[0] != NOT_TAXABLE)]
        if not taxes:
            del fields["tax_of_lines"]
        if not has_tax_modes:
            del fields["tax_mode"]

    def to_input(
        self, sections: tuple[SectionInput, ...], code_markups: Mapping[int, Decimal]
    ) -> InvoiceInput:
        """Of what could be read; a field that is wrong counts as empty."""
        data = self.cleaned_data
        values = {name: data[name] for name in HEAD if data.get(name) is not None}
        values["tax_mode"] = data.get("tax_mode") or TaxMode.EXCLUDED
        values["profit_shown"] = data.get("profit_shown") or ProfitShown.WITHIN
        taxed = tuple(_with_tax(section, data.get("tax_of_lines") or "") for section in sections)
        return InvoiceInput(**values, code_markups=dict(code_markups), sections=taxed)


def _with_tax(section: SectionInput, tax_code_ref: str) -> SectionInput:
    lines = (replace(line, tax_code_ref=line.tax_code_ref or tax_code_ref) for line in section.lines)
    return replace(section, lines=tuple(lines))


def initial_of(invoice: Invoice) -> dict[str, Any]:
    values = {name: getattr(invoice, name) for name in HEAD}
    values["markup_percent"] = plain(invoice.markup_percent)
    values["discount_percent"] = plain(invoice.discount_percent)
    return values | {"project": invoice.project_id}


def plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


class MarkupForm(forms.Form):
    """The markup of one cost code on this invoice."""

    cost_code = LinkedChoices(CostCode.objects.none(), required=False, empty_label="Choose a cost code")
    percent = NumberField(label="Markup, %")

    def __init__(self, *args: Any, codes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False
        codes.put_into(self.fields["cost_code"], empty_label="Choose a cost code")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if (data.get("cost_code") is None) != (data.get("percent") is None) and not self.errors:
            raise forms.ValidationError("Give the cost code and its markup together.")
        return data


def read_markups(markups: Any) -> dict[int, Decimal]:
    rows = [form.cleaned_data for form in markups.forms if not form.errors]
    return {row["cost_code"].pk: row["percent"] for row in rows if row.get("cost_code")}
