"""Requests of programs that may be sent again without doing their work again."""

from typing import Any

from django.db import models
from django.utils import timezone

from ressio.scoping import company_scoped

from .people import Company, TeamMember


class IdempotencyKey(models.Model):
    """One request that did its work, under the key the program gave it, with the answer it got.

    Written in the transaction of the work itself, so there is never a key without its work or the other way round.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    team_member = models.ForeignKey(TeamMember, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=300, help_text="Method and path.")
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64, help_text="SHA-256 of what was sent.")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the answer.")
    answer: "models.JSONField[Any, Any]" = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "team_member", "route", "key"], name="a_key_is_used_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
