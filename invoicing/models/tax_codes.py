"""What people here asked for among tax codes. The codes themselves are QuickBooks' and lie in the mirror."""

from django.db import models
from django.utils import timezone

from integrations.models import Connection
from ressio.models import Company, User
from ressio.scoping import company_scoped


class NewTaxCode(models.Model):
    """A tax code that an Admin asked to be made in QuickBooks (K9). Never changed: neither is the one there."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="new_tax_codes")
    name = models.CharField(max_length=100)
    rates = models.JSONField(
        help_text="What QuickBooks is told of each: an id, or a name with percentage and agency; and the side."
    )
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    quickbooks_id = models.CharField(max_length=40, blank=True, help_text="Once it is there.")

    objects = company_scoped()

    class Meta:
        verbose_name = "tax code asked for"
        verbose_name_plural = "tax codes asked for"

    def __str__(self) -> str:
        return self.name
