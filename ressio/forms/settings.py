"""Forms of Settings."""

from typing import Any

from django import forms

from ressio.csv_text import Unreadable, decode_upload
from ressio.models import Role

ROLES_IN_WORDS = (
    "Admin: every project, settings, money. Team Member: assigned projects with their money. "
    "Field: assigned projects without money."
)


class CostCodeForm(forms.Form):
    name = forms.CharField(
        max_length=120, help_text="Usually a number and a name, such as 4010 Framing lumber."
    )
    category = forms.CharField(max_length=100, required=False, help_text="Groups cost codes on the budget.")
    description = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    sku = forms.CharField(label="SKU", max_length=100, required=False)


class ManyCostCodesForm(forms.Form):
    """Pasted rows or a CSV file; exactly one of them."""

    pasted = forms.CharField(
        label="Paste rows from a spreadsheet",
        required=False,
        max_length=1_000_000,
        strip=False,
        help_text=(
            "One cost code a line: name, category, description, SKU. "
            "A first line with these words may set another order."
        ),
        widget=forms.Textarea(attrs={"class": "paste", "spellcheck": "false"}),
    )
    upload = forms.FileField(
        label="Or a CSV file",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pasted, upload = cleaned.get("pasted", ""), cleaned.get("upload")
        if bool(pasted.strip()) == bool(upload):
            raise forms.ValidationError("Paste rows, or choose a file: one of the two.")
        try:
            cleaned["text"] = decode_upload(upload) if upload else pasted
        except Unreadable as unreadable:
            self.add_error("upload", str(unreadable))
        return cleaned


class VendorForm(forms.Form):
    name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))


class MemberForm(forms.Form):
    name = forms.CharField(max_length=150)
    role = forms.ChoiceField(
        choices=Role,
        help_text=ROLES_IN_WORDS,
    )
    can_create_bills = forms.BooleanField(label="May create bills (Team Member)", required=False)
    can_edit_own_time = forms.BooleanField(
        label="May edit their own time entries (Team Member and Field)", required=False
    )


class InviteForm(MemberForm):
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(choices=Role, initial=Role.TEAM_MEMBER, help_text=ROLES_IN_WORDS)

    field_order = ["name", "email", "role", "can_create_bills", "can_edit_own_time"]


class NewLinkForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)


def rate_field(label: str, help_text: str) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        widget=widget,
    )


class RateForm(forms.Form):
    shift_type = forms.CharField(
        max_length=60,
        initial="Standard",
        help_text="The name of the rate: Standard, Overtime, Paid time off…",
    )
    starts_on = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    cost_rate = rate_field("Cost per hour", "What an hour costs you: wage and burden.")
    billable_rate = rate_field("Billable per hour", "What the client pays for an hour.")
    is_default = forms.BooleanField(
        label="Use for time that names no shift type", required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cost_rate") is None and cleaned.get("billable_rate") is None and not self.errors:
            raise forms.ValidationError("Give a cost or a billable rate, or both.")
        return cleaned
