"""Who did what, when: an append-only record written by the verbs themselves."""

from typing import Any

from django.db import models
from django.utils import timezone

from ressio.scoping import company_scoped

from .people import Company, User


class Activity(models.Model):
    """One deed of a person (or of the system, without actor). Never updated, never holds secrets."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="activities")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=200)
    changes: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["company", "subject_type", "subject_id", "at"], name="activity_by_subject")
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"
