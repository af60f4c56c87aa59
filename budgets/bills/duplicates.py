"""Another bill of the same vendor with the same number (U12)."""

from django.db.models import Q

from budgets.models import CLOSED_STATES, Bill
from integrations.models import VendorLink


def find_duplicates(bill: Bill) -> list[Bill]:
    """Bills of the company, made here or in QuickBooks, that may be the same one. Deleted and voided ones are not."""
    if not bill.plain_number:
        return []
    refs = VendorLink.objects.filter(vendor=bill.vendor_id, connection__is_current=True).values("vendor_ref")
    same_vendor = Q(vendor_ref__in=refs, vendor_ref__gt="")
    if bill.vendor_id:
        same_vendor |= Q(vendor=bill.vendor_id)
    others = Bill.objects.filter(same_vendor, plain_number=bill.plain_number).exclude(pk=bill.pk)
    return list(others.exclude(state__in=CLOSED_STATES).select_related("vendor", "project")[:5])
