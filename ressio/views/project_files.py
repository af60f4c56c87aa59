"""A project's Files tab (R47, M53): every file of the project, wherever it belongs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio.access import financials_required, get_project, member_required
from ressio.files.keeping import FileRefused, remove_file, set_client_visibility
from ressio.files.reading import search_files, visible_files
from ressio.files.subjects import find_subject, may_remove
from ressio.http import CompanyRequest, takes_files
from ressio.models import FileOrigin, Project, ProjectFile
from ressio.views.file_rows import draw_file, draw_files, keep_uploads
from ressio.views.files import send_file
from ressio.views.places import company_url, read_next

FILES_A_PAGE = 50
SORTS = {
    "name": ("name",),
    "-name": ("-name",),
    "size": ("size",),
    "-size": ("-size",),
    "added": ("created_at",),
    "-added": ("-created_at",),
    "subject": ("subject_kind", "subject_label"),
    "-subject": ("-subject_kind", "-subject_label"),
}


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def show_files(request: CompanyRequest, company: str, project_id: int) -> HttpResponse:
    project = get_project(request, project_id)
    if request.method == "POST":
        keep_uploads(request, project)
        return redirect(company_url("project-files", request.company, project_id=project.pk))
    return render(request, "ressio/projects/files.html", describe_files(request, project))


def describe_files(request: CompanyRequest, project: Project) -> dict[str, object]:
    files = visible_files(project, request.member)
    page = find_page(request, project)
    return {
        "project": project,
        "page": page,
        "files": draw_files(request, page.object_list),
        "has_any": page.paginator.count > 0 or files.exists(),
        "shows_prices": files.filter(origin=FileOrigin.QUICKBOOKS, is_client_visible=True).exists(),
        "query": request.GET.get("q", "").strip(),
        "origin": request.GET.get("origin", ""),
        "origins": FileOrigin.choices,
        "sort": request.GET.get("sort", "-added"),
    }


def find_page(request: CompanyRequest, project: Project) -> Page[ProjectFile]:
    files = search_files(visible_files(project, request.member), request.GET.get("q", ""))
    origin = request.GET.get("origin", "")
    if origin in FileOrigin.values:
        files = files.filter(origin=origin)
    order = SORTS.get(request.GET.get("sort", ""), SORTS["-added"])
    files = files.select_related("uploaded_by").order_by(*order, "-pk")
    return Paginator(files, FILES_A_PAGE).get_page(request.GET.get("page"))


@require_safe
@member_required
def download(request: CompanyRequest, company: str, project_id: int, file_id: int) -> FileResponse:
    return send_file(find_file(request, project_id, file_id))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def remove(request: CompanyRequest, company: str, project_id: int, file_id: int) -> HttpResponse:
    """The question is a page of its own as well, for browsers without script."""
    file = find_file(request, project_id, file_id)
    if not (may_remove(file, request.member) or file.is_read_only):
        raise PermissionDenied
    back = go_back(request, file)
    if request.method != "POST" and not file.is_read_only:
        context = {"project": file.project, "row": draw_file(request, file), "back": back.url}
        return render(request, "ressio/projects/remove_file.html", context)
    try:
        remove_file(file=file, actor=request.user)
        messages.success(request, f"“{file.name}” is removed.")
    except FileRefused as refused:
        messages.error(request, str(refused))
    return back


@require_POST
@financials_required
def set_visibility(request: CompanyRequest, company: str, project_id: int, file_id: int) -> HttpResponse:
    file = find_file(request, project_id, file_id)
    is_visible = request.POST.get("is_visible") == "yes"
    set_client_visibility(file=file, is_visible=is_visible, actor=request.user)
    messages.success(request, describe_visibility(file))
    return go_back(request, file)


def describe_visibility(file: ProjectFile) -> str:
    """K13: whoever shows a bill is told what comes with it."""
    if not file.is_client_visible:
        return f"The client no longer sees “{file.name}”."
    has_prices = find_subject(file.subject_kind).needs_financials
    warning = " It may show what a supplier charges." if has_prices else ""
    return f"The client may now see “{file.name}”.{warning}"


def find_file(request: CompanyRequest, project_id: int, file_id: int) -> ProjectFile:
    files = visible_files(get_project(request, project_id), request.member)
    file: ProjectFile = get_object_or_404(files.select_related("project", "company"), pk=file_id)
    return file


def go_back(request: CompanyRequest, file: ProjectFile) -> HttpResponseRedirect:
    """To the page the list of files was on."""
    default = company_url("project-files", request.company, project_id=file.project_id)
    return HttpResponseRedirect(read_next(request, default))
