"""Time people worked: clocked or recorded here, or entered in QuickBooks and shown here."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Connection
from ressio.models import Company, CostCode, Project, TeamMember, User
from ressio.scoping import company_scoped


def make_client_key() -> str:
    return uuid.uuid4().hex


class ShiftOrigin(models.TextChoices):
    """A document has one origin (K8)."""

    RESSIO = "ressio", "Ressio"
    QUICKBOOKS = "quickbooks", "QuickBooks"


class ShiftState(models.TextChoices):
    """R31: approved means in the budget and, where the project says so, on the way to QuickBooks."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    DELETED = "deleted", "Deleted in QuickBooks"


class Shift(models.Model):
    """One person on one project and cost code, from a moment to a moment. Running while `ended_at` is empty.

    Moments are UTC; `zone` says on which clock they are shown, `worked_on` is the day of the start on that clock. A
    shift recorded by its length alone, as QuickBooks' often are, has `worked_seconds` and no moments.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="shifts")
    team_member = models.ForeignKey(
        TeamMember,
        on_delete=models.PROTECT,
        related_name="shifts",
        null=True,
        blank=True,
        help_text="Empty for a worker of QuickBooks' who is linked to nobody here.",
    )
    worker_name = models.CharField(max_length=500, blank=True, help_text="As QuickBooks has it.")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="shifts", null=True, blank=True
    )
    cost_code = models.ForeignKey(
        CostCode, on_delete=models.PROTECT, related_name="shifts", null=True, blank=True
    )
    shift_type = models.CharField(max_length=60, blank=True, help_text="Names the rate (R32).")
    description = models.CharField(max_length=4000, blank=True)
    is_billable = models.BooleanField(default=True)
    origin = models.CharField(max_length=12, choices=ShiftOrigin, default=ShiftOrigin.RESSIO)
    state = models.CharField(max_length=10, choices=ShiftState, default=ShiftState.DRAFT)

    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=64, help_text="Of the company when it was made.")
    worked_on = models.DateField()
    worked_seconds = models.PositiveIntegerField(
        default=0, help_text="Without breaks; kept with every change. 0 while running."
    )
    was_recorded = models.BooleanField(default=False, help_text="Entered afterwards, not clocked (R29).")
    start_place = models.CharField(max_length=60, blank=True, help_text="Latitude, longitude at clock-in.")
    end_place = models.CharField(max_length=60, blank=True)
    client_key = models.CharField(
        max_length=64, default=make_client_key, help_text="Of the tap: a repeated one makes no second shift."
    )
    end_key = models.CharField(max_length=64, blank=True, help_text="Of the tap that ended it.")
    told_forgotten_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person was asked whether a running shift was forgotten."
    )

    recorded_at = models.DateTimeField(
        default=timezone.now, help_text="Decides what was made before the switch (V11, M61)."
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    # As QuickBooks has it.
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="shifts"
    )
    quickbooks_id = models.CharField(max_length=40, blank=True)
    billable_status = models.CharField(max_length=20, blank=True)
    quickbooks_rate = models.DecimalField(
        max_digits=20,
        decimal_places=7,
        null=True,
        blank=True,
        help_text="Its billable rate: it wins over ours (R36).",
    )
    agreed: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    conflicts: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team_member"],
                condition=Q(ended_at__isnull=True, started_at__isnull=False),
                name="one_running_shift_a_person",
            ),
            models.UniqueConstraint(fields=["company", "client_key"], name="a_tap_makes_one_shift"),
            models.UniqueConstraint(
                fields=["connection", "quickbooks_id"],
                condition=~Q(quickbooks_id=""),
                name="a_time_entry_is_one_shift",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="a_shift_ends_after_its_start",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "worked_on"], name="shift_by_day"),
            models.Index(fields=["team_member", "started_at"], name="shift_by_person"),
            models.Index(fields=["project", "worked_on"], name="shift_by_project"),
            models.Index(fields=["company", "state", "worked_on"], name="shift_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_worker}, {self.worked_on.day} {self.worked_on:%b %Y}"

    @property
    def shown_worker(self) -> str:
        return self.team_member.name if self.team_member else self.worker_name

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    @property
    def is_ours(self) -> bool:
        return self.origin == ShiftOrigin.RESSIO

    @property
    def is_sent(self) -> bool:
        """QuickBooks has it, or had it before it was deleted there."""
        return bool(self.quickbooks_id)


class Break(models.Model):
    """Time within a shift that is not worked (R37). One at a time; ends by itself after thirty minutes."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="breaks")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    was_auto_ended = models.BooleanField(default=False, help_text="After thirty minutes, by itself (R37).")
    client_key = models.CharField(max_length=64, default=make_client_key)
    end_key = models.CharField(max_length=64, blank=True, help_text="Of the tap that ended it.")

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(ended_at__isnull=True), name="one_break_at_a_time"
            ),
            models.UniqueConstraint(fields=["company", "client_key"], name="a_tap_makes_one_break"),
        ]

    def __str__(self) -> str:
        return f"Break of {self.shift_id}"


class ShiftChange(models.Model):
    """Something that happened to a shift, here or in QuickBooks, with what stood before. Never updated."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=300)
    fields: "models.JSONField[Any, Any]" = models.JSONField(
        default=list, blank=True, help_text="[label, before, after] each."
    )

    objects = company_scoped()

    def __str__(self) -> str:
        return self.what
