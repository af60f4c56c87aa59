"""Rules that hold for every page, whichever app it comes from."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django_structlog.middlewares import RequestMiddleware

from ressio.views.errors import render_error

GetResponse = Callable[[HttpRequest], HttpResponse]

# In these words, because Intuit's review reads them: not "private", which lets the browser keep the page.
NO_STORE = "no-store, no-cache, must-revalidate"
SIGNED_IN_AT = "signed_in_at"
LAST_SEEN_AT = "last_seen_at"
DISCARDED_AT_ONCE = 1024 * 1024
# Every page view would be a database write otherwise; the idle limit is exact to within this.
LAST_SEEN_STEP = timedelta(minutes=1)


class RequestLogMiddleware(RequestMiddleware):
    """One line when a request starts and one when it ends, joined by `request_id`."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without the query string: on the way back from Intuit it holds the authorization code."""
        return f"{request.method} {request.path}"


class NoStoreMiddleware:
    """Pages show a company's books: neither browser nor proxy may keep them. Static files never get here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = NO_STORE
        return response


class RequestSizeMiddleware:
    """Refuses what is too large before anything reads it. Stands before whatever looks into a form.

    Only views that take files may be sent one, and of the pages only when somebody is signed in; the API knows
    who asks before it reads.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = read_size(request)
        if size <= settings.LARGEST_REQUEST or (size <= settings.LARGEST_UPLOAD and may_send_files(request)):
            return self.get_response(request)
        discard_body(request)
        return render_error(request, 413)


def read_size(request: HttpRequest) -> int:
    """As Django's own reader has it: a body without a length is no body."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def may_send_files(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    takes_files = getattr(getattr(view, "view_class", getattr(view, "cls", view)), "takes_files", False)
    return takes_files and (is_api(request) or request.user.is_authenticated)


def discard_body(request: HttpRequest) -> None:
    """Up to twice what may be sent: who is still sending when the connection ends sees no answer, only its end."""
    left = 2 * settings.LARGEST_UPLOAD
    while left > 0 and (chunk := request.read(DISCARDED_AT_ONCE)):
        left -= len(chunk)


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


class RefuseNulMiddleware:
    """Nobody types the character NUL, and PostgreSQL cannot hold it: 400 here instead of a crash deep inside."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_nul(request):
            raise BadRequest("NUL in a request")
        return self.get_response(request)


def has_nul(request: HttpRequest) -> bool:
    """The API's forms are left unread here: who sends one is not known yet. Its serializers refuse NUL."""
    forms = (request.GET,) if is_api(request) else (request.GET, request.POST)
    given = [value for data in forms for _, values in data.lists() for value in values]
    return any("\0" in text for text in [request.path_info, *given])


class SessionLimitMiddleware:
    """Ends a sign-in after a time without use, and after a working day in any case."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            hold_session_to_limits(request, now=timezone.now())
        return self.get_response(request)


def hold_session_to_limits(request: HttpRequest, *, now: datetime) -> None:
    session = request.session
    signed_in_at = read_moment(session.setdefault(SIGNED_IN_AT, now.isoformat()))
    last_seen_at = read_moment(session.setdefault(LAST_SEEN_AT, now.isoformat()))
    if is_session_over(now=now, signed_in_at=signed_in_at, last_seen_at=last_seen_at):
        logout(request)
    elif now - last_seen_at >= LAST_SEEN_STEP:
        session[LAST_SEEN_AT] = now.isoformat()


def is_session_over(*, now: datetime, signed_in_at: datetime, last_seen_at: datetime) -> bool:
    return (
        now - last_seen_at > settings.SESSION_IDLE_LIMIT
        or now - signed_in_at > settings.SESSION_ABSOLUTE_LIMIT
    )


def read_moment(stored: Any) -> datetime:
    return datetime.fromisoformat(stored)
