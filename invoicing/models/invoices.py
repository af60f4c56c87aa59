"""Client invoices: made here, released to the client, and sent to QuickBooks (M67, M69)."""

import secrets
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from budgets.models import BillLine
from integrations.models import Connection
from ressio.models import Company, CostCode, Project, User
from ressio.models.files import ProjectFile
from ressio.money import ZERO, MoneyField
from ressio.scoping import company_scoped


def make_share_key() -> str:
    """What a client's link holds; cannot be guessed."""
    return secrets.token_urlsafe(24)


class InvoiceState(models.TextChoices):
    """Where an invoice stands: up to its release as people here say, once it was sent as QuickBooks says (M70)."""

    DRAFT = "draft", "Draft"
    RELEASED = "released", "Released"
    UNPAID = "unpaid", "Unpaid"
    PARTLY_PAID = "partly_paid", "Partly paid"
    PAID = "paid", "Paid"
    VOID = "void", "Void"
    DELETED = "deleted", "Deleted in QuickBooks"


SENT_INVOICE_STATES = (InvoiceState.UNPAID, InvoiceState.PARTLY_PAID, InvoiceState.PAID)
"""In QuickBooks and alive; without `quickbooks_id`, partly paid and paid are said by payments recorded here."""
CLOSED_INVOICE_STATES = (InvoiceState.VOID, InvoiceState.DELETED)


class TaxMode(models.TextChoices):
    """QuickBooks' GlobalTaxCalculation. In the US every invoice is `excluded`."""

    EXCLUDED = "excluded", "Tax is added"
    INCLUSIVE = "inclusive", "Prices include tax"
    NOT_APPLICABLE = "not_applicable", "No tax"


class ProfitShown(models.TextChoices):
    WITHIN = "within", "Within the lines"
    APART = "apart", "As lines of its own"


class SectionKind(models.TextChoices):
    """One invoice can hold several (R40, R41)."""

    AMOUNT = "amount", "Fixed amounts"
    ACTUALS = "actuals", "From actuals"
    ADDITIONAL = "additional", "Additional items"


class Invoice(models.Model):
    """A client's invoice. Amounts are in `currency`, which is the home currency of the books.

    Lines are what this side says. Once QuickBooks has it, `agreed` keeps the facts both sides last knew; a change made
    there is a conflict that a person decides (U6), never taken over and never overwritten in silence.
    `subtotal`, `tax` and `total` are what we predict (N12); `quickbooks_total` is what QuickBooks answered.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invoices")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invoices")
    state = models.CharField(max_length=12, choices=InvoiceState, default=InvoiceState.DRAFT)
    number = models.CharField(max_length=21, blank=True, help_text="Given at the release when left empty.")
    client_name = models.CharField(max_length=200, blank=True)
    client_email = models.EmailField(blank=True)
    client_address = models.TextField(blank=True)
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    terms = models.CharField(max_length=100, blank=True, help_text="In words, such as “Net 30”.")
    memo = models.CharField(max_length=1000, blank=True, help_text="The client reads it (CustomerMemo).")
    internal_notes = models.TextField(blank=True, help_text="Never leaves Ressio.")
    currency = models.CharField(max_length=3, blank=True)

    tax_mode = models.CharField(max_length=16, choices=TaxMode, default=TaxMode.EXCLUDED)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    discount_amount = MoneyField(null=True, blank=True, help_text="Instead of a percentage.")
    tax_after_discount = models.BooleanField(default=True)
    profit_shown = models.CharField(max_length=8, choices=ProfitShown, default=ProfitShown.WITHIN)
    markup_percent = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, blank=True, help_text="For lines without their own (R10)."
    )
    code_markups: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="Cost code id → percentage as text; before the invoice's own."
    )
    actuals_until = models.DateField(
        null=True, blank=True, help_text="Costs up to this day were looked through."
    )

    subtotal = MoneyField(default=ZERO)
    discount = MoneyField(default=ZERO)
    tax = MoneyField(default=ZERO)
    total = MoneyField(default=ZERO)
    tax_is_estimate = models.BooleanField(default=False, help_text="QuickBooks' automated sales tax decides.")
    tax_lines: "models.JSONField[Any, Any]" = models.JSONField(
        default=list, blank=True, help_text="[name, percent, net, tax] each, as text, for people."
    )

    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    waits_for_reopening = models.BooleanField(
        default=False, help_text="Dated in a closed period and sent by itself once the period is open (N13)."
    )
    void_requested_at = models.DateTimeField(
        null=True, blank=True, help_text="On its way to QuickBooks: void there first, then here."
    )
    void_requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    share_key = models.CharField(max_length=64, unique=True, default=make_share_key, editable=False)
    emailed_at = models.DateTimeField(null=True, blank=True)

    # As QuickBooks has it.
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    quickbooks_id = models.CharField(max_length=40, blank=True)
    quickbooks_total = MoneyField(null=True, blank=True, help_text="What QuickBooks computed.")
    quickbooks_tax = MoneyField(null=True, blank=True)
    balance = MoneyField(null=True, blank=True, help_text="What QuickBooks says is open.")
    paid = MoneyField(default=ZERO, help_text="Sum of what was applied to it: payments, credits, deposits.")
    paid_on = models.DateField(null=True, blank=True, help_text="Day of the payment that settled it.")
    difference_accepted_at = models.DateTimeField(
        null=True, blank=True, help_text="Somebody saw that QuickBooks' total differs and took it."
    )
    agreed: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    conflicts: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, blank=True, help_text="`theirs` (facts) and `fields` (in words) until a person decides."
    )
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When it was voided or deleted there.")
    unbilled: "models.JSONField[Any, Any]" = models.JSONField(
        default=list,
        blank=True,
        help_text="Costs it billed until it was voided or deleted there, to bill them again if it comes back.",
    )

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "quickbooks_id"],
                condition=~Q(quickbooks_id=""),
                name="a_quickbooks_invoice_is_one_invoice",
            ),
            models.UniqueConstraint(
                fields=["company", "number"],
                condition=~Q(number="") & ~Q(state__in=["void", "deleted"]),
                name="an_invoice_number_is_used_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "issued_on"], name="invoice_by_state"),
            models.Index(fields=["project", "state"], name="invoice_by_project"),
        ]

    def __str__(self) -> str:
        return f"Invoice {self.number}".strip() if self.number else f"Invoice draft {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == InvoiceState.DRAFT

    @property
    def is_in_quickbooks(self) -> bool:
        return bool(self.quickbooks_id) and not self.is_closed

    @property
    def is_in_earlier_books(self) -> bool:
        """QuickBooks' company of now is another one than the one that has it (U10)."""
        return self.connection is not None and not self.connection.is_current

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_INVOICE_STATES

    @property
    def counts(self) -> bool:
        """Belongs in the totals invoiced: the client has it and it is alive."""
        return not self.is_draft and not self.is_closed

    @property
    def amount_due(self) -> Decimal:
        """QuickBooks' total rules once it is there."""
        return self.quickbooks_total if self.quickbooks_total is not None else self.total

    @property
    def outstanding(self) -> Decimal:
        return self.amount_due - self.paid if self.counts else ZERO

    @property
    def total_difference(self) -> Decimal:
        """QuickBooks' total less ours; zero while it is not there."""
        return ZERO if self.quickbooks_total is None else self.quickbooks_total - self.total


