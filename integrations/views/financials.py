"""Project → Financials: the connection to QuickBooks and the switches (M5, M37–M66, M90, M99)."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.connecting import current_connection
from integrations.linking import (
    LinkRefused,
    find_customer,
    link_project,
    preview_sub_customers,
    preview_unlink,
    set_include_sub_customers,
    unlink_project,
)
from integrations.linking.picker import make_picker
from integrations.linking.projects import customer_of, link_of_project
from integrations.models import LaborBasis, ProjectSwitches
from integrations.switches import (
    CODES,
    KEYS,
    SWITCHES,
    SwitchRefused,
    labor_basis_of,
    restart_time_tracking,
    set_switches,
    switches_of,
)
from ressio.access import admin_required, financials_required, get_project
from ressio.http import CompanyRequest
from ressio.models import CostCode, Project
from ressio.panels import draw_sections

from .linking_base import REFUSED, show_not_connected, tell_refusal

TEMPLATE = "integrations/financials/page.html"


@require_safe
@financials_required
def show_financials(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    return render(request, TEMPLATE, _page_context(request, project))


def _page_context(request: CompanyRequest, project: Project) -> dict[str, Any]:
    connection = current_connection(request.company)
    context: dict[str, Any] = {"project": project, "connection": connection, "link": None, "picker": None}
    context |= switch_context(project)
    context["sections"] = draw_sections("project_financials", request, project)
    if connection is None:
        return context
    query = request.GET.get("q", "").strip()
    link = link_of_project(connection, project)
    if link:
        context |= {"link": link, "customer": customer_of(link), "sub_customers": preview_sub_customers(link)}
    elif request.member.is_admin:
        context |= {"picker": make_picker(connection, query=query, name=project.name), "query": query}
    return context


def switch_context(project: Project) -> dict[str, Any]:
    switches = switches_of(project)
    rows = [
        {
            "switch": switch,
            "value": getattr(switches, switch.key),
            "is_code": switch.key in CODES,
            "is_idle": bool(switch.parent) and not getattr(switches, switch.parent),
            "parent_label": KEYS[switch.parent].label.removeprefix("Enable ") if switch.parent else "",
            "since": getattr(switches, switch.since) if switch.since else None,
        }
        for switch in SWITCHES
    ]
    basis = labor_basis_of(switches, project)
    return {
        "switches": switches,
        "switch_rows": rows,
        "bases": LaborBasis.choices,
        "basis_now": basis.label,
        "cost_codes": _cost_codes(switches),
    }


def _cost_codes(switches: ProjectSwitches) -> list[CostCode]:
    """Active ones, and those in use even if they are not."""
    in_use = Q(pk__in=[getattr(switches, f"{key}_id") for key in CODES])
    return list(CostCode.objects.filter(Q(is_active=True) | in_use).order_by("name"))


@require_POST
@admin_required
def connect_project(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project, connection = get_project(request, project_id), current_connection(request.company)
    if connection is None:
        return show_not_connected(request, project.name, status=REFUSED)
    try:
        customer = find_customer(connection, request.POST.get("customer", ""))
        link_project(project=project, customer=customer, actor=request.user, now=timezone.now())
    except LinkRefused as error:
        return _refuse(request, project, error)
    messages.success(request, f"{project.name} is connected to “{customer.full_name}”.")
    return _back(company, project)


def _refuse(request: CompanyRequest, project: Project, error: LinkRefused) -> HttpResponse:
    tell_refusal(request, error)
    return render(request, TEMPLATE, _page_context(request, project), status=REFUSED)


def _back(company: str, project: Project) -> HttpResponse:
    return redirect("project-financials", company=company, project_id=project.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def disconnect_project(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """Asks first, and says in numbers what leaves the budget."""
    project, connection = get_project(request, project_id), current_connection(request.company)
    link = link_of_project(connection, project) if connection else None
    if connection is None or link is None:
        return _back(company, project)
    if request.method != "POST":
        context = {"project": project, "link": link, "customer": customer_of(link)}
        return render(
            request, "integrations/financials/disconnect.html", context | {"leaving": preview_unlink(project)}
        )
    unlink_project(project=project, connection=connection, actor=request.user)
    messages.success(request, f"{project.name} is no longer connected. Nothing was changed in QuickBooks.")
    return _back(company, project)


@require_POST
@admin_required
def include_sub_customers(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """`include` present: the sub-customers count too; absent: this entity only."""
    project, connection = get_project(request, project_id), current_connection(request.company)
    link = link_of_project(connection, project) if connection else None
    if link is None:
        return _back(company, project)
    try:
        set_include_sub_customers(link=link, include="include" in request.POST, actor=request.user)
    except LinkRefused as error:
        return _refuse(request, project, error)
    messages.success(request, _say_included(link.include_sub_customers))
    return _back(company, project)


def _say_included(is_included: bool) -> str:
    return "Sub-customers are included." if is_included else "Only the connected entity counts."


@require_POST
@admin_required
def save_switches(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    """`only=KEY` saves one (htmx); `all` saves what the plain form shows. A tick box that is off is not sent."""
    project = get_project(request, project_id)
    try:
        changes = _read_changes(request)
        set_switches(project=project, changes=changes, actor=request.user, now=timezone.now())
    except SwitchRefused as error:
        return _refuse_switch(request, project, error)
    if request.htmx:
        return _render_switches(request, project, saved=list(changes))
    messages.success(request, "The settings are saved.")
    return _back(company, project)


def _read_changes(request: CompanyRequest) -> dict[str, Any]:
    only = request.POST.get("only", "")
    if not only and "all" not in request.POST:
        raise SwitchRefused("Nothing was saved: the form arrived incomplete. Reload the page and try again.")
    keys = [only] if only else list(KEYS)
    return {key: _read_value(request, key) for key in keys}


def _read_value(request: CompanyRequest, key: str) -> Any:
    if key in CODES:
        return _read_code(request.POST.get(key, ""))
    return request.POST.get(key, "") if key == "labor_basis" else key in request.POST


def _read_code(text: str) -> CostCode | None:
    if not text:
        return None
    code = CostCode.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if code is None:
        raise SwitchRefused("There is no such active cost code.")
    return code


def _refuse_switch(request: CompanyRequest, project: Project, error: SwitchRefused) -> HttpResponse:
    """htmx puts nothing of an answer of 4xx on the page, so the reason comes as an ordinary fragment."""
    if request.htmx:
        return _render_switches(request, project, saved=[], refusal=str(error))
    messages.error(request, str(error))
    return render(request, TEMPLATE, _page_context(request, project), status=400)


def _render_switches(
    request: CompanyRequest, project: Project, *, saved: list[str], refusal: str = ""
) -> HttpResponse:
    context = {"project": project, "saved": [KEYS[key].label for key in saved], "refusal": refusal}
    context |= switch_context(project)
    context["sections"] = draw_sections("project_financials", request, project)
    return render(request, "integrations/financials/switches.html", context)


@require_POST
@admin_required
def restart_time(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    try:
        restart_time_tracking(project=project, actor=request.user, now=timezone.now())
    except SwitchRefused as error:
        return _refuse_switch(request, project, error)
    messages.success(request, "Only time made from now on counts in this project.")
    return _back(company, project)
