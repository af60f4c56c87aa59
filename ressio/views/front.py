"""The way in: the right start page, choosing among several companies, starting one."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ressio.access import member_required, memberships_of
from ressio.forms.people import StartCompanyForm, StartCompanyWithAccountForm
from ressio.http import CompanyRequest
from ressio.models import TeamMember, User
from ressio.people import throttle
from ressio.people.companies import AccountExists, create_account, start_company
from ressio.views.places import company_url

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_safe
@login_required
def show_front(request: HttpRequest) -> HttpResponse:
    """Straight to the company of somebody who has one; to a choice otherwise."""
    places = memberships_of(_signed_in(request))
    if len(places) == 1:
        return redirect("projects", company=places[0].company.slug)
    return render(request, "ressio/people/choose_company.html", {"places": places})


@require_safe
@member_required
def show_company(request: CompanyRequest, company: str) -> HttpResponse:
    return redirect("projects", company=company)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def start(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return start_signed_in(request)
    return start_as_new_person(request)


def start_signed_in(request: HttpRequest) -> HttpResponse:
    form = StartCompanyForm(request.POST or None)
    if form.is_valid():
        member = start_company(user=_signed_in(request), **form.cleaned_data)
        return redirect(company_url("projects", member.company))
    return render(request, "ressio/people/start_company.html", {"form": form})


def start_as_new_person(request: HttpRequest) -> HttpResponse:
    form = StartCompanyWithAccountForm(request.POST or None)
    if request.method == "POST" and not _may_try(request):
        form.add_error(None, "Too many attempts. Please wait 15 minutes.")
        return render(request, "ressio/people/start_company.html", {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "ressio/people/start_company.html", {"form": form})
    try:
        member = open_account_and_company(form.cleaned_data)
    except AccountExists as exists:
        form.add_error("email", str(exists))
        return render(request, "ressio/people/start_company.html", {"form": form})
    assert member.user is not None
    login(request, member.user, backend=BACKEND)
    return redirect(company_url("projects", member.company))


def open_account_and_company(values: dict[str, Any]) -> TeamMember:
    with transaction.atomic():
        user = create_account(email=values["email"], name=values["name"], password=values["password"])
        return start_company(
            user=user,
            name=values["company_name"],
            currency=values["currency"],
            time_zone=values["time_zone"],
        )


def _may_try(request: HttpRequest) -> bool:
    try:
        throttle.count_address_attempt(address=throttle.read_address(request), now=timezone.now())
    except throttle.TooManyAttempts:
        return False
    return True


def _signed_in(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user
