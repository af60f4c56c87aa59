"""Pages for when something is wrong: in our look, with the support contact, without any detail of the inside."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

PAGES = {
    400: ("This request cannot be understood", "Please go back and try again from the page before."),
    403: (
        "You may not open this page",
        "Your role in this company does not include it. An admin can change that.",
    ),
    404: (
        "There is nothing here",
        "The page does not exist, or it belongs to a company or project you are not part of.",
    ),
    413: (
        "That is too much at once",
        "Files sent together may have 100 MB, and anything else 10 MB. Nothing was stored. Send fewer files at a time.",
    ),
    410: ("This link no longer works", "It was used, withdrawn, or has expired."),
    500: ("Something went wrong on our side", "It has been recorded. Please try again in a moment."),
}


def show_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, 400)


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, 403)


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, 404)


def show_server_error(request: HttpRequest) -> HttpResponse:
    return render_error(request, 500)


def show_csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    title = "The form was too old"
    text = "A form can be sent only from a page of this site that is still fresh. Go back, reload, try again."
    return _render(403, title, text)


def render_error(request: HttpRequest, status: int) -> HttpResponse:
    title, text = PAGES[status]
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": f"{title}. {text}"}, status=status)
    return _render(status, title, text)


def _render(status: int, title: str, text: str) -> HttpResponse:
    """Without the request on purpose: what broke the page may be in there (session, database, a context processor)."""
    context = {"status": status, "title": title, "text": text, "support_email": settings.SUPPORT_EMAIL}
    return HttpResponse(render_to_string("ressio/error.html", context), status=status)
