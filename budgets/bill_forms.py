"""Forms of the bills' pages: what people type, read into what the verbs take. What is allowed, the verbs know."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import ModelChoiceIterator

from budgets.bills.changing import as_given
from budgets.bills.drafting import MEMO_LENGTH, BillInput, LineInput
from budgets.bills.errors import BillRefused
from budgets.bills.listing import ORDERS, STATUSES, BillFilter
from budgets.bills.numbers import MAX_NUMBER_LENGTH
from budgets.models import Bill
from integrations.models import Connection, CostCodeLink, VendorLink
from ressio.access import projects_for
from ressio.models import CostCode, Project, TeamMember, Vendor

EMPTY_ROWS = 3
MORE_ROWS = 5
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?|[+-]?\.\d+")
HEAD = ("project", "vendor", "number", "issued_on", "due_on", "description", "internal_notes")


class BillFilterForm(forms.Form):
    """A value that makes no sense is a 400, not an empty list."""

    q = forms.CharField(required=False, max_length=200)
    vendor: "forms.ModelChoiceField[Vendor]" = forms.ModelChoiceField(
        Vendor.objects.none(), required=False, empty_label="Every vendor"
    )
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="Every project"
    )
    status = forms.ChoiceField(required=False, choices=[("", "Every status"), *STATUSES])
    sort = forms.ChoiceField(
        required=False, choices=[(sign + key, key) for key in ORDERS for sign in ("", "-")]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def __init__(self, *args: Any, member: TeamMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["vendor"].queryset = Vendor.objects.order_by("name")
        fields["project"].queryset = projects_for(member).order_by("name")

    def to_filter(self, project: Project | None) -> BillFilter:
        data = self.cleaned_data
        return BillFilter(project or data["project"], data["vendor"], data["status"], data["q"])


class NumberField(forms.CharField):
    """A number as people write it: `1,250.00` or `$12.345`; empty is none."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).translate({0x2212: "-", ord("$"): None, ord(" "): None, 0xA0: None})
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise ValidationError(f"“{value}” is not a number.")
        return Decimal(text.replace(",", ""))


class LinkedChoices(forms.ModelChoiceField):
    """Says at each choice that it is not linked to QuickBooks yet, where that matters."""

    linked: frozenset[int] | None = None

    def label_from_instance(self, obj: Any) -> str:
        words = [obj.name]
        if not obj.is_active:
            words.append("inactive")
        if self.linked is not None and obj.pk not in self.linked:
            words.append("not linked to QuickBooks")
        return " · ".join(words)


