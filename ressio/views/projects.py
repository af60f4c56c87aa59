"""The list of projects and a project's own pages."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio import projects as verbs
from ressio.access import admin_required, get_project, member_required, projects_for
from ressio.forms.projects import ProjectForm, TeamForm
from ressio.http import CompanyRequest
from ressio.models import Project
from ressio.panels import draw_actions, draw_sections
from ressio.views.places import company_url

FIELDS = ("name", "number", "client_name", "address", "cost_structure")
SORTS = {
    "name": "name",
    "-name": "-name",
    "number": "number",
    "-number": "-number",
    "client": "client_name",
    "-client": "-client_name",
}


@require_safe
@member_required
def list_projects(request: CompanyRequest, company: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    state = "archived" if request.GET.get("state") == "archived" else "active"
    sort = request.GET.get("sort", "name")
    visible = projects_for(request.member)
    found = search_projects(visible, query).filter(is_archived=state == "archived")
    context = {
        "projects": found.order_by(SORTS.get(sort, "name"), "pk"),
        "has_any": visible.exists(),
        "actions": draw_actions("projects", request.member),
        "query": query,
        "state": state,
        "sort": sort,
    }
    return render(request, "ressio/projects/list.html", context)


def search_projects(projects: QuerySet[Project], query: str) -> QuerySet[Project]:
    """Every word must be found somewhere in name, number, client or address."""
    for word in query.split():
        projects = projects.filter(
            Q(name__icontains=word)
            | Q(number__icontains=word)
            | Q(client_name__icontains=word)
            | Q(address__icontains=word)
        )
    return projects


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def new_project(request: CompanyRequest, company: str) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        try:
            project = verbs.create_project(company=request.company, actor=request.user, **form.cleaned_data)
            return redirect(company_url("project-overview", request.company, project_id=project.pk))
        except verbs.NameTaken as taken:
            form.add_error("name", str(taken))
    return render(request, "ressio/projects/new.html", {"form": form})


@require_safe
@member_required
def show_overview(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    context = {
        "project": project,
        "team": project.assignments.select_related("team_member").order_by("team_member__name"),
        "actions": draw_actions("project_overview", request.member, project_id=project.pk),
        "sections": draw_sections("project_overview", request, project),
    }
    return render(request, "ressio/projects/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit_project(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    form = ProjectForm(request.POST or None, initial={name: getattr(project, name) for name in FIELDS})
    if form.is_valid() and save_project(project, request, form):
        messages.success(request, "The project's details are saved.")
        return go_to_overview(request, project)
    # A refused change stays in the form; the heading shows what is stored.
    project.refresh_from_db()
    return render(request, "ressio/projects/edit.html", {"project": project, "form": form})


def save_project(project: Project, request: CompanyRequest, form: ProjectForm) -> bool:
    try:
        verbs.update_project(project=project, actor=request.user, **form.cleaned_data)
    except verbs.NameTaken as taken:
        form.add_error("name", str(taken))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit_team(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    assigned = list(project.assignments.values_list("team_member_id", flat=True))
    form = TeamForm(request.POST if request.method == "POST" else None, initial={"members": assigned})
    if form.is_valid():
        verbs.assign_team(project=project, members=form.cleaned_data["members"], actor=request.user)
        messages.success(request, "The team is saved.")
        return go_to_overview(request, project)
    return render(request, "ressio/projects/team.html", {"project": project, "form": form})


@require_POST
@admin_required
def archive_project(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    verbs.archive_project(project=project, actor=request.user)
    messages.success(request, f"{project.name} is archived.")
    return go_to_overview(request, project)


@require_POST
@admin_required
def restore_project(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    verbs.restore_project(project=project, actor=request.user)
    messages.success(request, f"{project.name} is active again.")
    return go_to_overview(request, project)


def go_to_overview(request: CompanyRequest, project: Project) -> HttpResponse:
    return redirect(company_url("project-overview", request.company, project_id=project.pk))
