"""Settings of the company: general, and what happened."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ressio.access import admin_required
from ressio.forms.people import CompanySettingsForm
from ressio.http import CompanyRequest
from ressio.models import Activity
from ressio.people.companies import update_company

GENERAL_FIELDS = ("name", "currency", "time_zone", "address", "phone")
ACTIVITIES_A_PAGE = 50


@require_safe
@admin_required
def show_settings(request: CompanyRequest, company: str) -> HttpResponse:
    return redirect("settings-general", company=company)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit_general(request: CompanyRequest, company: str) -> HttpResponse:
    initial = {name: getattr(request.company, name) for name in GENERAL_FIELDS}
    form = CompanySettingsForm(request.POST or None, initial=initial)
    if form.is_valid():
        update_company(company=request.company, actor=request.user, **form.cleaned_data)
        messages.success(request, "The company's settings are saved.")
        return redirect("settings-general", company=company)
    return render(request, "ressio/settings/general.html", {"form": form})


@require_safe
@admin_required
def list_activity(request: CompanyRequest, company: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    activities = Activity.objects.select_related("actor").order_by("-at", "-pk")
    for word in query.split():
        activities = activities.filter(
            Q(verb__icontains=word) | Q(subject_label__icontains=word) | Q(actor__name__icontains=word)
        )
    page = Paginator(activities, ACTIVITIES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "ressio/settings/activity.html", {"page": page, "query": query})
