"""The rates on a team member's page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from ressio.access import admin_required
from ressio.forms.settings import MemberForm, RateForm
from ressio.http import CompanyRequest
from ressio.models import MemberRate
from ressio.people.rates import RateExists, add_rate, remove_rate, update_rate
from ressio.views.team import MEMBER_FIELDS, get_member, go_to_member, render_member

FIELDS = ("shift_type", "starts_on", "cost_rate", "billable_rate", "is_default")


@require_POST
@admin_required
def add(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    member = get_member(member_id)
    form = RateForm(request.POST, auto_id="rate_%s")
    if form.is_valid():
        try:
            add_rate(member=member, actor=request.user, **form.cleaned_data)
            messages.success(request, "The rate is added.")
            return go_to_member(request, member)
        except RateExists as exists:
            form.add_error("starts_on", str(exists))
    details = MemberForm(initial={name: getattr(member, name) for name in MEMBER_FIELDS})
    return render_member(request, member, form=details, rate_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit(request: CompanyRequest, company: str, member_id: int, rate_id: int) -> HttpResponse:
    member = get_member(member_id)
    rate: MemberRate = get_object_or_404(MemberRate.objects.filter(team_member=member), pk=rate_id)
    form = RateForm(request.POST or None, initial={name: getattr(rate, name) for name in FIELDS})
    if form.is_valid():
        try:
            update_rate(rate=rate, actor=request.user, **form.cleaned_data)
            messages.success(request, "The rate is saved.")
            return go_to_member(request, member)
        except RateExists as exists:
            form.add_error("starts_on", str(exists))
    return render(request, "ressio/settings/rate.html", {"person": member, "rate": rate, "form": form})


@require_POST
@admin_required
def remove(request: CompanyRequest, company: str, member_id: int, rate_id: int) -> HttpResponse:
    member = get_member(member_id)
    rate: MemberRate = get_object_or_404(MemberRate.objects.filter(team_member=member), pk=rate_id)
    remove_rate(rate=rate, actor=request.user)
    messages.success(request, "The rate is removed.")
    return go_to_member(request, member)