class BillForm(forms.Form):
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        Project.objects.none(), empty_label="Choose a project"
    )
    vendor = LinkedChoices(Vendor.objects.none(), empty_label="Choose a vendor")
    number = forms.CharField(
        label="Number",
        max_length=200,
        error_messages={"required": "Enter the vendor's number of the bill."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-count-to": MAX_NUMBER_LENGTH}),
        help_text=f"The vendor’s own number of the bill, under {MAX_NUMBER_LENGTH + 1} characters.",
    )
    issued_on = forms.DateField(
        label="Issued on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    due_on = forms.DateField(
        label="Due date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MEMO_LENGTH}),
        help_text="Goes to QuickBooks as the memo.",
    )
    internal_notes = forms.CharField(
        label="Internal notes",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stay in Ressio.",
    )

    def __init__(
        self,
        *args: Any,
        member: TeamMember,
        connection: Connection | None,
        bill: Bill | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        own = Q(pk=bill.project_id) if bill else Q()
        fields["project"].queryset = (
            projects_for(member).filter(Q(is_archived=False) | own).order_by("name")
            if bill
            else projects_for(member).filter(is_archived=False).order_by("name")
        )
        kept = Q(pk=bill.vendor_id) if bill else Q(pk=None)
        fields["vendor"].queryset = Vendor.objects.filter(Q(is_active=True) | kept).order_by("name")
        fields["vendor"].linked = _linked(VendorLink, "vendor_id", connection)
        if bill and not bill.is_open:
            # What is in QuickBooks stays with its project: its lines name that customer.
            fields["project"].disabled = True


class LineForm(forms.Form):
    cost_code = LinkedChoices(
        CostCode.objects.none(), required=False, empty_label="Default billing cost code"
    )
    description = forms.CharField(required=False, max_length=MEMO_LENGTH)
    quantity = NumberField()
    unit_price = NumberField(label="Unit price")
    amount = NumberField()
    is_billable = forms.BooleanField(required=False, label="Billable")
    line_ref = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: Any, linked: frozenset[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Else a row that was left as it stood would come back empty.
        self.empty_permitted = False
        field: Any = self.fields["cost_code"]
        field.empty_label = codes.empty_label
        field.queryset, field.linked = codes.queryset, linked
        field.choices = codes.choices

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: the row is no line."""
        data = self.cleaned_data
        texts = (data.get("cost_code"), data.get("description"), data.get("line_ref"))
        numbers = (data.get("quantity"), data.get("unit_price"), data.get("amount"))
        return not any(texts) and all(number is None for number in numbers)

    def to_line(self) -> LineInput:
        names = ("cost_code", "description", "quantity", "unit_price", "amount", "is_billable", "line_ref")
        return LineInput(**{name: self.cleaned_data[name] for name in names})


class BaseLines(forms.BaseFormSet[LineForm]):
    @property
    def kept(self) -> list[LineForm]:
        """Rows that are lines: neither empty nor removed."""
        return [form for form in self.forms if not self._is_removed(form) and not form.is_blank]

    def _is_removed(self, form: LineForm) -> bool:
        return bool(form.cleaned_data.get("DELETE"))


class _Choices:
    """The cost codes, read once for all rows."""

    def __init__(self, bill: Bill | None, linked: frozenset[int] | None) -> None:
        kept = Q(bill_lines__bill=bill) if bill else Q(pk=None)
        self.queryset = CostCode.objects.filter(Q(is_active=True) | kept).distinct().order_by("name")
        self.empty_label = "No cost code" if bill and bill.is_sent else "Default billing cost code"
        field = LinkedChoices(self.queryset, required=False, empty_label=self.empty_label)
        field.linked = linked
        self.choices = list(ModelChoiceIterator(field))


def make_lines(
    data: Mapping[str, Any] | None, *, bill: Bill | None, connection: Connection | None
) -> "forms.BaseFormSet[LineForm]":
    """The rows of the form: those of the bill and some empty ones."""
    linked = _linked(CostCodeLink, "cost_code_id", connection)
    factory = forms.formset_factory(
        LineForm, formset=BaseLines, extra=EMPTY_ROWS, can_delete=True, max_num=250, absolute_max=250
    )
    initial = [_initial(line) for line in bill.lines.select_related("cost_code")] if bill else []
    return factory(
        data,
        prefix="lines",
        initial=initial or None,
        form_kwargs={"codes": _Choices(bill, linked), "linked": linked},
    )


def _initial(line: Any) -> dict[str, Any]:
    given = as_given(line)
    return {
        "cost_code": line.cost_code_id if not line.is_default_code or line.bill.is_sent else None,
        "description": given.description,
        "quantity": _plain(given.quantity),
        "unit_price": _plain(given.unit_price),
        "amount": given.amount,
        "is_billable": given.is_billable,
        "line_ref": given.line_ref,
    }


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def initial_of(bill: Bill) -> dict[str, Any]:
    return {name: getattr(bill, f"{name}_id" if name in ("project", "vendor") else name) for name in HEAD}


def read_input(form: BillForm, lines: Any) -> BillInput:
    """Of a form that is valid."""
    data = form.cleaned_data
    return BillInput(
        vendor=data["vendor"],
        number=data["number"],
        issued_on=data["issued_on"],
        due_on=data["due_on"],
        description=data["description"],
        internal_notes=data["internal_notes"],
        lines=[row.to_line() for row in lines.kept],
    )


def put_beside(form: BillForm, lines: Any, refused: BillRefused) -> None:
    """Show a verb's refusal beside the field or the row that it is about."""
    rows = lines.kept
    if refused.line is not None and refused.line <= len(rows):
        rows[refused.line - 1].add_error(None, str(refused))
    elif refused.field in form.fields:
        form.add_error(refused.field, str(refused))
    else:
        form.add_error(None, str(refused))


def _linked(model: Any, name: str, connection: Connection | None) -> frozenset[int] | None:
    """None before there is a connection: then nothing of QuickBooks is mentioned (M3)."""
    if connection is None:
        return None
    return frozenset(model.objects.filter(connection=connection).values_list(name, flat=True))
