"""Settings → Cost codes → Time clock: many at once, as in R38."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.models import ClockShown, CostCode
from timeclock.code_settings import set_shown
from timeclock.forms import ShownForm


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def choose_shown(request: CompanyRequest, company: str) -> HttpResponse:
    form = ShownForm(request.POST or None)
    if form.is_valid():
        shown = ClockShown(form.cleaned_data["shown"])
        codes = form.cleaned_data["code"].select_related("company")
        count = set_shown(codes=codes, shown=shown, actor=request.user)
        words = f"{count} cost code{'s' if count != 1 else ''}"
        messages.success(request, f"{words} changed to “{shown.label}”.")
        return redirect("cost-codes-time-clock", company=company)
    context = {
        "codes": CostCode.objects.filter(is_active=True).order_by("name", "pk"),
        "choices": ClockShown.choices,
        "error": next((str(error) for errors in form.errors.values() for error in errors), ""),
    }
    return render(request, "timeclock/codes.html", context, status=400 if form.is_bound else 200)
