"""Who signs in, for which company, in which role (R1–R3)."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from ressio.money import MoneyField
from ressio.scoping import company_scoped


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in, by e-mail (kept in lower case). Belongs to companies through `TeamMember`."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the staff admin.")
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Company(models.Model):
    """A builder: the tenant every other row belongs to."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(max_length=3, default="USD", help_text="Home currency, ISO 4217.")
    time_zone = models.CharField(max_length=64, default="America/New_York")
    address = models.TextField(blank=True, help_text="On invoices to clients, below the name.")
    phone = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    TEAM_MEMBER = "team_member", "Team Member"
    FIELD = "field", "Field"


class TeamMember(models.Model):
    """One person's place in one company. Without a user until the invitation is accepted."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="team_members")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.FIELD)
    can_create_bills = models.BooleanField(default=False, help_text="Grant for a Team Member (R2).")
    can_edit_own_time = models.BooleanField(default=False, help_text="Grant for Team Member and Field (R2).")
    is_active = models.BooleanField(default=True)
    # K7: QuickBooks' Accounting API does not say who is on payroll, so an admin confirms it, with who and when.
    on_payroll = models.BooleanField(default=False)
    on_payroll_confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    on_payroll_confirmed_at = models.DateTimeField(null=True, blank=True)
    list_columns: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict,
        blank=True,
        help_text="Which columns of which list this person sees, in their order (R22).",
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="a_user_joins_a_company_once"),
            models.UniqueConstraint(
                "company",
                Lower("email"),
                condition=~models.Q(email=""),
                name="an_email_is_one_team_member_of_a_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def sees_financials(self) -> bool:
        """Field sees no financials (R1)."""
        return self.role in (Role.ADMIN, Role.TEAM_MEMBER)


class MemberRate(models.Model):
    """What an hour of a team member costs and is billed at, from a day on, by shift type (R32, N11). Admins only."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    team_member = models.ForeignKey(TeamMember, on_delete=models.CASCADE, related_name="rates")
    shift_type = models.CharField(max_length=60, default="Standard")
    is_default = models.BooleanField(default=True, help_text="Used for time that names no shift type.")
    cost_rate = MoneyField(null=True, blank=True, help_text="Burden rate per hour.")
    billable_rate = MoneyField(null=True, blank=True, help_text="Charge-out rate per hour.")
    starts_on = models.DateField()

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team_member", "shift_type", "starts_on"], name="one_rate_a_shift_type_and_start_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_member}: {self.shift_type} from {self.starts_on}"


class Invitation(models.Model):
    """A link by which somebody joins a company as a given team member. The token itself is never stored."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    team_member = models.ForeignKey(TeamMember, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    def __str__(self) -> str:
        return f"Invitation of {self.team_member}"


class ApiToken(models.Model):
    """A key with which a program acts as one team member, in that member's company only. The secret is never stored."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    team_member = models.ForeignKey(TeamMember, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What the token is for.")
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret.")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """A try at something that must not be tried without end: a sign-in, a password reset, a token sign-in.

    `key_hash` is a keyed hash of what is limited (an account's e-mail or a network address), so that the
    table holds neither.
    """

    key_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key_hash", "at"], name="attempt_by_key")]

    def __str__(self) -> str:
        return f"Attempt at {self.at:%Y-%m-%d %H:%M}"
