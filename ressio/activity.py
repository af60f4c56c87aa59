"""Write down who did what. Called by verbs, inside their transaction."""

from typing import Any

from django.db import models

from ressio.models import Activity, Company, User


def record_activity(
    *,
    company: Company,
    actor: User | None,
    verb: str,
    subject: models.Model,
    changes: dict[str, Any] | None = None,
) -> Activity:
    """`changes` maps a field's name to [before, after] as strings; never put a secret in it."""
    return Activity.objects.create(
        company=company,
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:200],
        changes=changes or {},
    )
