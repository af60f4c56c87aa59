"""Verbs on files of a project: keep one, remove it, show it to the client (R26, R47, M51, M52).

The content is looked at and stored before the row is written, outside any lock. A row and its content agree:
what could not be written leaves no content behind, and the content goes when the row has gone for good.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.files.kinds import HEAD_BYTES, KINDS, FileKind, Sample, list_endings
from ressio.files.names import ending_of, make_name_safe
from ressio.files.subjects import PROJECT
from ressio.models import FileOrigin, Project, ProjectFile, User
from ressio.models.files import files_storage, make_key

# QuickBooks takes 100 MB for a whole request (transport 10.1): this leaves room for what goes around the file.
LARGEST_FILE = 100 * 1024 * 1024 - 64 * 1024
Upload = File[Any] | BinaryIO


class FileRefused(Exception):
    """The text is for people."""


@dataclass(frozen=True)
class Measured:
    size: int
    sha256: str
    head: bytes


def add_file(
    *,
    project: Project,
    upload: Upload,
    name: str,
    actor: User | None,
    now: datetime,
    subject_kind: str = PROJECT,
    subject_id: str = "",
    subject_label: str = "",
    origin: FileOrigin = FileOrigin.RESSIO,
    is_read_only: bool = False,
    is_client_visible: bool = False,
) -> ProjectFile:
    """Reads `upload` from its beginning, piece by piece; it must be able to go back. Raises FileRefused.

    Call it outside a transaction where you can. Inside one, a rollback after this returns leaves the content
    without a row, and `remove_orphans` takes it away.
    """
    safe_name = make_name_safe(name)
    kind, measured = examine(upload, safe_name)
    file = ProjectFile(
        company=project.company,
        project=project,
        name=safe_name,
        content_type=kind.content_type,
        size=measured.size,
        sha256=measured.sha256,
        origin=origin,
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject_label=subject_label[:200],
        is_read_only=is_read_only,
        is_client_visible=is_client_visible,
        uploaded_by=actor,
        created_at=now,
    )
    upload.seek(0)
    key = files_storage().save(make_key(file), upload if isinstance(upload, File) else File(upload))
    try:
        with transaction.atomic():
            file.content.name = key
            file.save(force_insert=True)
            _record(file, actor, "added the file")
    except BaseException:
        files_storage().delete(key)
        raise
    return file


def remove_file(*, file: ProjectFile, actor: User) -> None:
    """Its content goes when the transaction is through. Raises FileRefused for a file of QuickBooks (M51)."""
    if file.is_read_only:
        raise FileRefused(
            f"“{file.name}” comes from QuickBooks Online. Remove it there, and it goes here too."
        )
    with transaction.atomic():
        _record(file, actor, "removed the file")
        file.delete()


def set_client_visibility(*, file: ProjectFile, is_visible: bool, actor: User) -> None:
    """Whether the client may see this one file, wherever it comes from (K13)."""
    with transaction.atomic():
        if apply_changes(file, {"is_client_visible": is_visible}):
            verb = "showed to the client the file" if is_visible else "hid from the client the file"
            _record(file, actor, verb)


def examine(upload: Upload, name: str) -> tuple[FileKind, Measured]:
    """Raises FileRefused unless it may be kept under this name."""
    kind = KINDS.get(ending_of(name))
    if kind is None:
        raise FileRefused(
            f"“{name}” is of a type that QuickBooks Online does not take. It takes {list_endings()}."
        )
    measured = measure(upload, name)
    if not measured.size:
        raise FileRefused(f"“{name}” is empty.")
    if not kind.looks_right(Sample(measured.head, cast(BinaryIO, upload))):
        raise FileRefused(
            f"“{name}” is not {kind.label} inside, although its name says so. Save it again in that form, "
            "or give it the ending that fits."
        )
    return kind, measured


def measure(upload: Upload, name: str) -> Measured:
    """Stops as soon as it is too large."""
    digest, size, head = hashlib.sha256(), 0, b""
    upload.seek(0)
    while chunk := upload.read(HEAD_BYTES):
        head = head or chunk
        size += len(chunk)
        if size > LARGEST_FILE:
            raise FileRefused(f"“{name}” is larger than 100 MB, which is all that QuickBooks Online takes.")
        digest.update(chunk)
    return Measured(size, digest.hexdigest(), head)


def _record(file: ProjectFile, actor: User | None, verb: str) -> None:
    """What a person did. What a sync brings stands in the sync log."""
    if actor is not None:
        record_activity(company=file.company, actor=actor, verb=verb, subject=file)
