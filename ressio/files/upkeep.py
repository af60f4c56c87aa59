"""Content and rows agree: content goes with its row, and content that never got a row is swept away."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from ressio.models import Company, ProjectFile
from ressio.models.files import files_storage
from ressio.scoping import scope

# An upload that is being written has no row yet; none takes a day.
OLD_ENOUGH = timedelta(days=1)


@receiver(post_delete, sender=ProjectFile, dispatch_uid="ressio.files.delete_content")
def delete_content(sender: type[ProjectFile], instance: ProjectFile, **kwargs: Any) -> None:
    """However the row went: by its verb, with its project, in the staff admin. Not before it is gone for good."""
    transaction.on_commit(partial(files_storage().delete, str(instance.content.name)), robust=True)


def remove_orphans(*, now: datetime) -> int:
    """Deletes content without a row that is older than a day: of rolled back uploads, killed processes, and
    deletions the storage missed. Gives how many. Runs outside a scope; a page at a time is one project.
    """
    removed = 0
    for key in list_orphans():
        if now - files_storage().get_modified_time(key) > OLD_ENOUGH:
            files_storage().delete(key)
            removed += 1
    return removed


def list_orphans() -> Iterator[str]:
    for company_id in list_folders("companies"):
        for project_id in list_folders(f"companies/{company_id}/projects"):
            yield from list_project_orphans(company_id, f"companies/{company_id}/projects/{project_id}")


def list_project_orphans(company_id: str, folder: str) -> Iterator[str]:
    keys = [f"{folder}/{name}" for name in files_storage().listdir(folder)[1]]
    # The content is listed before the rows are read: a row written in between is found.
    with scope(company=Company(pk=int(company_id))):
        kept = set(
            ProjectFile.objects.filter(content__startswith=f"{folder}/").values_list("content", flat=True)
        )
    yield from (key for key in keys if key not in kept)


def list_folders(path: str) -> list[str]:
    try:
        return [name for name in files_storage().listdir(path)[0] if name.isdecimal() or name == "projects"]
    except FileNotFoundError:
        return []
