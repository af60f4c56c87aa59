"""An invoice's way for programs: released, sent, voided; what somebody decides on the way (U3, U6, N4, N12, N13)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from integrations.api.push_serializers import PushDetailSerializer
from integrations.models import Push
from integrations.push_log import with_what_is_shown
from invoicing.api.invoice_inputs import telling_refusals
from invoicing.api.invoice_serializers import InvoiceDetailSerializer
from invoicing.api.invoices import CHANGED, TAGS, InvoiceAPIView
from invoicing.api.step_serializers import (
    AcceptDifference,
    ConflictSerializer,
    DecideConflict,
    EarlierInvoicesSerializer,
    InvoicePreviewSerializer,
    LinkInvoice,
    MoveInvoice,
    ReleaseInvoice,
    RenumberInvoice,
    SendEarlierInvoices,
    SentInvoicesSerializer,
)
from invoicing.invoices.conflicts import accept_difference, decide_conflict
from invoicing.invoices.copying import copy_invoice
from invoicing.invoices.decisions import link_invoice, retry_invoice, skip_invoice
from invoicing.invoices.preview import preview_of
from invoicing.invoices.pushes import KIND
from invoicing.invoices.releasing import (
    change_number,
    earlier_invoices,
    move_to_open_period,
    release_invoice,
    send_earlier_invoices,
    send_invoice,
    take_back_release,
    void_invoice,
    wait_for_reopening,
)
from ressio.api.base import ProjectAPIView
from ressio.api.descriptions import CONFLICT, REFUSED
from ressio.api.idempotency import KEY_PARAMETER, answer_once
from ressio.api.permissions import AdminWrites, SeesFinancials


def read(form: "Serializer[Any]") -> Any:
    form.is_valid(raise_exception=True)
    return form.validated_data


class StepView(InvoiceAPIView):
    """Only an Admin releases invoices and decides about them."""

    permission_classes = [SeesFinancials, AdminWrites]


class ReleaseInvoiceView(StepView):
    @extend_schema(request=ReleaseInvoice, responses=CHANGED, tags=TAGS, operation_id="invoice_release")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """The client has it, and it goes to QuickBooks where the project says so. Released twice is released once."""
        invoice, values = self.find_invoice(), read(ReleaseInvoice(data=request.data))
        with telling_refusals():
            release_invoice(invoice=invoice, member=self.member, now=timezone.now(), mark=values["version"])
        return self.answer(invoice)


class TakeBackInvoiceView(StepView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="invoice_take_back")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Back to draft, while QuickBooks certainly has nothing of it."""
        invoice = self.find_invoice()
        with telling_refusals():
            take_back_release(invoice=invoice, member=self.member, now=timezone.now())
        return self.answer(invoice)


class SendInvoiceView(StepView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="invoice_send")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Send a released invoice that did not go by itself. It leaves a moment later: `push` says how it went."""
        invoice = self.find_invoice()
        with telling_refusals():
            send_invoice(invoice=invoice, member=self.member, now=timezone.now())
        return self.answer(invoice)


class VoidInvoiceView(StepView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="invoice_void")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """At once, or in QuickBooks first where that has it: `state` is `void` when it is done. Refused when paid."""
        invoice = self.find_invoice()
        with telling_refusals():
            void_invoice(invoice=invoice, member=self.member, now=timezone.now())
        return self.answer(invoice)


class CopyInvoiceView(InvoiceAPIView):
    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=None,
        responses={201: InvoiceDetailSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="invoice_copy",
    )
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """The same invoice as a new draft, for one that is void or was deleted in QuickBooks."""
        invoice, now = self.find_invoice(), timezone.now()

        def work() -> Response:
            with telling_refusals():
                made = copy_invoice(invoice=invoice, member=self.member, now=now)
            return self.answer(made, status=201)

        return answer_once(request, work, now=now)


class PreviewInvoiceView(InvoiceAPIView):
    @extend_schema(responses=InvoicePreviewSerializer, tags=TAGS, operation_id="invoice_preview")
    def get(self, request: Request, company: str, invoice_id: int) -> Response:
        """The document as it would leave now, what it posts, and what stands in its way."""
        return Response(InvoicePreviewSerializer(preview_of(self.find_invoice())).data)


class InvoicePushesView(InvoiceAPIView):
    @extend_schema(responses=PushDetailSerializer(many=True), tags=TAGS, operation_id="invoice_push_list")
    def get(self, request: Request, company: str, invoice_id: int) -> Response:
        """Everything of it that was sent to QuickBooks, or is on its way, the latest first, with every try."""
        invoice = self.find_invoice()
        pushes = with_what_is_shown(Push.objects.filter(kind=KIND, subject_id=str(invoice.pk)))
        return Response(PushDetailSerializer(pushes.order_by("-pk"), many=True).data)


# While it is held -----------------------------------------------------------------------------------------------------


class RenumberInvoiceView(StepView):
    @extend_schema(request=RenumberInvoice, responses=CHANGED, tags=TAGS, operation_id="invoice_renumber")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Another number for one that QuickBooks does not have; held for its number, it is sent at once."""
        invoice, values = self.find_invoice(), read(RenumberInvoice(data=request.data))
        with telling_refusals():
            change_number(invoice=invoice, member=self.member, now=timezone.now(), **values)
        return self.answer(invoice)


