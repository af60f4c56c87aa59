"""Settings → Tax codes: what QuickBooks has, what is used here, and making one there by name (M78, M79, K9)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from budgets.reading import read_text
from integrations.connecting import current_connection
from integrations.freshness import as_of
from integrations.models import OPEN_STATES, Connection, Push, RunKind
from integrations.sync import find_active_run
from invoicing.tax_codes.creating import (
    KIND,
    LONGEST_NAME,
    PERCENT_PLACES,
    RateInput,
    TaxCodeInput,
    TaxCodeRefused,
    create_tax_code_in_quickbooks,
    why_not,
)
from invoicing.tax_codes.listing import tax_codes_of, write_percent
from invoicing.tax_codes.mirrored import (
    TaxLists,
    TaxModel,
    is_active,
    load_tax_lists,
    load_tax_prefs,
    tax_model_of,
)
from invoicing.tax_codes.reading import Side, percent_on
from ressio.access import admin_required
from ressio.http import CompanyRequest

MODELS = {
    TaxModel.UNKNOWN: "",
    TaxModel.NONE: "Invoices are not taxed.",
    TaxModel.US_AUTOMATED: "A line of an invoice is taxable (TAX) or not (NON).",
    TaxModel.US_GROUPS: "A line of an invoice is taxable (TAX) or not (NON). The company's tax group is taken of what "
    "is taxable.",
    TaxModel.CODES: "Every line of an invoice has one of these codes.",
}
SIDES = [(Side.SALES.value, "Sales"), (Side.PURCHASES.value, "Purchases")]


@require_safe
@admin_required
def list_tax_codes(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    context: dict[str, Any] = {"connection": connection, "query": request.GET.get("q", "").strip()}
    if connection is not None:
        context |= _describe(connection, context["query"])
    return render(request, "invoicing/tax_codes.html", context)


def _describe(connection: Connection, query: str) -> dict[str, Any]:
    codes = tax_codes_of(connection, on=timezone.localdate(), search=query)
    return {
        "codes": codes,
        "has_any": bool(codes) or bool(load_tax_lists(connection).codes),
        "as_of": as_of(connection, RunKind.LISTS),
        "active_run": find_active_run(connection),
        "model": MODELS[tax_model_of(connection, load_tax_prefs(connection))],
        "why_not": why_not(connection),
        "pushes": list(
            Push.objects.filter(connection=connection, kind=KIND, state__in=OPEN_STATES).order_by("pk")
        ),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def new_tax_code(request: CompanyRequest, company: str) -> HttpResponse:
    """`Create in QuickBooks`. Where it cannot be done the page says why, and has no button."""
    connection = current_connection(request.company)
    reason = why_not(connection)
    form = None
    if not reason and connection is not None:
        form = TaxCodeForm(request.POST or None, lists=load_tax_lists(connection))
        if form.is_valid() and _create(request, form):
            return redirect("settings-tax-codes", company=company)
    return render(request, "invoicing/tax_codes_new.html", {"form": form, "why_not": reason})


def _create(request: CompanyRequest, form: "TaxCodeForm") -> bool:
    try:
        push = create_tax_code_in_quickbooks(
            company=request.company, given=form.read(), member=request.member, now=timezone.now()
        )
    except TaxCodeRefused as refused:
        field = {"rate_id": "rate", "agency_id": "agency"}.get(refused.field, refused.field)
        form.add_error(field if field in form.fields else None, str(refused))
        return False
    messages.success(
        request, f"“{push.subject_label}” is on its way to QuickBooks. It is listed as soon as it is there."
    )
    return True


class TaxCodeForm(forms.Form):
    """One rate: a new one, or one that QuickBooks has."""

    name = forms.CharField(max_length=LONGEST_NAME, help_text="As it is picked on invoices, such as 20% VAT.")
    side = forms.ChoiceField(label="Used on", choices=SIDES)
    rate = forms.ChoiceField(label="Rate", required=False)
    rate_name = forms.CharField(label="Name of the new rate", max_length=LONGEST_NAME, required=False)
    percent = forms.DecimalField(
        label="Percentage of the new rate",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=PERCENT_PLACES,
        help_text="From 0 to 100. It cannot be changed afterwards: another percentage is another code.",
    )
    agency = forms.ChoiceField(label="Agency of the new rate", required=False)

    def __init__(self, *args: Any, lists: TaxLists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rate"].choices = [("", "A new rate"), *_rates(lists)]  # type: ignore[attr-defined]
        agencies = [(key, read_text(agency.get("DisplayName"))) for key, agency in lists.agencies.items()]
        self.fields["agency"].choices = [("", "Choose…"), *agencies]  # type: ignore[attr-defined]

    def always(self) -> list[forms.BoundField]:
        return [self["name"], self["side"]]

    def of_the_rate(self) -> list[forms.BoundField]:
        """An existing rate, or everything of a new one."""
        return [self[name] for name in ("rate", "rate_name", "percent", "agency")]

    def read(self) -> TaxCodeInput:
        given = self.cleaned_data
        side = Side(given["side"])
        if given["rate"]:
            return TaxCodeInput(given["name"], (RateInput(side, rate_id=given["rate"]),))
        rate = RateInput(side, name=given["rate_name"], percent=given["percent"], agency_id=given["agency"])
        return TaxCodeInput(given["name"], (rate,))


def _rates(lists: TaxLists) -> list[tuple[str, str]]:
    today = timezone.localdate()
    rates = [
        (key, f"{read_text(rate.get('Name'))} · {write_percent(percent_on(rate, today))}")
        for key, rate in lists.rates.items()
        if is_active(rate)
    ]
    return sorted(rates, key=lambda rate: rate[1].casefold())
