"""What is on its way into QuickBooks: one row for each thing a person approved, and every try at sending it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ressio.models import Company, User
from ressio.scoping import company_scoped

from .connection import Connection


def make_operation_id() -> str:
    return uuid.uuid4().hex


class PushOperation(models.TextChoices):
    CREATE = "create", "Create"
    UPDATE = "update", "Change"
    DELETE = "delete", "Delete"
    VOID = "void", "Void"
    UPLOAD = "upload", "Attach"


class PushState(models.TextChoices):
    WAITING = "waiting", "Waiting to be sent"
    SENDING = "sending", "Sending"
    UNKNOWN = "unknown", "Sent, no answer yet"
    HELD = "held", "Needs attention"
    DONE = "done", "In QuickBooks"
    SKIPPED = "skipped", "Not sent, as decided"


OPEN_STATES = (PushState.WAITING, PushState.SENDING, PushState.UNKNOWN, PushState.HELD)


class BatchState(models.TextChoices):
    SENDING = "sending", "Sending"
    UNKNOWN = "unknown", "Sent, no answer yet"
    CLOSED = "closed", "Closed"


class PushBatch(models.Model):
    """Pushes that travel in one request. Its composition is frozen: while the outcome is unknown it is sent again as it
    was, under the same request id, and QuickBooks gives each item's first answer again (transport 6).

    `size` is how many it was made of: one that lacks a member is never sent again.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="push_batches")
    request_id = models.CharField(max_length=32, unique=True, default=make_operation_id, editable=False)
    size = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.SENDING)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(
        default=0, help_text="Also tells workers apart: a late one writes nothing."
    )
    last_sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    class Meta:
        verbose_name = "batch of pushes"
        verbose_name_plural = "batches of pushes"
        indexes = [models.Index(fields=["state", "next_try_at"], name="push_batch_by_state")]

    def __str__(self) -> str:
        return f"Batch of {self.size}, {self.created_at:%Y-%m-%d %H:%M}"


class Push(models.Model):
    """The row is the truth: written with the approval, in its transaction. A Celery message only wakes a worker.

    `payload` is frozen before the first byte leaves and sent again unchanged, under the same request id, while the
    outcome is unknown. What was certainly not carried out, as when throttled, is built anew for the next try. Only
    after QuickBooks has clearly refused, and a person asked for another try, does that happen under the next
    generation, which QuickBooks takes for another request.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="pushes")
    kind = models.CharField(max_length=40, help_text="Which builder makes the document.")
    subject_id = models.CharField(max_length=40, help_text="Id of our own row.")
    subject_label = models.CharField(max_length=300)
    entity = models.CharField(max_length=40)
    operation = models.CharField(max_length=10, choices=PushOperation, default=PushOperation.CREATE)
    operation_id = models.CharField(max_length=32, unique=True, default=make_operation_id, editable=False)
    generation = models.PositiveSmallIntegerField(default=1)
    payload = models.TextField(
        blank=True, help_text="The exact JSON text that is sent; empty until the first try."
    )
    state = models.CharField(max_length=10, choices=PushState, default=PushState.WAITING)
    hold_code = models.CharField(max_length=40, blank=True)
    hold_sentence = models.CharField(
        max_length=500, blank=True, help_text="For people: what stands in the way."
    )
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(
        default=0, help_text="Also tells workers apart: a late one writes nothing."
    )
    first_sent_at = models.DateTimeField(null=True, blank=True, help_text="Of this generation.")
    last_sent_at = models.DateTimeField(null=True, blank=True)
    is_in_doubt = models.BooleanField(
        default=False, help_text="Look for the document in QuickBooks before it is sent again."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    quickbooks_id = models.CharField(max_length=40, blank=True)
    is_bulk = models.BooleanField(
        default=False, help_text="One of many that were asked for at once: leaves in a batch."
    )
    goes_alone = models.BooleanField(
        default=False, help_text="Was in a batch that did not end well: leaves in a request of its own."
    )
    batch = models.ForeignKey(
        PushBatch,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="members",
        help_text="While it is on its way in one.",
    )
    batch_position = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Its bId there.")
    was_adopted = models.BooleanField(default=False, help_text="Found in QuickBooks instead of made there.")

    objects = company_scoped()

    class Meta:
        verbose_name_plural = "pushes"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "subject_id"],
                condition=Q(state__in=["waiting", "sending", "unknown", "held"]),
                name="one_open_push_a_subject",
            )
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="push_by_state")]

    def __str__(self) -> str:
        return f"{self.get_operation_display()} {self.entity}: {self.subject_label}"

    @property
    def request_id(self) -> str:
        """At most 36 characters, so that it also serves in a batch (transport 2.5)."""
        return f"{self.operation_id}-{self.generation}"

    @property
    def sent_request_id(self) -> str:
        """What QuickBooks remembers it under: in a batch that is the batch's id with the item's behind it."""
        return f"{self.batch.request_id}{self.bid}" if self.batch else self.request_id

    @property
    def bid(self) -> str:
        return str(self.batch_position or "")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class PushTry(models.Model):
    """One request that carried a push, and how it ended. Holds nothing of the books, as `Exchange` does not."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="attempts")
    batch = models.ForeignKey(
        PushBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    request_id = models.CharField(max_length=50)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: the worker died before an answer."
    )
    outcome = models.CharField(max_length=10, choices=PushState, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    fault_code = models.CharField(max_length=40, blank=True)
    intuit_tid = models.CharField(max_length=100, blank=True)

    objects = company_scoped()

    class Meta:
        verbose_name = "try at a push"
        verbose_name_plural = "tries at pushes"
        constraints = [models.UniqueConstraint(fields=["push", "number"], name="a_try_has_one_number")]

    def __str__(self) -> str:
        return f"Try {self.number} of {self.push_id}"

    @property
    def milliseconds(self) -> int | None:
        return round((self.ended_at - self.began_at).total_seconds() * 1000) if self.ended_at else None
