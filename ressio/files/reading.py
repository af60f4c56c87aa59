"""Which files a member may see, and their content."""

from typing import Any

from django.core.files import File
from django.db.models import Q, QuerySet

from ressio.files.subjects import open_kinds
from ressio.models import Project, ProjectFile, TeamMember


def files_of(project: Project) -> QuerySet[ProjectFile]:
    """All of them, newest first. For people use `visible_files`."""
    found: QuerySet[ProjectFile] = ProjectFile.objects.filter(project=project)
    return found.order_by("-created_at", "-pk")


def visible_files(project: Project, member: TeamMember) -> QuerySet[ProjectFile]:
    """Field sees no files of bills and the like (R1). Whether the member may see the project is asked before."""
    found = files_of(project)
    return found if member.sees_financials else found.filter(subject_kind__in=open_kinds())


def files_of_subject(project: Project, kind: str, subject_id: str) -> QuerySet[ProjectFile]:
    return files_of(project).filter(subject_kind=kind, subject_id=subject_id)


def search_files(files: QuerySet[ProjectFile], query: str) -> QuerySet[ProjectFile]:
    """Every word must be found in the name or in what the file belongs to."""
    for word in query.split():
        files = files.filter(Q(name__icontains=word) | Q(subject_label__icontains=word))
    return files


def open_content(file: ProjectFile) -> File[Any]:
    """For reading, at its beginning; close it. Raises FileNotFoundError when the storage has lost it."""
    opened: File[Any] = file.content.storage.open(str(file.content.name), "rb")
    return opened
