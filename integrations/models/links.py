"""Which thing of ours is which thing in QuickBooks, and the switches of each project (M4, M90)."""

from django.db import models
from django.utils import timezone

from ressio.models import Company, CostCode, Project, TeamMember, User, Vendor
from ressio.scoping import company_scoped

from .connection import Connection


class Link(models.Model):
    """A stored pair of ids, made by a person. Belongs to a realm and survives a disconnect (U10)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="%(class)ss")
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        abstract = True


class ProjectLink(Link):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="quickbooks_links")
    customer_ref = models.CharField(max_length=40)
    include_sub_customers = models.BooleanField(default=False, help_text="U8: off means this entity exactly.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "project"], name="a_project_is_linked_once"),
            models.UniqueConstraint(
                fields=["connection", "customer_ref"], name="a_customer_serves_one_project"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} ↔ customer {self.customer_ref}"


class CostCodeLink(Link):
    cost_code = models.ForeignKey(CostCode, on_delete=models.CASCADE, related_name="quickbooks_links")
    item_ref = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "cost_code"], name="a_cost_code_is_linked_once"),
            models.UniqueConstraint(fields=["connection", "item_ref"], name="an_item_serves_one_cost_code"),
        ]

    def __str__(self) -> str:
        return f"{self.cost_code} ↔ item {self.item_ref}"


class VendorLink(Link):
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="quickbooks_links")
    vendor_ref = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "vendor"], name="a_vendor_is_linked_once"),
            models.UniqueConstraint(
                fields=["connection", "vendor_ref"], name="a_quickbooks_vendor_is_linked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} ↔ vendor {self.vendor_ref}"


class EmployeeLink(Link):
    team_member = models.ForeignKey(TeamMember, on_delete=models.CASCADE, related_name="quickbooks_links")
    employee_ref = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "team_member"], name="a_team_member_is_linked_once"
            ),
            models.UniqueConstraint(fields=["connection", "employee_ref"], name="an_employee_is_linked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_member} ↔ employee {self.employee_ref}"


class ProjectRefMapping(Link):
    """V2: QuickBooks' separate project number, told to be a certain customer row by an admin."""

    project_ref = models.CharField(max_length=40)
    customer_ref = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "project_ref"], name="a_project_number_is_one_customer"
            ),
        ]

    def __str__(self) -> str:
        return f"project number {self.project_ref} = customer {self.customer_ref}"


class LaborBasis(models.TextChoices):
    BY_STRUCTURE = "", "By cost structure (fixed price: cost, cost plus: billable)"
    COST = "cost", "Cost rate"
    BILLABLE = "billable", "Billable rate"


class ProjectSwitches(models.Model):
    """The integration switches of one project, with the defaults of capabilities 1d.

    They decide what counts at the moment of asking: flipping one changes verdicts at once, both ways,
    and nothing is rebuilt (U9).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="switches")
    push_bills = models.BooleanField("Enable Pushing Bills to QuickBooks", default=False)
    push_bills_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When pushing was turned on: bills approved earlier leave only when somebody says so.",
    )
    default_billing_code = models.ForeignKey(
        CostCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Default billing cost code",
    )
    push_bill_files = models.BooleanField("Push bill attachments to QuickBooks", default=True)
    push_bill_files_since = models.DateTimeField(null=True, blank=True)
    pull_bill_files = models.BooleanField("Pull bill attachments from QuickBooks", default=False)
    pull_bill_files_since = models.DateTimeField(null=True, blank=True)
    push_invoices = models.BooleanField("Enable sending Invoice to QuickBooks", default=False)
    push_invoices_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When sending was turned on: invoices released earlier leave only when somebody says so.",
    )
    default_invoice_code = models.ForeignKey(
        CostCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Default Invoice Code",
    )
    profit_code = models.ForeignKey(
        CostCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Profit Code",
    )
    exclude_non_billable = models.BooleanField(
        "Exclude pulling non-billable bills and expenses from actuals", default=False
    )
    time_tracking = models.BooleanField("Enable QuickBooks Time Tracking", default=False)
    time_tracking_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When time tracking was turned on: earlier entries never count (M61).",
    )
    include_billed_time = models.BooleanField("Include already billed time in budget actuals", default=False)
    include_non_billable_time = models.BooleanField(
        "Include non-billable time in budget actuals", default=False
    )
    vendor_credits = models.BooleanField("Enable QuickBooks Vendor Credits", default=False)
    tax_is_cost = models.BooleanField("Count tax on bills and expenses as cost", default=False)
    labor_basis = models.CharField("Labor basis", max_length=10, choices=LaborBasis, default="", blank=True)

    objects = company_scoped()

    class Meta:
        verbose_name_plural = "project switches"

    def __str__(self) -> str:
        return f"Switches of {self.project}"
