"""Payments of invoices for programs, and money held for a client (M70, M71, M77, U15)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.base import WithConnection
from integrations.api.syncs import STARTED, start_sync
from integrations.models import RunKind
from invoicing.api.invoice_inputs import telling_refusals
from invoicing.api.invoices import TAGS, InvoiceAPIView
from invoicing.invoices.listing import invoices_for
from invoicing.models import Invoice, InvoiceState, PaymentKind, ReceivedPayment
from invoicing.payments.recording import (
    PaymentInput,
    record_payment,
    remove_payment,
    why_not_recordable,
)
from invoicing.payments.standing import balance_difference, explain_difference, payments_of
from invoicing.payments.totals import held_for
from ressio.api.base import CompanyAPIView, ProjectAPIView, find_or_404
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.fields import AmountField
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import AdminWrites, SeesFinancials


class PaidLineSerializer(serializers.Serializer[Any]):
    """Something that was paid on an invoice, or credited to it."""

    on = serializers.DateField(allow_null=True)
    amount = AmountField()
    kind = serializers.ChoiceField(PaymentKind.choices)
    what = serializers.CharField(source="label", help_text="Such as “Credit memo 1012”.")
    method = serializers.CharField()
    reference = serializers.CharField(help_text="Check number or the like.")
    memo = serializers.CharField()
    quickbooks_id = serializers.CharField(
        source="payment_ref", help_text="Of the Payment in QuickBooks; empty for what was recorded here."
    )
    recorded_id = serializers.IntegerField(
        allow_null=True, help_text="For what was recorded here: the id to remove it by."
    )
    recorded_by = serializers.CharField()
    counts = serializers.BooleanField(
        help_text="False for what was recorded here before the invoice went to QuickBooks."
    )


class StandingSerializer(serializers.Serializer[Any]):
    """How an invoice stands, and every payment on it."""

    state = serializers.ChoiceField(InvoiceState.choices)
    total = AmountField(source="amount_due", help_text="QuickBooks' total once it is there.")
    paid = AmountField(help_text="Payments, credits and the deposit that were applied.")
    outstanding = AmountField()
    paid_on = serializers.DateField(allow_null=True, help_text="Day of the payment that settled it.")
    quickbooks_balance = AmountField(source="balance", allow_null=True)
    difference = AmountField(help_text="QuickBooks' balance less what its payments leave open.")
    difference_in_words = serializers.CharField()
    why_not_recordable = serializers.CharField(help_text="Why no payment can be recorded here, or empty.")
    payments = PaidLineSerializer(many=True)


class RecordPayment(serializers.Serializer[Any]):
    received_on = serializers.DateField()
    amount = AmountField(help_text="Not more than is outstanding.")
    method = serializers.CharField(max_length=40, default="", allow_blank=True)
    reference = serializers.CharField(max_length=40, default="", allow_blank=True)


class HeldMoneySerializer(serializers.Serializer[Any]):
    what = serializers.CharField(source="label", help_text="Such as “Payment 1042”.")
    client = serializers.CharField()
    amount = AmountField()


class HeldSerializer(serializers.Serializer[Any]):
    """What QuickBooks holds for a project's client: over-payments, unapplied payments, credit memos not used up."""

    amount = AmountField(help_text="Of the customers of the project.")
    payments = HeldMoneySerializer(source="own", many=True)
    above = HeldMoneySerializer(many=True, help_text="Of the customers these are under; not in `amount`.")


def describe_standing(invoice: Invoice) -> dict[str, Any]:
    names = ("state", "amount_due", "paid", "outstanding", "paid_on", "balance")
    return {
        **{name: getattr(invoice, name) for name in names},
        "difference": balance_difference(invoice),
        "difference_in_words": explain_difference(invoice),
        "why_not_recordable": why_not_recordable(invoice),
        "payments": payments_of(invoice),
    }


class InvoicePaymentsView(InvoiceAPIView):
    permission_classes = [SeesFinancials, AdminWrites]

    @extend_schema(responses=StandingSerializer, tags=TAGS, operation_id="invoice_payments")
    def get(self, request: Request, company: str, invoice_id: int) -> Response:
        """What was paid on an invoice, the latest first, and how it stands."""
        return Response(StandingSerializer(describe_standing(self.find_invoice())).data)

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=RecordPayment,
        responses={201: StandingSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="invoice_payments_record",
    )
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Record a payment here: only for invoices that are not sent to QuickBooks."""
        invoice, now = self.find_invoice(), timezone.now()
        asked = RecordPayment(data=request.data)
        asked.is_valid(raise_exception=True)

        def work() -> Response:
            with telling_refusals():
                values = PaymentInput(**asked.validated_data)
                record_payment(invoice=invoice, values=values, member=self.member, now=now)
            return Response(StandingSerializer(describe_standing(invoice)).data, status=201)

        return answer_once(request, work, now=now)


class ReceivedPaymentView(CompanyAPIView):
    permission_classes = [SeesFinancials, AdminWrites]

    @extend_schema(
        request=None,
        responses={200: StandingSerializer, **CONFLICT},
        tags=TAGS,
        operation_id="received_payment_remove",
    )
    def delete(self, request: Request, company: str, received_payment_id: int) -> Response:
        """Take a payment that was recorded here off again."""
        seen = ReceivedPayment.objects.filter(invoice__in=invoices_for(self.member))
        payment = find_or_404(seen.select_related("invoice__project"), pk=received_payment_id)
        with telling_refusals():
            remove_payment(payment=payment, member=self.member, now=timezone.now())
        return Response(StandingSerializer(describe_standing(payment.invoice)).data)


class ProjectHeldView(ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(responses=HeldSerializer, tags=TAGS, operation_id="project_held_money")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """The client's money that no invoice has used yet; nothing while the project is not linked."""
        return Response(HeldSerializer(held_for(self.project)).data)


class ProjectInvoiceSyncView(WithConnection, ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(request=None, responses=STARTED, tags=TAGS, operation_id="project_sync_invoices")
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Sync Invoices: bring in what changed of invoices and payments, or join the sync that is active."""
        project = self.project
        return start_sync(self.connection, user=self.user, kind=RunKind.INVOICES, project=project)
