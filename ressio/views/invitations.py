"""Accepting an invitation: the link, then a page without the token in its address (Q22)."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio.forms.people import NewPersonForm
from ressio.models import Invitation, User
from ressio.people.companies import AccountExists, create_account
from ressio.people.inviting import (
    Clash,
    InvitationOver,
    accept_invitation,
    find_invitation,
    hash_token,
)
from ressio.views.front import BACKEND
from ressio.views.places import company_url

SESSION_KEY = "invitation"


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Right or wrong, the token leaves the address at once; the session keeps only its hash."""
    request.session[SESSION_KEY] = hash_token(token)
    return redirect("accept-invitation")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def accept(request: HttpRequest) -> HttpResponse:
    try:
        invitation = find_invitation(request.session.get(SESSION_KEY, ""), now=timezone.now())
        return serve(request, invitation)
    except InvitationOver:
        return render(request, "ressio/people/invitation_over.html", status=410)


@require_POST
def sign_out_to_accept(request: HttpRequest) -> HttpResponse:
    """For an invitation to somebody else than who is signed in; keeps it over the sign-out."""
    kept = request.session.get(SESSION_KEY, "")
    logout(request)
    request.session[SESSION_KEY] = kept
    return redirect("accept-invitation")


def serve(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    email = invitation.team_member.email.lower()
    if request.user.is_authenticated:
        return serve_signed_in(request, invitation, request.user, is_right_person=request.user.email == email)
    if User.objects.filter(email=email).exists():
        return show(request, invitation, "sign_in")
    return serve_new_person(request, invitation)


def serve_signed_in(
    request: HttpRequest, invitation: Invitation, user: User, *, is_right_person: bool
) -> HttpResponse:
    if not is_right_person:
        return show(request, invitation, "somebody_else")
    if request.method == "POST":
        return join(request, invitation, user)
    return show(request, invitation, "join")


def serve_new_person(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    member = invitation.team_member
    form = NewPersonForm(request.POST or None, initial={"name": member.name}, email=member.email)
    if not form.is_valid():
        return show(request, invitation, "new_person", form)
    try:
        with transaction.atomic():
            user = create_account(email=member.email, **form.cleaned_data)
            accept_invitation(invitation=invitation, user=user, now=timezone.now())
    except AccountExists:
        return show(request, invitation, "sign_in")
    login(request, user, backend=BACKEND)
    return welcome(request, invitation)


def join(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    try:
        accept_invitation(invitation=invitation, user=user, now=timezone.now())
    except Clash as clash:
        messages.error(request, str(clash))
        return redirect("front")
    return welcome(request, invitation)


def welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session.pop(SESSION_KEY, None)
    messages.success(request, f"Welcome to {invitation.company.name}.")
    return redirect(company_url("projects", invitation.company))


def show(
    request: HttpRequest, invitation: Invitation, step: str, form: NewPersonForm | None = None
) -> HttpResponse:
    context = {"invitation": invitation, "step": step, "form": form}
    return render(request, "ressio/people/accept_invitation.html", context)
