"""What the linking pages share: the connection they work with, and how a refusal is told."""

from typing import Any

from django.contrib import messages
from django.db.models import BigIntegerField
from django.http import Http404, HttpResponse
from django.shortcuts import render

from integrations.linking import LinkRefused
from integrations.linking.desks import DESKS, Desk
from ressio.http import CompanyRequest

REFUSED = 409
LONGEST_LIST = 200


def desk_of(kind: str) -> Desk:
    if kind not in DESKS:
        raise Http404("No such list.")
    return DESKS[kind]


def show_not_connected(request: CompanyRequest, title: str, status: int = 200) -> HttpResponse:
    """M3: before a connection exists no list of QuickBooks is shown, only what to do."""
    return render(request, "integrations/links/not_connected.html", {"title": title}, status=status)


def tell_refusal(request: CompanyRequest, error: LinkRefused) -> None:
    messages.error(request, str(error))


def read_ids(values: list[str]) -> list[int]:
    """Our own ids from a form. Raises Http404 for what is no id: nobody gets there by the page itself."""
    try:
        ids = [int(value) for value in values]
    except ValueError as error:
        raise Http404("No such thing.") from error
    if any(abs(pk) > BigIntegerField.MAX_BIGINT for pk in ids):
        raise Http404("No such thing.")  # no database could be asked for it
    return ids


def render_refused(
    request: CompanyRequest, template: str, context: dict[str, Any], refused: bool
) -> HttpResponse:
    return render(request, template, context, status=REFUSED if refused else 200)