class MoveInvoiceView(StepView):
    @extend_schema(
        request=MoveInvoice, responses=CHANGED, tags=TAGS, operation_id="invoice_move_to_open_period"
    )
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Give an invoice dated in a closed period another date, and send it."""
        invoice, values = self.find_invoice(), read(MoveInvoice(data=request.data))
        with telling_refusals():
            move_to_open_period(invoice=invoice, member=self.member, now=timezone.now(), **values)
        return self.answer(invoice)


class WaitForReopeningView(StepView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="invoice_wait_for_reopening")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Keep an invoice dated in a closed period until the period is open again: it then leaves by itself."""
        invoice = self.find_invoice()
        with telling_refusals():
            wait_for_reopening(invoice=invoice, member=self.member, now=timezone.now())
        return self.answer(invoice)


class RetryInvoiceView(StepView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="invoice_retry")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Build and send anew what is held. Whatever still stands in the way holds it again."""
        invoice = self.find_invoice()
        with telling_refusals():
            retry_invoice(invoice=invoice, member=self.member, now=timezone.now())
        return self.answer(invoice)


class SkipInvoiceView(StepView):
    @extend_schema(request=None, responses=CHANGED, tags=TAGS, operation_id="invoice_skip")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """It is not sent, changed or voided there after all."""
        invoice = self.find_invoice()
        with telling_refusals():
            skip_invoice(invoice=invoice, member=self.member, now=timezone.now())
        return self.answer(invoice)


class LinkInvoiceView(StepView):
    @extend_schema(request=LinkInvoice, responses=CHANGED, tags=TAGS, operation_id="invoice_link")
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """A held invoice is this one of QuickBooks, entered there by hand. Nothing is sent."""
        invoice, values = self.find_invoice(), read(LinkInvoice(data=request.data))
        with telling_refusals():
            link_invoice(invoice=invoice, member=self.member, now=timezone.now(), **values)
        return self.answer(invoice)


# Where QuickBooks says something else --------------------------------------------------------------------------------


class InvoiceConflictView(StepView):
    @extend_schema(responses=ConflictSerializer, tags=TAGS, operation_id="invoice_conflict")
    def get(self, request: Request, company: str, invoice_id: int) -> Response:
        """What was changed in QuickBooks, and the ways out."""
        return Response(ConflictSerializer(self.find_invoice()).data)

    @extend_schema(
        request=DecideConflict, responses=CHANGED, tags=TAGS, operation_id="invoice_decide_conflict"
    )
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """Decide which version of an invoice holds that was changed in QuickBooks."""
        invoice, values = self.find_invoice(), read(DecideConflict(data=request.data))
        with telling_refusals():
            decide_conflict(
                invoice=invoice,
                choice=values["choice"],
                mark=values["version"],
                member=self.member,
                now=timezone.now(),
            )
        return self.answer(invoice)


class AcceptDifferenceView(StepView):
    @extend_schema(
        request=AcceptDifference, responses=CHANGED, tags=TAGS, operation_id="invoice_accept_difference"
    )
    def post(self, request: Request, company: str, invoice_id: int) -> Response:
        """QuickBooks' total holds, though another one was predicted."""
        invoice, values = self.find_invoice(), read(AcceptDifference(data=request.data))
        total = values["quickbooks_total"]
        with telling_refusals():
            accept_difference(invoice=invoice, total=total, member=self.member, now=timezone.now())
        return self.answer(invoice)


class EarlierInvoicesView(ProjectAPIView):
    permission_classes = [SeesFinancials, AdminWrites]

    @extend_schema(responses=EarlierInvoicesSerializer, tags=TAGS, operation_id="project_invoices_earlier")
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """How many invoices `POST` would send."""
        return Response(EarlierInvoicesSerializer(earlier_invoices(self.project)).data)

    @extend_schema(
        request=SendEarlierInvoices,
        responses={202: SentInvoicesSerializer, **REFUSED, **CONFLICT},
        tags=TAGS,
        operation_id="project_invoices_send_earlier",
    )
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Send invoices that were released before sending was turned on, as many as `expected` says."""
        project, values = self.project, read(SendEarlierInvoices(data=request.data))
        with telling_refusals():
            sent = send_earlier_invoices(project=project, member=self.member, now=timezone.now(), **values)
        return Response(SentInvoicesSerializer({"sent": sent}).data, status=202)
