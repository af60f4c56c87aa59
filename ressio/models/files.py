"""Files of a project: plans, photos, receipts, and what QuickBooks holds for its documents (R47, M53)."""

import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone

from ressio.scoping import company_scoped

from .people import Company, User
from .work import Project

LONGEST_NAME = 150


class FileOrigin(models.TextChoices):
    RESSIO = "ressio", "Ressio"
    QUICKBOOKS = "quickbooks", "QuickBooks Online"


def files_storage() -> Storage:
    """Asked anew each time, so that a migration names no storage and a test may use another."""
    return storages["files"]


def make_key(file: "ProjectFile", filename: str = "") -> str:
    """Where the content lies. Nothing of it can be guessed, and no name that a person chose becomes a path."""
    return f"companies/{file.company_id}/projects/{file.project_id}/{uuid.uuid4().hex}"


class ProjectFile(models.Model):
    """What a file is and where it hangs; its content lies in the storage `files`, never below a web address.

    `subject_kind` and `subject_id` say what it belongs to ("project" for files of the Files tab); rooms above
    register their kinds in `ressio.files.subjects`.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=LONGEST_NAME, help_text="Made safe; what people see and download.")
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.FileField(storage=files_storage, upload_to=make_key, max_length=255, unique=True)
    origin = models.CharField(max_length=20, choices=FileOrigin, default=FileOrigin.RESSIO)
    subject_kind = models.SlugField(max_length=40, default="project", db_index=False)
    subject_id = models.CharField(max_length=60, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    is_read_only = models.BooleanField(default=False, help_text="Pulled from QuickBooks Online (M51).")
    is_client_visible = models.BooleanField(default=False, help_text="The client may see it (M52, R26).")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        indexes = [
            models.Index(fields=["project", "subject_kind", "subject_id"], name="file_by_subject"),
            models.Index(fields=["project", "-created_at"], name="file_newest_first"),
        ]

    def __str__(self) -> str:
        return self.name
