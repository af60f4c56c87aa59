"""What a project may cost (budget lines) and what it does cost (cost lines)."""

from django.db import models
from django.utils import timezone

from integrations.models import Connection
from ressio.models import Company, CostCode, Project
from ressio.money import ZERO, MoneyField
from ressio.scoping import company_scoped

OWN_BILL = "OwnBill"
"""Stands in `CostLine.entity` for bills approved here: no name of QuickBooks'."""
OWN_SHIFT = "OwnShift"
"""The same for shifts approved here."""


class BudgetLine(models.Model):
    """One cost code of one project: what was planned for it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget_lines")
    cost_code = models.ForeignKey(CostCode, on_delete=models.PROTECT, related_name="budget_lines")
    original_amount = MoneyField(default=ZERO)
    approved_changes = MoneyField(default=ZERO)
    notes = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "cost_code"], name="a_cost_code_has_one_budget_line")
        ]

    def __str__(self) -> str:
        return f"{self.cost_code} of {self.project}"


class Kind(models.TextChoices):
    """The eight kinds of cost QuickBooks gives (M22–M29), in its own words."""

    BILL = "bill", "Bill"
    EXPENSE = "expense", "Expense"
    BANK_TRANSACTION = "bank_transaction", "Bank transaction"
    CHECK = "check", "Check"
    CARD_CHARGE = "card_charge", "Credit card charge"
    CARD_CREDIT = "card_credit", "Credit card credit"
    VENDOR_CREDIT = "vendor_credit", "Vendor credit"
    TIME = "time", "Time"


class BillableStatus(models.TextChoices):
    BILLABLE = "Billable", "Billable"
    NOT_BILLABLE = "NotBillable", "Non-billable"
    HAS_BEEN_BILLED = "HasBeenBilled", "Billed"


class RateSource(models.TextChoices):
    """Where the price of an hour came from (V9)."""

    ENTRY_COST = "entry_cost", "cost rate of the entry"
    EMPLOYEE_COST = "employee_cost", "cost rate of the employee"
    MEMBER_COST = "member_cost", "cost rate of the team member"
    ENTRY_BILLABLE = "entry_billable", "billable rate of the entry"
    MEMBER_BILLABLE = "member_billable", "billable rate of the team member"


class CostLine(models.Model):
    """One line of a QuickBooks document that is a cost (V1), in home currency, signed (V6).

    Neutral on purpose: which project it belongs to and whether it counts is decided when somebody asks,
    by links and switches. All lines of a document are replaced together when the document changes.
    A bill approved here has lines of its own (`project` and `cost_code` set, no connection, `OWN_BILL` as entity)
    from its approval until QuickBooks' document is linked, whose lines then stand in for them.
    A shift approved here has one line, with `OWN_SHIFT`.
    For time, `amount` is empty and the two candidate prices stand in `amount_at_cost` and
    `amount_at_billable` (empty = no rate); the project's labor basis picks one.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="cost_lines", null=True, blank=True
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="own_cost_lines",
        null=True,
        blank=True,
        db_index=False,
        help_text="Only on lines of a bill approved here that QuickBooks does not have yet.",
    )
    cost_code = models.ForeignKey(
        CostCode, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    entity = models.CharField(max_length=40)
    document_ref = models.CharField(max_length=40, help_text="QuickBooks id of the document.")
    line_ref = models.CharField(max_length=40, help_text="Line.Id, or #n where QuickBooks gave none.")
    kind = models.CharField(max_length=20, choices=Kind)

    customer_ref = models.CharField(
        max_length=40, blank=True, help_text="The line's customer as V2 decides; '' = none."
    )
    named_customer_ref = models.CharField(max_length=40, blank=True, help_text="CustomerRef as it stands.")
    project_ref = models.CharField(max_length=40, blank=True, help_text="ProjectRef as it stands.")
    item_ref = models.CharField(max_length=40, blank=True, help_text="'' = category line.")
    account_ref = models.CharField(max_length=40, blank=True)
    employee_ref = models.CharField(max_length=40, blank=True)
    payee_ref = models.CharField(max_length=40, blank=True)
    payee_name = models.CharField(
        max_length=500, blank=True, help_text="Vendor, payee or worker, for people."
    )
    is_vendor_time = models.BooleanField(default=False)

    txn_date = models.DateField(
        null=True, blank=True, help_text="A plain date in the company's zone: never shifted."
    )
    number = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    billable_status = models.CharField(
        max_length=20, choices=BillableStatus, default=BillableStatus.NOT_BILLABLE
    )
    recorded_at = models.DateTimeField(null=True, blank=True, help_text="MetaData.CreateTime; decides V11.")

    currency = models.CharField(max_length=3, blank=True)
    exchange_rate = models.DecimalField(max_digits=20, decimal_places=10, default=1)
    foreign_amount = models.DecimalField(max_digits=20, decimal_places=5, null=True, blank=True)
    amount = MoneyField(null=True, blank=True, help_text="Net, home currency, signed.")
    tax_amount = MoneyField(default=ZERO, help_text="This line's share of the document's tax, signed.")
    quantity = models.DecimalField(max_digits=20, decimal_places=7, null=True, blank=True)
    unit_price = models.DecimalField(max_digits=20, decimal_places=7, null=True, blank=True)

    seconds = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Time worked (V8), exact; hours are shown."
    )
    amount_at_cost = MoneyField(null=True, blank=True)
    cost_rate_source = models.CharField(max_length=20, choices=RateSource, blank=True)
    amount_at_billable = MoneyField(null=True, blank=True)
    billable_rate_source = models.CharField(max_length=20, choices=RateSource, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "document_ref", "line_ref"], name="a_line_is_a_cost_once"
            ),
            models.UniqueConstraint(
                fields=["document_ref", "line_ref"],
                condition=models.Q(connection__isnull=True),
                name="an_own_line_is_a_cost_once",
            ),
            models.CheckConstraint(
                condition=models.Q(connection__isnull=False)
                | models.Q(project__isnull=False, cost_code__isnull=False),
                name="a_line_is_quickbooks_or_a_projects",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "document_ref"],
                condition=models.Q(project__isnull=False),
                name="own_cost_line_by_project",
            ),
            models.Index(
                fields=["connection", "customer_ref", "kind", "item_ref"], name="cost_line_by_customer"
            ),
            models.Index(fields=["connection", "employee_ref"], name="cost_line_by_employee"),
            models.Index(fields=["connection", "project_ref"], name="cost_line_by_project_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.document_ref} line {self.line_ref}"