class InvoiceSection(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=SectionKind, default=SectionKind.AMOUNT)
    title = models.CharField(max_length=200, blank=True)

    objects = company_scoped()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class InvoiceLine(models.Model):
    """One line the client is charged. `cost` + `markup` = `amount`, always.

    For a fixed amount `cost` is the price entered (quantity × unit price to the cent, or the amount) and markup may be
    none. `amount` is what people here see as the line's price: net of tax, or with it where prices include tax.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    section = models.ForeignKey(InvoiceSection, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    cost_code = models.ForeignKey(
        CostCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invoice_lines",
        help_text="Empty before release: the Default Invoice Code will be used (M72).",
    )
    is_default_code = models.BooleanField(default=False, help_text="Nobody chose the code.")
    description = models.CharField(max_length=4000, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=7, null=True, blank=True)
    unit_price = models.DecimalField(max_digits=20, decimal_places=7, null=True, blank=True)
    cost = MoneyField(default=ZERO)
    markup_percent = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    markup = MoneyField(default=ZERO, help_text="Builder profit on this line.")
    markup_is_amount = models.BooleanField(
        default=False, help_text="The profit was typed, and the percentage follows from it (R10)."
    )
    amount = MoneyField(default=ZERO)
    tax_code_ref = models.CharField(max_length=40, blank=True)
    line_ref = models.CharField(max_length=40, blank=True, help_text="Line.Id once QuickBooks has it.")
    profit_line_ref = models.CharField(
        max_length=40, blank=True, help_text="Of its profit line, where profit is broken out."
    )

    objects = company_scoped()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return f"Line {self.position} of {self.invoice_id}"


class BilledCost(models.Model):
    """A cost line that stands on an invoice. One cost line stands on one invoice at most; the row goes when the invoice
    line goes or the invoice is voided, which un-bills the cost.

    A line of QuickBooks is known by connection, entity, document and line, as cost lines are made anew whenever their
    document changes. A line of a bill approved here is known by `bill_line`, before and after QuickBooks has it, and a
    shift approved here by `shift_id`.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    line = models.ForeignKey(InvoiceLine, on_delete=models.CASCADE, related_name="billed_costs")
    bill_line = models.OneToOneField(
        BillLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="billed_cost"
    )
    shift_id = models.PositiveBigIntegerField(
        null=True, blank=True, unique=True, help_text="Of the time clock, which this room does not know."
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    entity = models.CharField(max_length=40, blank=True)
    document_ref = models.CharField(max_length=40, blank=True)
    line_ref = models.CharField(max_length=40, blank=True)
    amount = MoneyField(help_text="What it counted for when it was put on the invoice.")
    said = models.CharField(max_length=300, blank=True, help_text="Vendor, number and date then, for people.")

    shift_entry: tuple[int | None, str] | None = None
    """Connection and QuickBooks id of the shift now; set by `cost_keys.read_billed`. None for a shift that is gone."""

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "document_ref", "line_ref"],
                condition=Q(connection__isnull=False),
                name="a_cost_line_is_billed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.said or f"{self.entity} {self.document_ref}"


class InvoiceChange(models.Model):
    """Something that happened to an invoice in QuickBooks. Never updated."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=300, help_text="In words.")
    fields: "models.JSONField[Any, Any]" = models.JSONField(
        default=list, blank=True, help_text="[label, before, after] each."
    )

    objects = company_scoped()

    def __str__(self) -> str:
        return self.what


class InvoiceFile(models.Model):
    """A bill's file that the client sees with this invoice (R26). Never travels to QuickBooks (K1)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(ProjectFile, on_delete=models.CASCADE, related_name="invoice_files")

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "file"], name="a_file_is_on_an_invoice_once")
        ]

    def __str__(self) -> str:
        return str(self.file)
