"""Settings → cost codes, vendors, team members → Link to QuickBooks: review, link, change, unlink."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.connecting import current_connection
from integrations.linking import LinkRefused, NotFound, review
from integrations.linking.cost_codes import COST_CODES
from integrations.linking.desks import Desk
from integrations.linking.pairing import link_many, link_one, unlink_one
from integrations.linking.payroll import NO_PAYROLL
from integrations.linking.review import Linked, Review, Show, Sides, Unlinked, accounts_of, matches
from integrations.models import Connection
from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.panels import draw_sections

from .linking_base import (
    LONGEST_LIST,
    REFUSED,
    desk_of,
    read_ids,
    render_refused,
    show_not_connected,
    tell_refusal,
)

ENTRIES_A_PAGE = 200


@require_safe
@admin_required
def show_links(request: CompanyRequest, company: str, kind: str) -> HttpResponse:
    desk, connection = desk_of(kind), current_connection(request.company)
    if connection is None:
        return show_not_connected(request, f"Link {desk.things} to QuickBooks")
    return _render_review(request, desk, connection)


@require_POST
@admin_required
def accept_links(request: CompanyRequest, company: str, kind: str) -> HttpResponse:
    """The reviewed list: each ticked pair, all of them or none."""
    desk, connection = desk_of(kind), current_connection(request.company)
    if connection is None:
        return show_not_connected(request, f"Link {desk.things} to QuickBooks", status=409)
    try:
        pairs = _read_pairs(desk, connection, request.POST.getlist("pair"))
        links = link_many(desk.pairing, pairs=pairs, actor=request.user, now=timezone.now())
    except LinkRefused as error:
        messages.error(request, f"Nothing was linked. {error}")
        return _render_review(request, desk, connection, refused=True)
    messages.success(request, _say_linked(desk, len(links)))
    return redirect(f"link-{desk.key}", company=company)


def _say_linked(desk: Desk, count: int) -> str:
    if not count:
        return "Nothing was ticked, so nothing was linked."
    return f"1 {desk.thing} is linked." if count == 1 else f"{count} {desk.things} are linked."


def _read_pairs(desk: Desk, connection: Connection, values: list[str]) -> list[tuple[Any, Any]]:
    """`our id:QuickBooks id`, each from a tick box. Raises `LinkRefused`, Http404."""
    split = [value.partition(":") for value in values]
    ids = read_ids([ours for ours, _, _ in split])
    things = desk.pairing.thing_model._default_manager.in_bulk(ids)
    pairs = []
    for pk, (_, _, ref) in zip(ids, split, strict=True):
        if pk not in things:
            raise NotFound(f"There is no such {desk.thing} in this company.")
        pairs.append((things[pk], desk.find_row(connection, ref)))
    return pairs


def _render_review(
    request: CompanyRequest, desk: Desk, connection: Connection, *, refused: bool = False
) -> HttpResponse:
    show, query = _read_show(request), request.GET.get("q", "").strip()
    sides = Sides(desk, connection)
    found = review.review(sides)
    page = Paginator(_entries(found, show, query, desk), ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "desk": desk,
        "connection": connection,
        "show": show,
        "query": query,
        "tabs": _tabs(desk, found),
        "page": page,
        "review": found,
        "doubles_here": review.list_doubles_here(sides),
        "doubles_there": review.list_doubles_there(sides),
        "accounts": _accounts(desk, connection, sides),
        "filters": {"show": show},
        "no_payroll": NO_PAYROLL,
        "pager_base": f"{urlencode({'show': show.value, 'q': query})}&",
    }
    return render_refused(request, "integrations/links/review.html", context, refused)


def _read_show(request: CompanyRequest) -> Show:
    wanted = request.GET.get("show", "")
    return Show(wanted) if wanted in list(Show) else Show.UNLINKED


def _tabs(desk: Desk, found: Review) -> list[tuple[Show, str, int]]:
    labels = {
        Show.UNLINKED: "Not linked",
        Show.LINKED: "Linked",
        Show.ONLY_THERE: "Only in QuickBooks",
        Show.INELIGIBLE: "Cannot be linked",
    }
    counts = found.counts()
    return [(show, labels[show], counts[show]) for show in Show]


def _entries(found: Review, show: Show, query: str, desk: Desk) -> list[Any]:
    entries: dict[Show, list[Any]] = {
        # Those with a suggestion first: they are what there is to decide.
        Show.UNLINKED: sorted(
            found.unlinked, key=lambda entry: (entry.suggested is None, entry.hindered is None)
        ),
        Show.LINKED: found.linked,
        Show.ONLY_THERE: found.only_there,
        Show.INELIGIBLE: found.ineligible,
    }
    return [entry for entry in entries[show] if matches(query, *_texts(entry, desk))]


def _texts(entry: Any, desk: Desk) -> list[str]:
    if isinstance(entry, Linked):
        return [entry.thing.name, entry.row.name if entry.row else ""]
    if isinstance(entry, Unlinked):
        return [entry.thing.name, entry.suggested.name if entry.suggested else ""]
    return list(desk.spellings(getattr(entry, "row", entry)))


def _accounts(desk: Desk, connection: Connection, sides: Sides) -> dict[str, Any]:
    return dict(accounts_of(connection, sides.rows)) if desk.pairing is COST_CODES else {}


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def choose_row(request: CompanyRequest, company: str, kind: str, **ids: int) -> HttpResponse:
    """Link one thing, or change what it is linked to. `ids` holds the one id of the address."""
    desk, connection = desk_of(kind), current_connection(request.company)
    thing = _get_thing(desk, ids)
    if connection is None:
        return show_not_connected(request, f"Link {thing}", status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _render_choice(request, desk, connection, thing)
    try:
        row = desk.find_row(connection, request.POST.get("row", ""))
        link_one(desk.pairing, thing=thing, row=row, actor=request.user, now=timezone.now())
    except LinkRefused as error:
        tell_refusal(request, error)
        return _render_choice(request, desk, connection, thing, refused=True)
    messages.success(request, f"“{thing}” is linked to “{row}” in QuickBooks.")
    return redirect(desk.home, company=company)


def _get_thing(desk: Desk, ids: dict[str, int]) -> Any:
    return get_object_or_404(desk.pairing.thing_model._default_manager.all(), pk=ids[desk.id_name])


def _render_choice(
    request: CompanyRequest, desk: Desk, connection: Connection, thing: Any, *, refused: bool = False
) -> HttpResponse:
    sides, query = Sides(desk, connection), request.GET.get("q", "").strip()
    link = sides.link_by_thing.get(thing.pk)
    choices = [row for row in sides.rows if matches(query, *desk.spellings(row))]
    holders = {
        getattr(other, desk.pairing.ref_field): other_thing
        for other_thing in sides.things
        if (other := sides.link_by_thing.get(other_thing.pk))
    }
    context = {
        "desk": desk,
        "connection": connection,
        "thing": thing,
        "link": link,
        "row": sides.row_of(link) if link else None,
        "query": query,
        "suggested": [] if query else review.suggest_rows(sides, thing.name),
        "choices": [
            (row, desk.obstacle(row), holders.get(row.quickbooks_id)) for row in choices[:LONGEST_LIST]
        ],
        "left_out": max(0, len(choices) - LONGEST_LIST),
        "accounts": _accounts(desk, connection, sides),
        "sections": draw_sections(desk.link_page, request, thing) if desk.link_page else [],
    }
    return render_refused(request, "integrations/links/choose.html", context, refused)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def choose_thing(request: CompanyRequest, company: str, kind: str, row_ref: str) -> HttpResponse:
    """From the other side: one row of QuickBooks, and which of ours it is. Where the sync log sends people."""
    desk, connection = desk_of(kind), current_connection(request.company)
    if connection is None:
        status = REFUSED if request.method == "POST" else 200
        return show_not_connected(request, f"Link {desk.things} to QuickBooks", status=status)
    row: Any = get_object_or_404(
        desk.pairing.row_model.objects.filter(connection=connection), quickbooks_id=row_ref
    )
    if request.method != "POST":
        return _render_things(request, desk, connection, row)
    ids = read_ids([request.POST.get("thing", "")])
    thing = get_object_or_404(desk.pairing.thing_model._default_manager.all(), pk=ids[0])
    try:
        link_one(desk.pairing, thing=thing, row=row, actor=request.user, now=timezone.now())
    except LinkRefused as error:
        tell_refusal(request, error)
        return _render_things(request, desk, connection, row, refused=True)
    messages.success(request, f"“{thing}” is linked to “{row}” in QuickBooks.")
    return redirect(desk.home, company=company)


def _render_things(
    request: CompanyRequest, desk: Desk, connection: Connection, row: Any, *, refused: bool = False
) -> HttpResponse:
    sides, query = Sides(desk, connection), request.GET.get("q", "").strip()
    holder = desk.pairing.link_to(row)
    choices = [thing for thing in sides.free_things if matches(query, thing.name)]
    context = {
        "desk": desk,
        "connection": connection,
        "row": row,
        "holder": desk.pairing.thing_of(holder) if holder else None,
        "obstacle": desk.obstacle(row),
        "query": query,
        "suggested": [] if query else review.suggest_things(sides, row),
        "choices": choices[:LONGEST_LIST],
        "left_out": max(0, len(choices) - LONGEST_LIST),
        "accounts": _accounts(desk, connection, sides),
    }
    return render_refused(request, "integrations/links/choose_thing.html", context, refused)


@require_POST
@admin_required
def unlink(request: CompanyRequest, company: str, kind: str, **ids: int) -> HttpResponse:
    desk, connection = desk_of(kind), current_connection(request.company)
    thing = _get_thing(desk, ids)
    if connection and unlink_one(desk.pairing, connection=connection, thing=thing, actor=request.user):
        messages.success(request, f"“{thing}” is no longer linked. Nothing was changed in QuickBooks.")
    return redirect(desk.home, company=company)
