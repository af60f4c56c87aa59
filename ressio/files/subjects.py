"""What a file can belong to besides its project. Rooms above register their kinds in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from ressio.http import CompanyRequest
from ressio.models import ProjectFile

# Asked once for each row of a list: it reverses an address and makes no query.
UrlFor = Callable[[CompanyRequest, ProjectFile], str]
PROJECT = "project"


@dataclass(frozen=True)
class FileSubject:
    """`label` is what the kind is called ("Bill"). `url_for` gives the page of the thing, or ""."""

    kind: str
    label: str
    url_for: UrlFor
    needs_financials: bool = True


def has_no_page(request: CompanyRequest, file: ProjectFile) -> str:
    return ""


_subjects: dict[str, FileSubject] = {}


def register_file_subject(
    kind: str, label: str, url_for: UrlFor = has_no_page, *, needs_financials: bool = True
) -> None:
    """Files of a kind that `needs_financials` are hidden from Field (R1): the safe answer unless told."""
    _subjects[kind] = FileSubject(kind, label, url_for, needs_financials)


def find_subject(kind: str) -> FileSubject:
    """A kind that nobody registered (its room is gone) is shown by its own name, and not to Field."""
    return _subjects.get(kind) or FileSubject(kind, kind.replace("-", " ").capitalize(), has_no_page)


def open_kinds() -> list[str]:
    """Kinds whose files everybody on the project may see."""
    return [subject.kind for subject in _subjects.values() if not subject.needs_financials]


register_file_subject(PROJECT, "Project", needs_financials=False)
