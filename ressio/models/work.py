"""What a builder works with: projects, cost codes, vendors."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from ressio.scoping import company_scoped

from .people import Company, TeamMember


class CostStructure(models.TextChoices):
    """How the client pays (R8). Decides the default labor basis (V9)."""

    FIXED_PRICE = "fixed_price", "Fixed price"
    COST_PLUS = "cost_plus", "Cost plus"


class Project(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=40, blank=True)
    client_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    cost_structure = models.CharField(max_length=20, choices=CostStructure, default=CostStructure.FIXED_PRICE)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    team = models.ManyToManyField(TeamMember, through="ProjectAssignment", related_name="projects")

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="project_names_differ_within_a_company"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectAssignment(models.Model):
    """A team member who works on a project. Admins see every project without one (R1)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assignments")
    team_member = models.ForeignKey(TeamMember, on_delete=models.CASCADE, related_name="assignments")

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "team_member"], name="a_member_is_assigned_to_a_project_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_member} on {self.project}"


class ClockShown(models.TextChoices):
    """Whether a cost code is offered in the time clock (R38)."""

    IF_USED = "if_used", "If used by project"
    NEVER = "never", "Never"
    ALWAYS = "always", "Always"


class CostCode(models.Model):
    """A company-wide bucket for a kind of work, usually number and name in one (R39)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="cost_codes")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=100, blank=True, help_text="Groups cost codes on the budget.")
    sku = models.CharField("SKU", max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    shown_in_clock = models.CharField(
        "Show in time clock", max_length=8, choices=ClockShown, default=ClockShown.IF_USED
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="cost_code_names_differ_within_a_company"),
        ]

    def __str__(self) -> str:
        return self.name


class Vendor(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="vendors")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint("company", Lower("name"), name="vendor_names_differ_within_a_company"),
        ]

    def __str__(self) -> str:
        return self.name
