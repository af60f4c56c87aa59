"""Forms of the budget page and the Applied Actuals window."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from budgets.budget_lines import CannotSetBudget, read_amount
from budgets.lines import LineFilter, Order, Verdict
from budgets.models import BudgetLine, Kind
from budgets.verdicts import Reason
from ressio.csv_text import LARGEST_FILE, Unreadable, decode_upload
from ressio.models import CostCode, Project


class AmountField(forms.CharField):
    """An amount as people write it: `1,250.00`, `$1,250` or `(500)`."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return read_amount(super().clean(value))
        except CannotSetBudget as error:
            raise ValidationError(str(error)) from error


class BudgetLineForm(forms.Form):
    cost_code: "forms.ModelChoiceField[CostCode]" = forms.ModelChoiceField(
        CostCode.objects.none(), empty_label="Choose a cost code"
    )
    original_amount = AmountField(label="Original budget")
    approved_changes = AmountField(
        label="Approved changes", help_text="Change orders; minus for a reduction."
    )
    notes = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, project: Project, line: BudgetLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cost_code"]
        assert isinstance(field, forms.ModelChoiceField)
        if line:
            field.queryset = CostCode.objects.filter(pk=line.cost_code_id)
            field.disabled = True
            self.initial = {
                "cost_code": line.cost_code_id,
                "original_amount": line.original_amount,
                "approved_changes": line.approved_changes,
                "notes": line.notes,
                **self.initial,
            }
        else:
            taken = BudgetLine.objects.filter(project=project).values("cost_code")
            field.queryset = CostCode.objects.filter(is_active=True).exclude(pk__in=taken).order_by("name")


class ImportBudgetForm(forms.Form):
    text = forms.CharField(
        label="Paste from a spreadsheet",
        required=False,
        strip=False,
        max_length=LARGEST_FILE,
        widget=forms.Textarea(attrs={"class": "paste", "rows": 10, "spellcheck": "false"}),
        help_text="One row a cost code: cost code, original budget, approved changes, notes. A header row is fine.",
    )
    file = forms.FileField(label="Or choose a CSV file", required=False, help_text="At most 1 MB.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file:
            try:
                data["text"] = decode_upload(file)
            except Unreadable as error:
                raise ValidationError(str(error)) from error
        elif not (data.get("text") or "").strip():
            raise ValidationError("Paste some rows or choose a file.")
        return data


class LineFilterForm(forms.Form):
    """What the Applied Actuals window searches by. A value that makes no sense is a 400, not an empty list."""

    q = forms.CharField(required=False, max_length=200)
    verdict = forms.ChoiceField(
        required=False,
        choices=[("", "All lines"), (Verdict.COUNTED, "Counted"), (Verdict.EXCLUDED, "Left out")],
        label="Verdict",
    )
    reason = forms.ChoiceField(
        required=False, choices=[("", "Any reason"), *((each.code, each.title) for each in Reason)]
    )
    kind = forms.ChoiceField(required=False, choices=[("", "Every type"), *Kind.choices], label="Type")
    cost_code = forms.IntegerField(required=False, min_value=1)
    date_from = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    date_to = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))
    amount_from = forms.DecimalField(required=False, label="Amount from", decimal_places=2, max_digits=15)
    amount_to = forms.DecimalField(required=False, label="Amount to", decimal_places=2, max_digits=15)
    sort = forms.ChoiceField(
        required=False, choices=[(sign + each.value, each.value) for each in Order for sign in ("", "-")]
    )
    page = forms.IntegerField(required=False, min_value=1)

    def to_filter(self) -> LineFilter:
        data = self.cleaned_data
        return LineFilter(
            verdict=Verdict(data["verdict"]) if data["verdict"] else None,
            reason=Reason(data["reason"]) if data["reason"] else None,
            cost_code_id=data["cost_code"],
            kind=Kind(data["kind"]) if data["kind"] else None,
            date_from=data["date_from"],
            date_to=data["date_to"],
            amount_from=data["amount_from"],
            amount_to=data["amount_to"],
            text=data["q"],
        )
