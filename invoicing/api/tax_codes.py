"""Tax codes for programs: QuickBooks' list, and making one there (M78, M79, K9)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.bill_serializers import PushedSerializer
from integrations.api.base import WithConnection
from integrations.models import Push
from invoicing.models import NewTaxCode
from invoicing.tax_codes.creating import (
    LONGEST_NAME,
    NOT_ALLOWED,
    PERCENT_PLACES,
    RateInput,
    TaxCodeInput,
    TaxCodeRefused,
    create_tax_code_in_quickbooks,
)
from invoicing.tax_codes.listing import tax_codes_of
from invoicing.tax_codes.reading import Side
from ressio.api.base import CompanyViewSet
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.errors import Conflict, Refused
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import AdminWrites, SeesFinancials

TAGS = ["Tax codes"]
SIDES = [(side.value.lower(), side.value) for side in Side]
IN_A_RATE = {"rate_id": "rates.rate_id", "rate_name": "rates.name", "percent": "rates.percent"}
IN_A_RATE["agency_id"] = "rates.agency_id"


class PercentField(serializers.DecimalField):
    """A percentage, such as `"9.975"`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=PERCENT_PLACES, **kwargs)


class TaxRateSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    percent = PercentField(help_text="Of today.")
    agency = serializers.CharField()
    base = serializers.CharField(help_text="What a compound rate is taken of, in words; else empty.")


class TaxCodeSerializer(serializers.Serializer[Any]):
    """A tax code of QuickBooks."""

    id = serializers.CharField(help_text="What an invoice line names.")
    name = serializers.CharField()
    description = serializers.CharField()
    is_active = serializers.BooleanField()
    is_taxable = serializers.BooleanField()
    sales_percent = PercentField(allow_null=True, help_text="All its sales rates together.")
    sales_rates = TaxRateSerializer(many=True)
    purchase_rates = TaxRateSerializer(many=True)
    used_on = serializers.IntegerField(help_text="Invoices of Ressio with it.")


class WriteTaxRate(serializers.Serializer[Any]):
    """`rate_id` alone, or `name`, `percent` and `agency_id` of a new one."""

    applies_to = serializers.ChoiceField(SIDES, default="sales")
    rate_id = serializers.CharField(required=False, max_length=40, help_text="A rate that QuickBooks has.")
    name = serializers.CharField(required=False, max_length=LONGEST_NAME)
    percent = PercentField(required=False, min_value=0, max_value=100)
    agency_id = serializers.CharField(required=False, max_length=40)


class WriteTaxCode(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    rates = WriteTaxRate(many=True, allow_empty=False)


class TaxCodesViewSet(WithConnection, CompanyViewSet):
    permission_classes = [SeesFinancials, AdminWrites]
    queryset = NewTaxCode.objects.none()
    serializer_class = TaxCodeSerializer
    filter_backends = ()

    @extend_schema(
        responses={200: TaxCodeSerializer(many=True), **CONFLICT},
        parameters=[
            OpenApiParameter("search", str, description="Part of the name, of a rate or of an agency.")
        ],
        tags=TAGS,
        operation_id="tax_codes_list",
    )
    def list(self, request: Request, company: str) -> Response:
        """As they were read last, inactive ones at the end. In the US a line names `TAX` or `NON`."""
        search = request.query_params.get("search", "")
        codes = tax_codes_of(self.connection, on=timezone.localdate(), search=search)
        page = self.paginate_queryset(codes)
        return self.get_paginated_response(TaxCodeSerializer(page, many=True).data)

    @extend_schema(
        request=WriteTaxCode,
        responses={202: PushedSerializer, **REFUSED, **CONFLICT},
        parameters=[KEY_PARAMETER],
        tags=TAGS,
        operation_id="tax_code_create_in_quickbooks",
    )
    def create(self, request: Request, company: str) -> Response:
        """Make a tax code in QuickBooks. Listed as soon as it is there; it can never be changed. Refused (409) where
        QuickBooks works out sales tax by itself.
        """
        return answer_once(request, lambda: self._create(request), now=timezone.now())

    def _create(self, request: Request) -> Response:
        sent = WriteTaxCode(data=request.data)
        sent.is_valid(raise_exception=True)
        with telling_refusals():
            push = create_tax_code_in_quickbooks(
                company=self.company, given=_read(sent.validated_data), member=self.member, now=timezone.now()
            )
        return Response(PushedSerializer(Push.objects.get(pk=push.pk)).data, status=202)


def _read(values: dict[str, Any]) -> TaxCodeInput:
    sides = {side.value.lower(): side for side in Side}
    rates = (
        RateInput(
            side=sides[rate["applies_to"]],
            rate_id=rate.get("rate_id", ""),
            name=rate.get("name", ""),
            percent=rate.get("percent"),
            agency_id=rate.get("agency_id", ""),
        )
        for rate in values["rates"]
    )
    return TaxCodeInput(values["name"], tuple(rates))


@contextmanager
def telling_refusals() -> Iterator[None]:
    """About a field: 400. About who asks: 403. About how things stand: 409."""
    try:
        yield
    except TaxCodeRefused as error:
        if error.code == NOT_ALLOWED:
            raise PermissionDenied(str(error)) from error
        if error.field:
            raise Refused(str(error), field=IN_A_RATE.get(error.field, error.field)) from error
        raise Conflict(str(error)) from error
