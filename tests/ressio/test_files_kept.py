"""Keeping files: bytes and rows agree, whatever goes wrong on the way."""

import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection, transaction

from ressio.files.keeping import FileRefused, add_file, remove_file, set_client_visibility
from ressio.files.reading import files_of, files_of_subject, open_content, visible_files
from ressio.files.subjects import find_subject, register_file_subject
from ressio.files.upkeep import remove_orphans
from ressio.models import Activity, FileOrigin, ProjectFile
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.file_samples import PDF

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
ROOT = Path(settings.STORAGES["files"]["OPTIONS"]["location"])


@pytest.fixture
def ridge(cast: Cast) -> Iterator[Cast]:
    """With nothing in the storage: tests that were rolled back leave theirs, under the same ids."""
    shutil.rmtree(ROOT / "companies", ignore_errors=True)
    with scope(company=cast.ridge):
        yield cast


def keep(cast: Cast, name: str = "plan.pdf", content: bytes = PDF, **values: Any) -> ProjectFile:
    values.setdefault("actor", cast.alice.user)
    return add_file(project=cast.ridge_house, upload=io.BytesIO(content), name=name, now=NOW, **values)


def list_contents(cast: Cast) -> list[Path]:
    folder = ROOT / f"companies/{cast.ridge.pk}/projects/{cast.ridge_house.pk}"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def list_deeds() -> list[tuple[str, str]]:
    return list(Activity.objects.order_by("pk").values_list("verb", "subject_label"))


def test_a_file_is_kept_byte_for_byte_where_only_we_can_read_it(ridge: Cast) -> None:
    file = keep(ridge, name="C:\\plans\\Plan v2.PDF")
    file.refresh_from_db()

    with open_content(file) as content:
        assert content.read() == PDF
    assert (file.name, file.content_type, file.size) == ("Plan v2.PDF", "application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (file.created_at, file.uploaded_by) == (NOW, ridge.alice.user)
    assert (file.subject_kind, file.origin, file.is_client_visible) == ("project", FileOrigin.RESSIO, False)
    [path] = list_contents(ridge)
    assert str(path) == file.content.path
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert {oct(folder.stat().st_mode & 0o777) for folder in (path.parent, ROOT)} == {"0o700"}
    assert list_deeds() == [("added the file", "Plan v2.PDF")]


def test_a_large_upload_is_moved_not_copied(ridge: Cast) -> None:
    with TemporaryUploadedFile("big.pdf", "text/html", 0, None) as upload:
        upload.write(PDF)
        upload.flush()
        inode = Path(upload.temporary_file_path()).stat().st_ino
        file = add_file(project=ridge.ridge_house, upload=upload, name="big.pdf", actor=None, now=NOW)

    path = Path(file.content.path)
    assert (path.stat().st_ino, path.read_bytes()) == (inode, PDF)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert list_deeds() == []  # nobody did it: a sync brought it


def test_what_is_refused_leaves_nothing(ridge: Cast) -> None:
    with pytest.raises(FileRefused):
        keep(ridge, name="plan.png")

    assert (files_of(ridge.ridge_house).count(), list_contents(ridge), list_deeds()) == (0, [], [])


def test_a_row_that_cannot_be_written_leaves_no_content(ridge: Cast) -> None:
    with pytest.raises(Exception, match=r"(?i)not null|null value"):
        keep(ridge, origin=None)

    assert (files_of(ridge.ridge_house).count(), list_contents(ridge)) == (0, [])


def test_a_rolled_back_upload_is_swept_away_and_nothing_else(ridge: Cast) -> None:
    kept = keep(ridge)
    with transaction.atomic():
        lost = Path(keep(ridge).content.path)
        fresh = Path(keep(ridge).content.path)
        transaction.set_rollback(True)
    two_days = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in (lost, Path(kept.content.path)):
        os.utime(path, (two_days, two_days))

    assert remove_orphans(now=datetime.now(UTC)) == 1

    assert list_contents(ridge) == sorted([Path(kept.content.path), fresh])


def test_content_goes_when_its_row_is_gone_for_good(
    ridge: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    file, other = keep(ridge), keep(ridge)
    assert ridge.alice.user is not None
    with transaction.atomic():
        ProjectFile.objects.all().delete()
        transaction.set_rollback(True)
    assert len(list_contents(ridge)) == 2

    with django_capture_on_commit_callbacks(execute=True):
        remove_file(file=file, actor=ridge.alice.user)

    assert list_contents(ridge) == [Path(other.content.path)]
    assert list_deeds()[-1] == ("removed the file", "plan.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        ridge.ridge_house.delete()
    assert list_contents(ridge) == []


def test_a_file_of_quickbooks_is_not_removed_here_but_can_be_hidden(ridge: Cast) -> None:
    file = keep(ridge, origin=FileOrigin.QUICKBOOKS, is_read_only=True, is_client_visible=True, actor=None)
    assert ridge.bob.user is not None

    with pytest.raises(FileRefused) as refusal:
        remove_file(file=file, actor=ridge.bob.user)
    set_client_visibility(file=file, is_visible=False, actor=ridge.bob.user)
    set_client_visibility(file=file, is_visible=False, actor=ridge.bob.user)

    assert str(refusal.value) == (
        "“plan.pdf” comes from QuickBooks Online. Remove it there, and it goes here too."
    )
    file.refresh_from_db()
    assert file.is_client_visible is False
    assert list_deeds() == [("hid from the client the file", "plan.pdf")]


def test_field_sees_no_files_of_bills(ridge: Cast) -> None:
    register_file_subject("test-photo", "Photo", needs_financials=False)
    plan, bill, photo, unknown = (
        keep(ridge, subject_kind=kind, subject_id="7", subject_label="B-7")
        for kind in ("project", "test-bill", "test-photo", "nobody-knows")
    )

    assert list(visible_files(ridge.ridge_house, ridge.fred)) == [photo, plan]
    assert list(visible_files(ridge.ridge_house, ridge.bob)) == [unknown, photo, bill, plan]
    assert list(files_of_subject(ridge.ridge_house, "test-bill", "7")) == [bill]
    assert find_subject("nobody-knows").label == "Nobody knows"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("cast")
def test_no_lock_is_held_while_the_content_is_stored(cast: Cast) -> None:
    seen = []

    class Watched(SimpleUploadedFile):
        def read(self, *args: Any) -> Any:
            seen.append(connection.in_atomic_block)
            return super().read(*args)

    with scope(company=cast.ridge):
        upload = Watched("plan.pdf", PDF)
        add_file(project=cast.ridge_house, upload=upload, name="plan.pdf", actor=None, now=NOW)

    assert set(seen) == {False}
