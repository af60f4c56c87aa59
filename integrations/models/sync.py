"""What happened and what needs somebody: sync runs, their steps, and open issues."""

from django.db import models
from django.utils import timezone

from ressio.models import Company, Project, User
from ressio.money import ZERO, MoneyField
from ressio.scoping import company_scoped

from .connection import Connection


class RunKind(models.TextChoices):
    LISTS = "lists", "Lists"
    EXPENSES = "expenses", "Expenses"
    BILLS = "bills", "Bills"
    INVOICES = "invoices", "Invoices and payments"
    TIME = "time", "Time"
    ALL = "all", "Everything"


class RunTrigger(models.TextChoices):
    BUTTON = "button", "Button"
    API = "api", "API"
    COMMAND = "command", "Command"
    SCHEDULE = "schedule", "Schedule"
    CONNECT = "connect", "Connecting"


class RunStatus(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"


ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING)
NARROW = models.Q(kind=RunKind.INVOICES, is_full=False)
"""As `SyncRun.is_narrow` in SQL."""
QUIET = NARROW & models.Q(
    trigger=RunTrigger.SCHEDULE, status=RunStatus.SUCCEEDED, changed_count=0, deleted_count=0
)
"""The look of every 15 minutes that found nothing new: 96 of them a day, which nobody wants to read."""


class SyncRun(models.Model):
    """One execution of a sync. The row is the truth; a Celery message only wakes a worker up."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=RunKind)
    is_full = models.BooleanField(default=False, help_text="Read everything again instead of what changed.")
    project = models.ForeignKey(
        Project,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where it was asked for.",
    )
    trigger = models.CharField(max_length=10, choices=RunTrigger)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="A run whose lease ran out is taken up again."
    )
    attempt = models.PositiveSmallIntegerField(default=0)
    request_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0, help_text="Documents new or changed.")
    deleted_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, help_text="For people: what failed and what to do.")
    error_code = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="For people: what was out of the ordinary.")
    then_full = models.CharField(
        max_length=10,
        choices=RunKind,
        blank=True,
        help_text="A full sync of this kind was asked for meanwhile: it starts when this run has ended.",
    )
    then_kind = models.CharField(
        max_length=10,
        choices=RunKind,
        blank=True,
        help_text="A sync of this kind was asked for while this one reads invoices and payments only: it follows.",
    )
    request_id = models.CharField(max_length=64, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(status__in=["queued", "running"]),
                name="one_active_run_a_connection",
            )
        ]
        indexes = [models.Index(fields=["connection", "-requested_at"], name="run_by_time")]

    # Set by `request_sync` on the row it returns: this run was there already.
    was_joined = False
    # Likewise: what was asked for just now is not in it and comes after it.
    is_followed = False

    def __str__(self) -> str:
        return f"{self.get_kind_display()} sync {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_narrow(self) -> bool:
        """Reads what changed of invoices and payments, and nothing else (M76)."""
        return self.kind == RunKind.INVOICES and not self.is_full


class SyncStep(models.Model):
    """Progress of one part of a run: what it reads, how many of how many."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, help_text="Bills, Vendors… in QuickBooks' words.")
    entity = models.CharField(max_length=40, blank=True, help_text="Empty for a step that reads no entity.")
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    changed = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="a_run_has_a_step_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.run}"


class ChangeAction(models.TextChoices):
    ADDED = "added", "New"
    CHANGED = "changed", "Changed"
    DELETED = "deleted", "Deleted"


class SyncChange(models.Model):
    """A document that a run brought. Only the first few hundred of a run are kept; its counts are always whole."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="changes")
    entity = models.CharField(max_length=40)
    quickbooks_id = models.CharField(max_length=40)
    action = models.CharField(max_length=10, choices=ChangeAction)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "entity", "quickbooks_id"], name="a_run_changes_a_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.quickbooks_id} {self.action}"


class IssueLevel(models.TextChoices):
    PROBLEM = "problem", "Needs you"
    SETTING = "setting", "Left out by setting"


class SyncIssue(models.Model):
    """Something left out or wrong: one open row per thing and reason. Closes itself when the cause is gone."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="issues")
    reason = models.CharField(max_length=40)
    level = models.CharField(max_length=10, choices=IssueLevel, default=IssueLevel.PROBLEM)
    subject_type = models.CharField(max_length=40, help_text="item, account, employee, project, connection…")
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    way_out = models.CharField(max_length=500)
    fix_url = models.CharField(max_length=500, blank=True)
    fix_label = models.CharField(max_length=60, blank=True)
    amount = MoneyField(default=ZERO, help_text="Dollars it holds up.")
    line_count = models.PositiveIntegerField(default=0)
    hours = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "reason", "subject_type", "subject_id"],
                condition=models.Q(resolved_at__isnull=True),
                name="one_open_issue_a_thing_and_reason",
            )
        ]

    def __str__(self) -> str:
        return self.title
