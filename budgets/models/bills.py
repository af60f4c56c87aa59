"""Bills: entered here and sent to QuickBooks, or made there and shown here."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Connection
from ressio.models import Company, CostCode, Project, User, Vendor
from ressio.models.files import ProjectFile
from ressio.money import ZERO, MoneyField
from ressio.scoping import company_scoped


class BillOrigin(models.TextChoices):
    """A document has one origin (K8)."""

    RESSIO = "ressio", "Ressio"
    QUICKBOOKS = "quickbooks", "QuickBooks"


class BillState(models.TextChoices):
    """Where a bill stands: up to approval as people here say, afterwards as QuickBooks says."""

    DRAFT = "draft", "Draft"
    AWAITING = "awaiting", "Awaiting approval"
    APPROVED = "approved", "Approved"
    UNPAID = "unpaid", "Unpaid"
    PARTLY_PAID = "partly_paid", "Partly paid"
    PAID = "paid", "Paid"
    VOIDED = "voided", "Voided in QuickBooks"
    DELETED = "deleted", "Deleted in QuickBooks"


OPEN_BILL_STATES = (BillState.DRAFT, BillState.AWAITING)
SENT_STATES = (BillState.UNPAID, BillState.PARTLY_PAID, BillState.PAID)
CLOSED_STATES = (BillState.VOIDED, BillState.DELETED)


class Bill(models.Model):
    """A vendor's bill. `number`, dates, `description` and lines are what this side says.

    For a bill that is in QuickBooks they are what both sides last agreed on, plus edits made here that are on their
    way; `agreed` keeps QuickBooks' last word as facts (`bills.facts`), the base of the three-way merge (N7).
    A bill made in QuickBooks has no project of its own (its lines decide) and is never edited here.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="bills")
    origin = models.CharField(max_length=12, choices=BillOrigin, default=BillOrigin.RESSIO)
    state = models.CharField(max_length=12, choices=BillState, default=BillState.DRAFT)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="bills", null=True, blank=True
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="bills", null=True, blank=True)
    number = models.CharField(max_length=40, blank=True, help_text="The vendor's own number (R24).")
    plain_number = models.CharField(
        max_length=40, blank=True, help_text="Without case, spaces and dashes, to find duplicates (U12)."
    )
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    description = models.CharField(max_length=4000, blank=True, help_text="QuickBooks' memo (R27).")
    internal_notes = models.TextField(blank=True, help_text="Never leaves Ressio.")
    total = MoneyField(
        default=ZERO, help_text="In the bill's currency. Stays as it was when the bill is voided or deleted."
    )
    currency = models.CharField(max_length=3, blank=True)
    duplicate_is_intended = models.BooleanField(
        default=False, help_text="Somebody saw the other bill of this number and said that both are right."
    )

    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    returned_note = models.CharField(max_length=500, blank=True, help_text="Why it was sent back.")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    waits_for_reopening = models.BooleanField(
        default=False, help_text="Dated in a closed period and sent by itself once the period is open (N13)."
    )

    # As QuickBooks has it.
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="bills"
    )
    quickbooks_id = models.CharField(max_length=40, blank=True)
    vendor_ref = models.CharField(max_length=40, blank=True)
    vendor_name = models.CharField(max_length=500, blank=True)
    paid = MoneyField(default=ZERO, help_text="Sum of the payments that QuickBooks shows for it.")
    balance = MoneyField(null=True, blank=True, help_text="What QuickBooks says is open.")
    agreed: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    conflicts: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict,
        blank=True,
        help_text="`theirs` (facts) and `fields` (in words) while both sides changed the same; a person decides.",
    )
    changed_there_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A change made there that nobody here has edited or decided about since.",
    )
    before_link: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="What it said before a person linked it to a document there."
    )
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When it was deleted or voided there.")

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "quickbooks_id"],
                condition=~Q(quickbooks_id=""),
                name="a_quickbooks_bill_is_one_bill",
            ),
            models.CheckConstraint(
                condition=Q(origin="quickbooks") | Q(project__isnull=False),
                name="a_bill_made_here_has_a_project",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "issued_on"], name="bill_by_state"),
            models.Index(fields=["company", "plain_number"], name="bill_by_plain_number"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_vendor or 'No vendor'} {self.number}".strip()

    @property
    def shown_vendor(self) -> str:
        return self.vendor.name if self.vendor else self.vendor_name

    @property
    def is_ours(self) -> bool:
        return self.origin == BillOrigin.RESSIO

    @property
    def is_open(self) -> bool:
        """May still be changed freely: nobody approved it."""
        return self.state in OPEN_BILL_STATES

    @property
    def is_sent(self) -> bool:
        """QuickBooks has it and has it alive."""
        return self.state in SENT_STATES

    @property
    def is_gone(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def is_in_earlier_books(self) -> bool:
        """QuickBooks' company of now is another one than the one that has it (U10)."""
        return self.connection is not None and not self.connection.is_current

    @property
    def owed(self) -> Decimal:
        return ZERO if self.is_gone else self.total - self.paid


class BillLine(models.Model):
    """One line of a bill made here. `amount` rules; with quantity and unit price it is their product to the cent."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    cost_code = models.ForeignKey(
        CostCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bill_lines",
        help_text="Empty before approval: the project's default billing cost code will be used (M41).",
    )
    is_default_code = models.BooleanField(
        default=False, help_text="Nobody chose the code; the default was used."
    )
    description = models.CharField(max_length=4000, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=7, null=True, blank=True)
    unit_price = models.DecimalField(max_digits=20, decimal_places=7, null=True, blank=True)
    amount = MoneyField()
    is_billable = models.BooleanField(default=False)
    line_ref = models.CharField(max_length=40, blank=True, help_text="Line.Id once QuickBooks has it.")
    item_ref = models.CharField(
        max_length=40, blank=True, help_text="As QuickBooks has it, once it is there."
    )
    account_ref = models.CharField(max_length=40, blank=True)
    customer_ref = models.CharField(max_length=40, blank=True)

    objects = company_scoped()

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["bill", "position"], name="a_bill_line_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"Line {self.position} of {self.bill_id}"


class BillPaymentPart(models.Model):
    """What one payment in QuickBooks paid on one bill (C9, N9): read from BillPayment, never inferred."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="bill_payment_parts")
    payment_ref = models.CharField(max_length=40)
    bill_ref = models.CharField(max_length=40)
    amount = MoneyField(help_text="In the bill's currency.")
    paid_on = models.DateField(null=True, blank=True)
    pay_type = models.CharField(max_length=20, blank=True)
    reference = models.CharField(max_length=40, blank=True, help_text="Check number or the like.")

    objects = company_scoped()

    class Meta:
        indexes = [
            models.Index(fields=["connection", "bill_ref"], name="payment_part_by_bill"),
            models.Index(fields=["connection", "payment_ref"], name="payment_part_by_payment"),
        ]

    def __str__(self) -> str:
        return f"Payment {self.payment_ref} on bill {self.bill_ref}"


class BillChange(models.Model):
    """Something that happened to a bill in QuickBooks, with what stood here before. Never updated."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=300, help_text="In words.")
    fields: "models.JSONField[Any, Any]" = models.JSONField(
        default=list, blank=True, help_text="[label, before, after] each."
    )

    objects = company_scoped()

    def __str__(self) -> str:
        return self.what


class BillFile(models.Model):
    """A file of a bill: one of ours travels to QuickBooks once the bill is there; one from there is never changed."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(ProjectFile, on_delete=models.CASCADE, related_name="bill_file")
    attachable_ref = models.CharField(
        max_length=40, blank=True, help_text="QuickBooks' id of the attachment."
    )
    added_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    def __str__(self) -> str:
        return f"File {self.file_id} of bill {self.bill_id}"


class BillAttachment(models.Model):
    """An attachment that QuickBooks shows on a bill, and whether its file was fetched (M48, M54).

    One row for each bill it hangs on; `file` of each project is a `BillFile`.
    """

    class State(models.TextChoices):
        KNOWN = "known", "Not fetched"
        WANTED = "wanted", "Waiting to be fetched"
        FETCHED = "fetched", "Fetched"
        REFUSED = "refused", "Cannot be fetched"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="bill_attachments")
    attachable_ref = models.CharField(max_length=40)
    bill_ref = models.CharField(max_length=40)
    file_name = models.CharField(max_length=1000)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True, help_text="On QuickBooks' clock.")
    state = models.CharField(max_length=10, choices=State, default=State.KNOWN)
    sentence = models.CharField(max_length=300, blank=True, help_text="Why it cannot be fetched.")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "attachable_ref", "bill_ref"], name="an_attachment_hangs_on_a_bill_once"
            )
        ]
        indexes = [models.Index(fields=["connection", "bill_ref"], name="attachment_by_bill")]

    def __str__(self) -> str:
        return self.file_name
