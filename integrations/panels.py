"""What QuickBooks adds to the lists in Settings and to projects: columns, buttons, the Financials tab.

Each column is drawn once for all rows shown, in a handful of queries.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.connecting import current_connection
from integrations.linking.cost_codes import COST_CODES
from integrations.linking.desks import DESKS, Desk
from integrations.linking.payroll import payroll_state
from integrations.linking.review import Accounts, accounts_of
from integrations.models import Connection, QuickBooksEmployee
from integrations.templatetags.quickbooks_links import row_state
from ressio.http import CompanyRequest
from ressio.models import TeamMember
from ressio.navigation import ProjectTab, for_financials, register_project_tab
from ressio.panels import Action, Column, Section, register_action, register_column, register_section
from ressio.templatetags.ressio_ui import NOTHING

Cells = Mapping[Any, SafeString]
# None: before a connection exists nothing of QuickBooks is shown (M3).
Render = Callable[[CompanyRequest, Sequence[Any]], Cells | None]

HEADERS = {
    "cost-codes": "QuickBooks product/service",
    "vendors": "QuickBooks vendor",
    "team-members": "QuickBooks Employee",
}


def register_panels() -> None:
    for desk in DESKS.values():
        register_column(desk.panel, Column("quickbooks", HEADERS[desk.key], render_links(desk), order=50))
        register_action(desk.panel, Action("Link to QuickBooks", f"link-{desk.key}", order=50, icon="link"))
        register_action(
            desk.panel,
            Action("Import from QuickBooks", f"import-{desk.key}", order=60, icon="arrow-down-tray"),
        )
    register_action(
        "projects", Action("From QuickBooks", "project-from-quickbooks", order=50, icon="arrow-down-tray")
    )
    register_column("cost_codes", Column("accounts", "GL accounts", render_accounts, order=60))
    register_column("team_members", Column("payroll", "On payroll", render_payroll, order=60))
    register_section("team_member", Section("quickbooks", render_member))
    register_project_tab(
        ProjectTab("financials", "Financials", "project-financials", order=70, visible=for_financials)
    )


def linked_rows(desk: Desk, connection: Connection, things: Sequence[Any]) -> dict[Any, Any]:
    """Our key → the linked row of QuickBooks; None when the row is not in the lists. Two queries."""
    pairing = desk.pairing
    links = pairing.links(connection).filter(**{f"{pairing.thing_field}__in": [thing.pk for thing in things]})
    refs = dict(links.values_list(f"{pairing.thing_field}_id", pairing.ref_field))
    rows = pairing.row_model.objects.filter(connection=connection, quickbooks_id__in=refs.values())
    by_ref = {row.quickbooks_id: row for row in rows}
    return {pk: by_ref.get(ref) for pk, ref in refs.items()}


def render_links(desk: Desk) -> Render:
    def render(request: CompanyRequest, things: Sequence[Any]) -> Cells | None:
        connection = current_connection(request.company)
        if connection is None:
            return None
        rows = linked_rows(desk, connection, things)
        return {thing.pk: _link_cell(request, desk, thing, rows) for thing in things}

    return render


def _link_cell(request: CompanyRequest, desk: Desk, thing: Any, rows: Mapping[Any, Any]) -> SafeString:
    url = reverse(f"link-{desk.key}-one", kwargs={"company": request.company.slug, desk.id_name: thing.pk})
    if thing.pk not in rows:
        return format_html('<a href="{}">Link<span class="sr-only"> {}</span></a>', url, thing.name)
    row = rows[thing.pk]
    name = row.name if row else "Not in the lists"
    chip = row_state(row, desk.obstacle(row) if row else None, quiet=True)
    return format_html(
        '{} {} <a href="{}">Change<span class="sr-only"> {}</span></a>', name, chip, url, thing.name
    )


def render_accounts(request: CompanyRequest, codes: Sequence[Any]) -> Cells | None:
    """M9: which general-ledger accounts a cost code rolls up to."""
    connection = current_connection(request.company)
    if connection is None:
        return None
    rows = {pk: row for pk, row in linked_rows(_desk(COST_CODES), connection, codes).items() if row}
    accounts = accounts_of(connection, list(rows.values()))
    return {code.pk: _accounts_cell(rows.get(code.pk), accounts) for code in codes}


def _desk(pairing: Any) -> Desk:
    return next(desk for desk in DESKS.values() if desk.pairing is pairing)


def _accounts_cell(row: Any, accounts: Mapping[str, Accounts]) -> SafeString:
    found = accounts.get(row.quickbooks_id) if row else None
    names = [name for name in (found.income, found.expense) if name] if found else []
    return format_html("{}", " · ".join(names)) if names else NOTHING


def render_payroll(request: CompanyRequest, members: Sequence[TeamMember]) -> Cells | None:
    """K7: QuickBooks decides where it says so, else an admin ticks, with who and when."""
    connection = current_connection(request.company)
    if connection is None:
        return None
    employees = linked_rows(DESKS["team-members"], connection, members)
    return {member.pk: _payroll_cell(request, member, employees.get(member.pk)) for member in members}


def render_member(request: CompanyRequest, member: TeamMember) -> SafeString | str:
    """The same two conditions on the member's own page, where obstacles send people (K7)."""
    connection = current_connection(request.company)
    if connection is None:
        return ""
    desk = DESKS["team-members"]
    rows = linked_rows(desk, connection, [member])
    context = {
        "employee": _link_cell(request, desk, member, rows),
        "payroll": _payroll_cell(request, member, rows.get(member.pk), is_own_page=True),
    }
    return SafeString(render_to_string("integrations/links/member_panel.html", context, request=request))


def _payroll_cell(
    request: CompanyRequest,
    member: TeamMember,
    employee: QuickBooksEmployee | None,
    *,
    is_own_page: bool = False,
) -> SafeString:
    context = {
        "is_own_page": is_own_page,
        "company": request.company,
        "team_member": member,
        "state": payroll_state(member, employee),
    }
    return SafeString(render_to_string("integrations/links/payroll_cell.html", context, request=request))
