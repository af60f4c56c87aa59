"""What clients paid: read from QuickBooks' documents (U15), or recorded here where invoices are not sent there."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Connection
from ressio.models import Company, User
from ressio.money import ZERO, MoneyField
from ressio.scoping import company_scoped

from .invoices import Invoice


class PaymentKind(models.TextChoices):
    """Where the money on an invoice comes from. A credit comes in a Payment document too; a deposit stands on the
    invoice itself.
    """

    PAYMENT = "payment", "Payment"
    CREDIT = "credit", "Credit memo"
    DEPOSIT = "deposit", "Deposit"
    OTHER = "other", "Journal entry or other"


class ClientPayment(models.Model):
    """A Payment document of QuickBooks for a customer of ours, as a whole (N9)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="client_payments")
    payment_ref = models.CharField(max_length=40)
    customer_ref = models.CharField(max_length=40, blank=True)
    received_on = models.DateField(null=True, blank=True)
    total = MoneyField(default=ZERO)
    unapplied = MoneyField(default=ZERO, help_text="UnappliedAmt: money held for the client.")
    refunded = MoneyField(default=ZERO, help_text="Paid back by an expense or check that it is linked to.")
    method_ref = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=40, blank=True, help_text="Check number or the like.")
    memo = models.CharField(max_length=4000, blank=True)
    is_void = models.BooleanField(default=False)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "payment_ref"], name="a_payment_is_one_payment")
        ]
        indexes = [models.Index(fields=["connection", "customer_ref"], name="client_payment_by_customer")]

    def __str__(self) -> str:
        return f"Payment {self.reference or self.payment_ref}"


class ClientCredit(models.Model):
    """A CreditMemo document of QuickBooks: what a client may still use of it is held for the client too."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="client_credits")
    credit_ref = models.CharField(max_length=40)
    customer_ref = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=40, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    total = MoneyField(default=ZERO)
    remaining = MoneyField(default=ZERO, help_text="RemainingCredit: not used on any invoice yet.")

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "credit_ref"], name="a_credit_memo_is_one_credit")
        ]
        indexes = [models.Index(fields=["connection", "customer_ref"], name="client_credit_by_customer")]

    def __str__(self) -> str:
        return f"Credit memo {self.number or self.credit_ref}"


class AppliedPart(models.Model):
    """What one Payment document applied to one invoice, or the deposit that an invoice says of itself. Goes when
    QuickBooks takes it off. Rows of invoices that are not ours wait: they count once the invoice is linked (M75).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="applied_parts")
    payment_ref = models.CharField(max_length=40, blank=True, help_text="Empty for a deposit.")
    invoice_ref = models.CharField(max_length=40, help_text="QuickBooks' id; the invoice need not be ours.")
    amount = MoneyField()
    kind = models.CharField(max_length=10, choices=PaymentKind, default=PaymentKind.PAYMENT)
    applied_on = models.DateField(null=True, blank=True, help_text="Day of the payment.")
    credit_ref = models.CharField(max_length=40, blank=True, help_text="The credit memo, for a credit.")
    source = models.CharField(
        max_length=80, blank=True, help_text="For a credit: which, such as “Credit memo 1012”."
    )

    objects = company_scoped()

    class Meta:
        indexes = [
            models.Index(fields=["connection", "invoice_ref"], name="applied_part_by_invoice"),
            models.Index(fields=["connection", "payment_ref"], name="applied_part_by_payment"),
            models.Index(
                fields=["connection", "credit_ref"],
                condition=~Q(credit_ref=""),
                name="applied_part_by_credit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of payment {self.payment_ref} on invoice {self.invoice_ref}"


class ReceivedPayment(models.Model):
    """A payment recorded here, possible only where the project's invoices are not sent to QuickBooks (M71, M77)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="received_payments")
    received_on = models.DateField()
    amount = MoneyField()
    method = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=40, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    def __str__(self) -> str:
        return f"{self.amount} on {self.received_on}"
