"""Forms for pages outside a company, and for a person's own account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password

from ressio.forms.places import CURRENCIES, TIME_ZONES
from ressio.models import User


def email_field(**kwargs: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"})
    return forms.EmailField(label="E-mail", widget=widget, max_length=254, **kwargs)


def password_field(label: str, *, autocomplete: str, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=1024, **kwargs)


class SignInForm(forms.Form):
    email = email_field()
    password = password_field("Password", autocomplete="current-password")


class AskResetForm(forms.Form):
    email = email_field()


class NewPersonForm(forms.Form):
    """Name and password of somebody who has no account yet. The e-mail is given, or a field of a subclass."""

    name = forms.CharField(
        label="Your name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = password_field(
        "Password", autocomplete="new-password", help_text=password_validators_help_text_html
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            self.check_password(cleaned)
        return cleaned

    def check_password(self, cleaned: dict[str, Any]) -> None:
        person = User(email=cleaned.get("email", self.known_email), name=cleaned.get("name", ""))
        try:
            validate_password(cleaned["password"], person)
        except forms.ValidationError as error:
            self.add_error("password", error)


class CompanyForm(forms.Form):
    name = forms.CharField(label="Company name", max_length=200)
    currency = forms.ChoiceField(label="Home currency", choices=CURRENCIES, initial="USD")
    time_zone = forms.ChoiceField(label="Time zone", choices=TIME_ZONES, initial="America/New_York")


class CompanySettingsForm(CompanyForm):
    """With what stands on the paper that clients get."""

    address = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        help_text="On invoices to clients, below the company’s name.",
    )
    phone = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )

    def clean_address(self) -> str:
        """Browsers send lines with CRLF; kept as they are, a save that changed nothing would look like a change."""
        return str(self.cleaned_data["address"]).replace("\r\n", "\n")


class StartCompanyForm(CompanyForm):
    """For somebody who is signed in."""


class StartCompanyWithAccountForm(NewPersonForm):
    """For somebody new: the account and the company in one go."""

    company_name = forms.CharField(label="Company name", max_length=200)
    email = email_field()
    currency = forms.ChoiceField(label="Home currency", choices=CURRENCIES, initial="USD")
    time_zone = forms.ChoiceField(label="Time zone", choices=TIME_ZONES, initial="America/New_York")

    field_order = ["company_name", "currency", "time_zone", "name", "email", "password"]


class ProfileForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=150)


class ApiTokenForm(forms.Form):
    name = forms.CharField(label="What is it for?", max_length=100)
