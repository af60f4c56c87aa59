"""The button on a vendor's link page that makes the vendor in QuickBooks (U13)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from budgets.bills.vendors import VendorRefused, create_vendor_in_quickbooks, find_vendor_push
from integrations.connecting import current_connection
from integrations.models import VendorLink
from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.models import Vendor
from ressio.views.places import company_url


@require_POST
@admin_required
def create_in_quickbooks(request: CompanyRequest, company: str, vendor_id: int) -> HttpResponse:
    vendor: Vendor = get_object_or_404(Vendor.objects.select_related("company"), pk=vendor_id)
    try:
        create_vendor_in_quickbooks(vendor=vendor, member=request.member, now=timezone.now())
    except VendorRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"“{vendor}” is on its way to QuickBooks. It is linked as soon as it is there."
        )
    return redirect(company_url("link-vendors-one", request.company, vendor_id=vendor.pk))


def render_vendor_section(request: CompanyRequest, vendor: Any) -> SafeString | str:
    """Nothing for a vendor that is linked, or while nothing can be sent."""
    connection = current_connection(request.company)
    if connection is None or not connection.is_usable:
        return ""
    if VendorLink.objects.filter(connection=connection, vendor=vendor).exists():
        return ""
    context = {
        "company": request.company,
        "vendor": vendor,
        "push": find_vendor_push(connection, vendor),
    }
    return SafeString(render_to_string("budgets/bills/create_vendor.html", context, request=request))
