"""A person's own pages: name, password, API tokens."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ressio.access import member_required
from ressio.forms.people import ApiTokenForm, ProfileForm
from ressio.http import CompanyRequest
from ressio.models import ApiToken
from ressio.people.api_tokens import create_api_token, revoke_api_token
from ressio.people.membership import rename_person
from ressio.views.once import keep_secret, take_secret

TOKEN_KEY = "new_api_token"  # noqa: S105  the name under which it waits, not a secret


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def show_profile(request: CompanyRequest, company: str) -> HttpResponse:
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if form.is_valid():
        rename_person(user=request.user, member=request.member, name=form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("account", company=company)
    return render(request, "ressio/account/profile.html", {"form": form, "account_tab": "profile"})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@member_required
def change_password(request: CompanyRequest, company: str) -> HttpResponse:
    """Ends every other session: sessions carry a hash of the password; this one is given the new hash."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, "Your password is changed. Everywhere else you are signed out.")
        return redirect("account-password", company=company)
    return render(request, "ressio/account/password.html", {"form": form, "account_tab": "password"})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def list_tokens(request: CompanyRequest, company: str) -> HttpResponse:
    form = ApiTokenForm(request.POST or None)
    if form.is_valid():
        _, secret = create_api_token(member=request.member, name=form.cleaned_data["name"])
        keep_secret(request, TOKEN_KEY, secret)
        return redirect("api-tokens", company=company)
    context = {
        "form": form,
        "account_tab": "tokens",
        "tokens": ApiToken.objects.filter(team_member=request.member).order_by("-created_at"),
        "new_secret": take_secret(request, TOKEN_KEY),
    }
    return render(request, "ressio/account/api_tokens.html", context)


@require_POST
@member_required
def revoke_token(request: CompanyRequest, company: str, token_id: int) -> HttpResponse:
    """Only one's own: another's token is not found."""
    token: ApiToken = get_object_or_404(ApiToken.objects.filter(team_member=request.member), pk=token_id)
    revoke_api_token(token=token, now=timezone.now())
    messages.success(request, f"The token {token.name} no longer works.")
    return redirect("api-tokens", company=company)
