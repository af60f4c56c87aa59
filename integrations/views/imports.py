"""Settings → Import from QuickBooks: rows of its lists become cost codes, vendors, team members."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from integrations.connecting import current_connection
from integrations.linking import LinkRefused
from integrations.linking.cost_codes import COST_CODES
from integrations.linking.desks import Desk
from integrations.linking.importing import Imported, find_clashes, import_rows
from integrations.linking.review import Sides, accounts_of
from integrations.models import Connection
from ressio.access import admin_required
from ressio.http import CompanyRequest

from .linking_base import desk_of, render_refused, show_not_connected, tell_refusal


@dataclass
class Offer:
    """What may be imported now, apart from what only looks like something that exists here already."""

    ready: list[Any] = field(default_factory=list)
    to_link: list[Any] = field(default_factory=list)
    stuck: list[Any] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_list(request: CompanyRequest, company: str, kind: str) -> HttpResponse:
    desk, connection = desk_of(kind), current_connection(request.company)
    if connection is None:
        status = 409 if request.method == "POST" else 200
        return show_not_connected(request, f"Import {desk.things} from QuickBooks", status=status)
    if request.method != "POST":
        return _render_offer(request, desk, connection)
    try:
        imported = _import(request, desk, connection)
    except LinkRefused as error:
        tell_refusal(request, error)
        return _render_offer(request, desk, connection, refused=True)
    messages.success(request, _say_imported(desk, imported))
    return redirect(desk.home, company=company)


def _import(request: CompanyRequest, desk: Desk, connection: Connection) -> Imported:
    """`row`: ids to import; `link`: ids whose namesake is to be linked; `all`: everything that is ready."""
    to_link = request.POST.getlist("link")
    refs = dict.fromkeys([*request.POST.getlist("row"), *to_link])
    rows = [desk.find_row(connection, ref) for ref in refs]
    if "all" in request.POST:
        chosen = {row.pk for row in rows}
        rows += [row for row in make_offer(desk, connection).ready if row.pk not in chosen]
    return import_rows(
        desk.importer,
        connection=connection,
        rows=rows,
        link_to_existing=to_link,
        actor=request.user,
        now=timezone.now(),
    )


def _say_imported(desk: Desk, imported: Imported) -> str:
    def count(number: int, verb: str) -> str:
        return f"1 {desk.thing} is {verb}" if number == 1 else f"{number} {desk.things} are {verb}"

    if not imported.created and not imported.linked:
        return "Nothing was ticked, so nothing was imported."
    parts = [count(len(imported.created), "imported and linked")] if imported.created else []
    parts += [count(len(imported.linked), "linked")] if imported.linked else []
    return "; ".join(parts) + "."


def make_offer(desk: Desk, connection: Connection) -> Offer:
    rows = Sides(desk, connection).free_rows
    clashes = {clash.row.quickbooks_id: clash for clash in find_clashes(desk.importer, connection, rows)}
    return Offer(
        ready=[row for row in rows if row.quickbooks_id not in clashes],
        to_link=[clash for clash in clashes.values() if clash.can_link],
        stuck=[clash for clash in clashes.values() if not clash.can_link],
    )


def _render_offer(
    request: CompanyRequest, desk: Desk, connection: Connection, *, refused: bool = False
) -> HttpResponse:
    offer = make_offer(desk, connection)
    items = offer.ready if desk.pairing is COST_CODES else []
    context = {
        "desk": desk,
        "connection": connection,
        "offer": offer,
        "accounts": accounts_of(connection, items) if items else {},
    }
    return render_refused(request, "integrations/links/import.html", context, refused)
