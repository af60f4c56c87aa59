"""What a file can belong to besides its project. Rooms above register their kinds in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from ressio.http import CompanyRequest
from ressio.models import ProjectFile, TeamMember

# Both are asked once for each row of a list and make no query.
UrlFor = Callable[[CompanyRequest, ProjectFile], str]
MayRemove = Callable[[TeamMember, ProjectFile], bool]
PROJECT = "project"


@dataclass(frozen=True)
class FileSubject:
    """`label` is what the kind is called ("Bill"). `url_for` gives the page of the thing, or ""."""

    kind: str
    label: str
    url_for: UrlFor
    may_remove: MayRemove
    needs_financials: bool = True


def has_no_page(request: CompanyRequest, file: ProjectFile) -> str:
    return ""


def is_office_or_own(member: TeamMember, file: ProjectFile) -> bool:
    """Field takes back what it uploaded itself; Admins and Team Members any file."""
    return member.sees_financials or (member.user_id is not None and file.uploaded_by_id == member.user_id)


_subjects: dict[str, FileSubject] = {}


def register_file_subject(
    kind: str,
    label: str,
    url_for: UrlFor = has_no_page,
    *,
    may_remove: MayRemove = is_office_or_own,
    needs_financials: bool = True,
) -> None:
    """Files of a kind that `needs_financials` are hidden from Field (R1): the safe answer unless told.

    `may_remove` is asked about our own files only; those of QuickBooks are never removed here (M51).
    """
    _subjects[kind] = FileSubject(kind, label, url_for, may_remove, needs_financials)


def find_subject(kind: str) -> FileSubject:
    """A kind that nobody registered (its room is gone) is shown by its own name, and not to Field."""
    unknown = FileSubject(kind, kind.replace("-", " ").capitalize(), has_no_page, is_office_or_own)
    return _subjects.get(kind, unknown)


def may_remove(file: ProjectFile, member: TeamMember) -> bool:
    return not file.is_read_only and find_subject(file.subject_kind).may_remove(member, file)


def open_kinds() -> list[str]:
    """Kinds whose files everybody on the project may see."""
    return [subject.kind for subject in _subjects.values() if not subject.needs_financials]


register_file_subject(PROJECT, "Project", needs_financials=False)
