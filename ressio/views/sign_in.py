"""Signing in and out, and a new password when the old one is forgotten."""

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio.forms.people import AskResetForm, SignInForm
from ressio.models import User
from ressio.people import throttle
from ressio.tasks import send_password_reset
from ressio.views.places import read_next

WRONG = "E-mail and password do not match an account."
TOO_MANY = "Too many attempts. Please wait 15 minutes, or choose a new password."
ASKED = "If there is an account with this e-mail, a letter with a link is on its way. It works for two hours."
RESET_SESSION_KEY = "password_reset"


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(read_next(request))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        return try_sign_in(request, form)
    return show_sign_in(request, form)


def try_sign_in(request: HttpRequest, form: SignInForm) -> HttpResponse:
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    try:
        throttle.count_sign_in_attempt(
            email=email, address=throttle.read_address(request), now=timezone.now()
        )
    except throttle.TooManyAttempts:
        form.add_error(None, TOO_MANY)
        return show_sign_in(request, form, status=429)
    user = authenticate(request, username=email.strip().lower(), password=password)
    if user is None:
        form.add_error(None, WRONG)
        return show_sign_in(request, form)
    throttle.forgive_account(email)
    login(request, user)
    return redirect(read_next(request))


@require_safe
def send_staff_to_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of the admin's own sign-in page, which would let passwords be guessed without end."""
    wanted = read_next(request, default=reverse("admin:index"))
    if not request.user.is_authenticated:
        return redirect_to_login(wanted)
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect(wanted)


def show_sign_in(request: HttpRequest, form: SignInForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": read_next(request, default="")}
    return render(request, "ressio/people/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, "You are signed out.")
    return redirect("sign-in")


@require_http_methods(["GET", "HEAD", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    """Answers the same whether the account exists or not, and also when it has been asked too often."""
    form = AskResetForm(request.POST or None)
    if not form.is_valid():
        return render(request, "ressio/people/ask_reset.html", {"form": form})
    email = form.cleaned_data["email"]
    try:
        throttle.count_reset_attempt(email=email, address=throttle.read_address(request), now=timezone.now())
        send_password_reset.delay(email, request.build_absolute_uri("/"))
    except throttle.TooManyAttempts:
        pass
    messages.info(request, ASKED)
    return redirect("sign-in")


@require_safe
def open_reset_link(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Takes the token out of the address before any page is shown, right or wrong (Q22)."""
    request.session[RESET_SESSION_KEY] = [uidb64, token]
    return redirect("choose-password")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password1", "new_password2")
def choose_password(request: HttpRequest) -> HttpResponse:
    user = find_reset_user(request)
    if user is None:
        return render(request, "ressio/people/reset_over.html", status=410)
    form = SetPasswordForm(user, request.POST or None)
    if form.is_valid():
        return finish_reset(request, form, user)
    return render(request, "ressio/people/choose_password.html", {"form": form})


def find_reset_user(request: HttpRequest) -> User | None:
    uidb64, token = request.session.get(RESET_SESSION_KEY, ["", ""])
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(uidb64)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and default_token_generator.check_token(user, token) else None


def finish_reset(request: HttpRequest, form: "SetPasswordForm[User]", user: User) -> HttpResponse:
    """The new password ends every session of this person: sessions carry a hash of it."""
    form.save()
    throttle.forgive_account(user.email)
    logout(request)
    messages.success(request, "Your new password is set. Please sign in with it.")
    return redirect("sign-in")
