"""Lists of files on any page: what each row shows and offers, and taking what a form sent.

A page about something of a project shows its files like this:

    context["files"] = draw_files(request, files_of_subject(project, "bill", str(bill.pk)))
    {% include "ressio/components/files.html" with upload_url=upload_url %}

and its view at `upload_url`, marked `takes_files`, calls `keep_uploads`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from ressio.files.keeping import FileRefused, add_file
from ressio.files.subjects import FileSubject, find_subject, may_remove
from ressio.http import CompanyRequest
from ressio.models import Project, ProjectFile
from ressio.views.places import company_url

INPUT_NAME = "files"


@dataclass(frozen=True)
class FileRow:
    """A file as drawn. `remove_url` and `visibility_url` lead back to this page; "" for who may not."""

    file: ProjectFile
    subject: FileSubject
    subject_url: str
    download_url: str
    remove_url: str
    visibility_url: str

    @property
    def dialog_id(self) -> str:
        return f"remove-file-{self.file.pk}"

    @property
    def consequence(self) -> str:
        size = filesizeformat(self.file.size)
        return f"“{self.file.name}” ({size}) is deleted for everybody and cannot be brought back."


def draw_files(
    request: CompanyRequest, files: QuerySet[ProjectFile] | Iterable[ProjectFile]
) -> list[FileRow]:
    """Whether the member may see them is asked before (`visible_files`)."""
    if isinstance(files, QuerySet):
        files = files.select_related("uploaded_by")
    return [draw_file(request, file) for file in files]


def draw_file(request: CompanyRequest, file: ProjectFile) -> FileRow:
    subject = find_subject(file.subject_kind)
    return FileRow(
        file=file,
        subject=subject,
        subject_url=subject.url_for(request, file),
        download_url=file_url("project-file-download", request, file),
        remove_url=back_from("project-file-remove", request, file)
        if may_remove(file, request.member)
        else "",
        visibility_url=(
            back_from("project-file-visibility", request, file) if request.member.sees_financials else ""
        ),
    )


def back_from(name: str, request: CompanyRequest, file: ProjectFile) -> str:
    return f"{file_url(name, request, file)}?{urlencode({'next': request.get_full_path()})}"


def file_url(name: str, request: CompanyRequest, file: ProjectFile) -> str:
    return company_url(name, request.company, project_id=file.project_id, file_id=file.pk)


def keep_uploads(request: CompanyRequest, project: Project, **subject: Any) -> list[ProjectFile]:
    """Each file of the form on its own: those that are refused do not keep the others out. Says what happened.

    `subject` is `subject_kind`, `subject_id`, `subject_label`, as `add_file` takes them.
    """
    kept = list(_keep_each(request, project, subject))
    if kept:
        names = f"“{kept[0].name}” is" if len(kept) == 1 else f"{len(kept)} files are"
        messages.success(request, f"{names} added.")
    return kept


def _keep_each(request: CompanyRequest, project: Project, subject: dict[str, Any]) -> Iterator[ProjectFile]:
    uploads = request.FILES.getlist(INPUT_NAME)
    if not uploads:
        messages.error(request, "Choose at least one file first.")
    for upload in uploads:
        try:
            yield add_file(
                project=project,
                upload=upload,
                name=upload.name or "",
                actor=request.user,
                now=timezone.now(),
                **subject,
            )
        except FileRefused as refused:
            messages.error(request, str(refused))
