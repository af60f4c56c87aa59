"""On the way to QuickBooks: what is to be sent, how each try ended, and what Admins decide about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.connecting import current_connection
from integrations.deep_links import link_to_document
from integrations.models import OPEN_STATES, Connection, Push, PushState
from integrations.outbox import (
    DecisionRefused,
    can_be_linked,
    link_to_existing,
    resume_pushing,
    retry_push,
    skip_push,
    stop_pushing,
)
from integrations.push_log import (
    MOST_CANDIDATES,
    MOVING,
    OPEN,
    PUSH_FILTERS,
    count_states,
    find_candidates,
    kinds_of,
    list_pushes,
    show_pushes,
    with_what_is_shown,
)
from ressio.access import admin_required
from ressio.http import CompanyRequest

PUSHES_A_PAGE = 50
STOPPED = "Nothing is sent to QuickBooks until somebody resumes. What was under way ends by itself."
RESUMED = "Sending goes on. What waited leaves within a minute."
NOT_CONNECTED = "This company is not connected to QuickBooks Online."


@require_safe
@admin_required
def list_all(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    context: dict[str, Any] = {"connection": connection}
    if connection is not None:
        context |= _describe_list(request, connection)
    return render(request, "integrations/pushes/list.html", context)


def _describe_list(request: CompanyRequest, connection: Connection) -> dict[str, Any]:
    kinds = kinds_of(connection)
    state, kind = request.GET.get("state", OPEN), request.GET.get("kind", "")
    state, kind = state if state in PUSH_FILTERS else OPEN, kind if kind in kinds else ""
    pushes = list_pushes(connection, state=state, kind=kind)
    page = Paginator(pushes, PUSHES_A_PAGE).get_page(request.GET.get("page"))
    counts = count_states(connection)
    return {
        "filters": PUSH_FILTERS,
        "state": state,
        "kinds": kinds,
        "kind": kind,
        "page": page,
        "shown": show_pushes(list(page), request.company),
        "consequence": _say_consequence(counts.get(PushState.WAITING, 0)),
        "is_moving": any(counts.get(one) for one in MOVING),
        "elsewhere": Push.objects.filter(state__in=OPEN_STATES).exclude(connection=connection).count(),
    }


def _say_consequence(waiting: int) -> str:
    things = "1 thing that waits stays" if waiting == 1 else f"{waiting} things that wait stay"
    return (
        f"Nothing leaves for QuickBooks until somebody resumes: {things} here, and so does whatever is approved "
        "meanwhile. Reading from QuickBooks goes on."
    )


@require_safe
@admin_required
def show_one(request: CompanyRequest, company: str, push_id: int) -> HttpResponse:
    push = _find(push_id)
    (shown,) = show_pushes([push], request.company)
    is_done = push.state == PushState.DONE and push.quickbooks_id
    context = {
        "shown": shown,
        "push": push,
        "attempts": push.attempts.select_related("batch").order_by("number"),
        "can_retry": push.state == PushState.HELD,
        "can_skip": push.state in (PushState.HELD, PushState.WAITING),
        "can_link": can_be_linked(push),
        "is_moving": push.state in MOVING,
        "document_url": link_to_document(push.entity, push.quickbooks_id) if is_done else "",
    }
    return render(request, "integrations/pushes/push.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def link(request: CompanyRequest, company: str, push_id: int) -> HttpResponse:
    """Choose the document in QuickBooks that this is already."""
    push = _find(push_id)
    if request.method == "POST":
        chosen = request.POST.get("document", "")
        return _decide(
            request,
            push,
            lambda: link_to_existing(push=push, quickbooks_id=chosen, actor=request.user, now=timezone.now()),
            f"{push.subject_label} is linked to what QuickBooks has. Nothing was sent.",
        )
    query = request.GET.get("q", "").strip()
    (shown,) = show_pushes([push], request.company)
    found = find_candidates(push, query=query) if can_be_linked(push) else []
    context = {
        "shown": shown,
        "push": push,
        "candidates": found,
        "query": query,
        "is_cut": len(found) == MOST_CANDIDATES,
    }
    return render(request, "integrations/pushes/link.html", context)


@require_POST
@admin_required
def retry(request: CompanyRequest, company: str, push_id: int) -> HttpResponse:
    push = _find(push_id)
    return _decide(
        request,
        push,
        lambda: retry_push(push=push, actor=request.user, now=timezone.now()),
        f"{push.subject_label} is made anew and sent again.",
    )


@require_POST
@admin_required
def skip(request: CompanyRequest, company: str, push_id: int) -> HttpResponse:
    push = _find(push_id)
    return _decide(
        request,
        push,
        lambda: skip_push(push=push, actor=request.user, now=timezone.now()),
        f"{push.subject_label} is not sent to QuickBooks.",
    )


@require_POST
@admin_required
def stop(request: CompanyRequest, company: str) -> HttpResponse:
    return _switch(request, stop_pushing, STOPPED)


@require_POST
@admin_required
def resume(request: CompanyRequest, company: str) -> HttpResponse:
    return _switch(request, resume_pushing, RESUMED)


def _switch(request: CompanyRequest, switch: Callable[..., None], words: str) -> HttpResponse:
    connection = current_connection(request.company)
    if connection is None:
        messages.error(request, NOT_CONNECTED)
    else:
        switch(connection=connection, actor=request.user)
        messages.info(request, words)
    return redirect("pushes", company=request.company.slug)


def _find(push_id: int) -> Push:
    found: Push = get_object_or_404(with_what_is_shown(Push.objects.all()), pk=push_id)
    return found


def _decide(request: CompanyRequest, push: Push, decide: Callable[[], Push], words: str) -> HttpResponse:
    """What happened meanwhile may have settled it: then that is said, and the page shows how it stands."""
    try:
        decide()
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("push", company=request.company.slug, push_id=push.pk)
