"""The tie between a company and its books in QuickBooks Online, and how fast we may talk to them."""

from typing import Any

from django.db import models
from django.utils import timezone

from ressio.encryption import EncryptedTextField, keyed_hash
from ressio.models import Company, User
from ressio.scoping import company_scoped


class ConnectionStatus(models.TextChoices):
    PENDING = "pending", "Waiting for confirmation"
    CONNECTED = "connected", "Connected"
    RECONNECT_NEEDED = "reconnect_needed", "Reconnect needed"
    DISCONNECTED = "disconnected", "Disconnected"


class AutomaticSync(models.TextChoices):
    """K2: by contract costs are pulled on demand; a company may ask for more."""

    MANUAL = "manual", "Only when somebody presses Sync"
    HOURLY = "hourly", "Every hour"


class Connection(models.Model):
    """One company's link to one QuickBooks company (realm).

    The row outlives a disconnect: links and mirrored documents hang on it, so reconnecting the same
    realm resumes without duplicates (U10). `is_current` marks the one a company uses now.
    Tokens and the realm id are encrypted; `realm_hash` finds the row again.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="connections")
    realm_id = EncryptedTextField()
    realm_hash = models.CharField(max_length=64, editable=False)
    is_current = models.BooleanField(default=True)
    status = models.CharField(max_length=20, choices=ConnectionStatus, default=ConnectionStatus.CONNECTED)
    status_reason = models.CharField(max_length=300, blank=True, help_text="In words a person can act on.")
    automatic_sync = models.CharField(max_length=10, choices=AutomaticSync, default=AutomaticSync.MANUAL)

    access_token = EncryptedTextField(blank=True, default="")
    access_token_expires_at = models.DateTimeField(null=True, blank=True)
    refresh_token = EncryptedTextField(blank=True, default="")
    refresh_token_expires_at = models.DateTimeField(null=True, blank=True)
    sign_in_ends_at = models.DateTimeField(
        null=True, blank=True, help_text="Intuit's absolute limit on this authorization, when it says so."
    )
    token_version = models.PositiveIntegerField(
        default=0, help_text="Goes up with each stored pair of tokens."
    )
    refresh_claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="Lease of the one worker that is refreshing the tokens now."
    )

    pushing_is_stopped = models.BooleanField(
        default=False,
        help_text="Kill switch: nothing is written to QuickBooks. What waits stays waiting; reading goes on.",
    )

    connected_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)
    disconnected_at = models.DateTimeField(null=True, blank=True)

    # What QuickBooks says of itself, from CompanyInfo and Preferences.
    books_name = models.CharField(max_length=1024, blank=True)
    country = models.CharField(max_length=10, blank=True)
    home_currency = models.CharField(max_length=3, default="USD")
    edition = models.CharField(max_length=100, blank=True)
    has_payroll = models.BooleanField(
        default=False, help_text="CompanyInfo PayrollFeature: company-wide only."
    )
    closing_date = models.DateField(null=True, blank=True)
    preferences: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict,
        blank=True,
        help_text="Settings of the QuickBooks company that Ressio depends on (M15-M17).",
    )

    objects = company_scoped()

    class Meta:
        verbose_name = "QuickBooks connection"
        verbose_name_plural = "QuickBooks connections"
        constraints = [
            models.UniqueConstraint(fields=["company", "realm_hash"], name="a_company_knows_a_realm_once"),
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(is_current=True),
                name="a_company_has_one_current_connection",
            ),
            models.UniqueConstraint(
                fields=["realm_hash"],
                condition=models.Q(is_current=True) & ~models.Q(status="disconnected"),
                name="a_realm_is_connected_to_one_company",
            ),
        ]

    def __str__(self) -> str:
        return self.books_name or f"QuickBooks connection {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.realm_hash = keyed_hash(self.realm_id)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_usable(self) -> bool:
        return self.is_current and self.status == ConnectionStatus.CONNECTED


class ConnectAttempt(models.Model):
    """One trip to Intuit's consent page. Its `state` comes back with the person, and counts once (Q20)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(
        max_length=64, help_text="Of the session that set out: no other may return."
    )
    state_hash = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    def __str__(self) -> str:
        return f"Trip to Intuit at {self.started_at:%Y-%m-%d %H:%M}"


class Throttle(models.Model):
    """The row that all workers lock to take their turn, so that together they stay under Intuit's limits."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="throttle")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="Set by a 429: everybody waits.")

    objects = company_scoped()

    def __str__(self) -> str:
        return f"Throttle of {self.connection}"


class ThrottleLease(models.Model):
    """One request of the last minute, in flight or answered. Ends by itself when its worker died."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    throttle = models.ForeignKey(Throttle, on_delete=models.CASCADE, related_name="leases")
    arrived_by = models.DateTimeField(
        help_text="When Intuit had counted it at the latest: its windows begin here."
    )
    expires_at = models.DateTimeField(help_text="From then on it is no longer taken to be in flight.")
    is_batch = models.BooleanField(default=False)

    objects = company_scoped()

    class Meta:
        indexes = [models.Index(fields=["throttle", "arrived_by"], name="lease_by_arrival")]

    def __str__(self) -> str:
        return f"Request that had arrived by {self.arrived_by:%H:%M:%S}"


class Exchange(models.Model):
    """One request to QuickBooks: what Intuit's support asks for, and no business data (Q6, Q73, Q75)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="exchanges")
    run = models.ForeignKey(
        "SyncRun", on_delete=models.SET_NULL, null=True, blank=True, related_name="exchanges"
    )
    at = models.DateTimeField(default=timezone.now)
    operation = models.CharField(max_length=30, help_text="query, cdc, batch, read, create, refresh…")
    entity = models.CharField(max_length=200, blank=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; empty when no answer came.")
    fault_code = models.CharField(max_length=20, blank=True)
    intuit_tid = models.CharField(max_length=100, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    is_metered = models.BooleanField(default=False, help_text="Counts against Intuit's CorePlus allowance.")
    request_id = models.CharField(max_length=64, blank=True, help_text="Ties it to our own log lines.")

    objects = company_scoped()

    class Meta:
        indexes = [models.Index(fields=["connection", "at"], name="exchange_by_time")]

    def __str__(self) -> str:
        return f"{self.operation} {self.entity} {self.status or 'no answer'}"


class ApiUsage(models.Model):
    """Requests of one connection in one calendar month (UTC); outlives the exchanges, which are pruned."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="usage")
    month = models.DateField(help_text="First day of the month.")
    requests = models.PositiveIntegerField(default=0)
    metered = models.PositiveIntegerField(default=0)

    objects = company_scoped()

    class Meta:
        verbose_name = "API usage"
        verbose_name_plural = "API usage"
        constraints = [models.UniqueConstraint(fields=["connection", "month"], name="one_usage_row_a_month")]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}: {self.requests} requests"
