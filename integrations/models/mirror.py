"""QuickBooks' documents as they are, and the lists read out of them.

Rows hang on a connection, so two realms never mix. `company` is repeated on each for the tenant scope.
Ids and references of QuickBooks are strings, and `*_ref` columns hold such an id, not a row of ours.
"""

import json
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from ressio.models import Company
from ressio.scoping import company_scoped

from .connection import Connection


class Document(models.Model):
    """One QuickBooks document, exactly as received. Deleted ones stay as tombstones with their last figures (U7)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="documents")
    entity = models.CharField(max_length=40, help_text="Bill, Purchase, Customer…")
    quickbooks_id = models.CharField(max_length=40)
    sync_token = models.CharField(max_length=20, blank=True)
    last_updated_at = models.DateTimeField(help_text="MetaData.LastUpdatedTime, the version guard.")
    body = models.TextField(help_text="The JSON text as QuickBooks sent it.")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="By QuickBooks' own clock.")
    fetched_at = models.DateTimeField(default=timezone.now)

    objects = company_scoped()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "quickbooks_id"], name="a_document_is_mirrored_once"
            ),
        ]
        indexes = [
            # Counting and dividing what lives must not walk through the documents' bodies.
            models.Index(
                fields=["connection", "entity", "deleted_at", "last_updated_at"],
                name="document_by_last_update",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.quickbooks_id}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The document with every number exact."""
        parsed: dict[str, Any] = json.loads(self.body, parse_float=Decimal)
        return parsed


class Feed(models.Model):
    """How far one entity of one connection has been read. Moves only together with the documents it stands for."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="feeds")
    entity = models.CharField(max_length=40)
    changed_since = models.DateTimeField(
        null=True, blank=True, help_text="QuickBooks' own clock, less an overlap."
    )
    last_full_pull_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)

    objects = company_scoped()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "entity"], name="one_feed_an_entity")]

    def __str__(self) -> str:
        return f"{self.entity} as of {self.changed_since}"


class ListRow(models.Model):
    """What the lists of QuickBooks have in common. Inactive ones stay: links survive, lines count as before (V4)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="%(class)ss")
    quickbooks_id = models.CharField(max_length=40)
    name = models.CharField(max_length=500)
    is_active = models.BooleanField(default=True)
    is_deleted = models.BooleanField(default=False)

    objects = company_scoped()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "quickbooks_id"], name="one_%(class)s_a_quickbooks_id"
            )
        ]

    def __str__(self) -> str:
        return self.name


class QuickBooksCustomer(ListRow):
    """A customer, sub-customer or project: what a project of ours is linked to (M6)."""

    full_name = models.CharField(max_length=2000, help_text="Top:Child:Grandchild.")
    parent_ref = models.CharField(max_length=40, blank=True)
    is_project = models.BooleanField(default=False)

    class Meta(ListRow.Meta):
        verbose_name = "QuickBooks customer"
        verbose_name_plural = "QuickBooks customers"


class QuickBooksItem(ListRow):
    """A product or service: what a cost code is linked to."""

    full_name = models.CharField(max_length=2000)
    item_type = models.CharField(
        max_length=20, help_text="Service, NonInventory, Inventory, Category, Group."
    )
    description = models.TextField(blank=True)
    sku = models.CharField(max_length=100, blank=True)
    parent_ref = models.CharField(max_length=40, blank=True)
    income_account_ref = models.CharField(max_length=40, blank=True, help_text='Present = "I sell this".')
    expense_account_ref = models.CharField(
        max_length=40, blank=True, help_text='Present = "I purchase this".'
    )

    class Meta(ListRow.Meta):
        verbose_name = "QuickBooks product or service"
        verbose_name_plural = "QuickBooks products and services"

    @property
    def is_sold(self) -> bool:
        return bool(self.income_account_ref)

    @property
    def is_purchased(self) -> bool:
        """Never by PurchaseCost, which comes as 0 on items that are not purchased."""
        return bool(self.expense_account_ref)


class QuickBooksVendor(ListRow):
    email = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    is_1099 = models.BooleanField(default=False)

    class Meta(ListRow.Meta):
        verbose_name = "QuickBooks vendor"
        verbose_name_plural = "QuickBooks vendors"


class QuickBooksEmployee(ListRow):
    email = models.CharField(max_length=200, blank=True)
    cost_rate = models.DecimalField(max_digits=19, decimal_places=7, null=True, blank=True)
    bill_rate = models.DecimalField(max_digits=19, decimal_places=7, null=True, blank=True)
    uses_time_entry = models.CharField(
        max_length=20,
        blank=True,
        help_text="UseTimeEntry, should QuickBooks ever send it: then it decides payroll.",
    )

    class Meta(ListRow.Meta):
        verbose_name = "QuickBooks employee"
        verbose_name_plural = "QuickBooks employees"


class QuickBooksAccount(ListRow):
    full_name = models.CharField(max_length=2000)
    number = models.CharField(max_length=20, blank=True)
    account_type = models.CharField(max_length=60)
    classification = models.CharField(max_length=20, blank=True)

    class Meta(ListRow.Meta):
        verbose_name = "QuickBooks account"
        verbose_name_plural = "QuickBooks accounts"
