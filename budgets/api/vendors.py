"""Adding a vendor to QuickBooks, as a deed of its own (U13)."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.bill_serializers import PushedSerializer
from budgets.bills.vendors import VendorRefused, create_vendor_in_quickbooks
from ressio.api.base import CompanyAPIView, find_or_404
from ressio.api.descriptions import CONFLICT
from ressio.api.errors import Conflict
from ressio.api.permissions import IsAdmin
from ressio.models import Vendor


class CreateVendorView(CompanyAPIView):
    permission_classes = [IsAdmin]

    @extend_schema(
        request=None,
        responses={202: PushedSerializer, **CONFLICT},
        tags=["QuickBooks links"],
        operation_id="vendor_create_in_quickbooks",
    )
    def post(self, request: Request, company: str, vendor_id: int) -> Response:
        """Make this vendor in QuickBooks too and link the two. Refused where one of nearly the same name is there."""
        vendor = find_or_404(Vendor.objects.select_related("company"), pk=vendor_id)
        try:
            push = create_vendor_in_quickbooks(vendor=vendor, member=self.member, now=timezone.now())
        except VendorRefused as refused:
            raise Conflict(str(refused)) from refused
        return Response(PushedSerializer(push).data, status=202)
