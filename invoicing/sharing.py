"""What the client sees without a sign-in: a link to one invoice, and the files of bills that stand on it (R26, R43).

The link holds a key that cannot be guessed and works while the client should have the invoice: from its release on,
also when it is paid or void, which it then says. Renewing it ends the one before.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from budgets.models import BillFile
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.rights import may_release_invoices
from invoicing.models import BilledCost, Invoice, InvoiceFile, InvoiceState
from invoicing.models.invoices import make_share_key
from ressio.activity import record_activity
from ressio.files.keeping import set_client_visibility
from ressio.models import ProjectFile, TeamMember
from ressio.people.mails import send_letter
from ressio.scoping import scopes_disabled
from ressio.templatetags.ressio_ui import write_date

# For the client -----------------------------------------------------------------------------------------------------


def find_shared(key: str) -> Invoice | None:
    """Works without a scope: who holds the link has no company. A draft has no link yet."""
    with scopes_disabled():
        found: Invoice | None = (
            Invoice.objects.select_related("company", "project")
            .filter(share_key=key)
            .exclude(state=InvoiceState.DRAFT)
            .first()
        )
    return found


class TellsAddress(Protocol):
    """A request of the pages, or of the API."""

    def build_absolute_uri(self, location: str, /) -> str: ...


def share_url(request: TellsAddress, invoice: Invoice) -> str:
    """The whole address, as the client gets it."""
    return request.build_absolute_uri(reverse("shared-invoice", kwargs={"key": invoice.share_key}))


def shared_files(invoice: Invoice) -> list[ProjectFile]:
    """Those chosen for this invoice that nobody has hidden from the client since (K13)."""
    chosen = InvoiceFile.objects.filter(
        invoice=invoice, file__is_client_visible=True, file__project=invoice.project_id
    )
    return [each.file for each in chosen.select_related("file").order_by("file__name", "pk")]


# For the company ----------------------------------------------------------------------------------------------------


def shareable_files(invoice: Invoice) -> list[ProjectFile]:
    """The project's files of the bills whose costs stand on the invoice, and those chosen already. Two queries."""
    billed = BilledCost.objects.filter(line__invoice=invoice)
    own, there = set(), set()
    for bill, connection, entity, document in billed.values_list(
        "bill_line__bill", "connection", "entity", "document_ref"
    ):
        if bill:
            own.add(bill)
        if entity == "Bill":
            there.add((connection, document))
    of_bills = Q(bill__in=own)
    for connection, document in there:
        of_bills |= Q(bill__connection=connection, bill__quickbooks_id=document)
    files = BillFile.objects.filter(of_bills, file__project=invoice.project_id).values("file")
    found = ProjectFile.objects.filter(Q(pk__in=files) | Q(invoice_files__invoice=invoice)).distinct()
    return list(found.order_by("subject_label", "name", "pk"))


def share_files(*, invoice: Invoice, file_ids: Collection[int], member: TeamMember) -> Sequence[ProjectFile]:
    """Exactly these go with the invoice from now on; each is shown to the client. Raises `InvoiceRefused`."""
    _refuse_unless_admin(member)
    with transaction.atomic():
        offered = {file.pk: file for file in shareable_files(invoice)}
        if not set(file_ids) <= offered.keys():
            raise InvoiceRefused("Only files of bills whose costs stand on the invoice can go with it.")
        chosen = [offered[pk] for pk in sorted(set(file_ids))]
        before = dict(InvoiceFile.objects.filter(invoice=invoice).values_list("file", "file__name"))
        InvoiceFile.objects.filter(invoice=invoice).exclude(file__in=chosen).delete()
        for file in chosen:
            InvoiceFile.objects.get_or_create(company_id=invoice.company_id, invoice=invoice, file=file)
            if not file.is_client_visible and member.user is not None:
                set_client_visibility(file=file, is_visible=True, actor=member.user)
        _record_files(invoice, sorted(before.values()), sorted(file.name for file in chosen), member)
    return chosen


def renew_link(*, invoice: Invoice, member: TeamMember) -> None:
    """The link of before ends at once. Raises `InvoiceRefused`."""
    _refuse_unless_admin(member)
    with transaction.atomic():
        invoice.share_key = make_share_key()
        invoice.save(update_fields=["share_key"])
        record_activity(
            company=invoice.company, actor=member.user, verb="renewed the client's link of", subject=invoice
        )


def mail_link(*, invoice: Invoice, link: str, member: TeamMember, now: datetime) -> None:
    """To the client's e-mail. `link` is the whole address. Raises `InvoiceRefused`, also when no mail can be sent."""
    _refuse_unless_admin(member)
    if invoice.is_draft or invoice.is_closed:
        raise InvoiceRefused("Only an invoice that the client owes is sent.", code="not_released")
    if not invoice.client_email:
        raise InvoiceRefused("The invoice has no e-mail of the client.", field="client_email")
    subject = f"{invoice} from {invoice.company.name}"
    context = {
        "invoice": invoice,
        "link": link,
        "amount": f"{invoice.currency or invoice.company.currency} {invoice.amount_due:,.2f}",
        "due": write_date(invoice.due_on) if invoice.due_on else "",
    }
    if not send_letter(subject, "invoicing/mail/invoice.txt", context, to=invoice.client_email):
        raise InvoiceRefused(
            "The mail could not be sent. Copy the link and send it yourself.", code="no_mail"
        )
    with transaction.atomic():
        invoice.emailed_at = now
        invoice.save(update_fields=["emailed_at"])
        record_activity(
            company=invoice.company,
            actor=member.user,
            verb="mailed the client's link of",
            subject=invoice,
            changes={"to": ["", invoice.client_email]},
        )


def _refuse_unless_admin(member: TeamMember) -> None:
    if not may_release_invoices(member):
        raise InvoiceRefused("An Admin decides what the client sees.", code="not_allowed")


def _record_files(invoice: Invoice, before: list[str], after: list[str], member: TeamMember) -> None:
    if before != after:
        changes = {"files for the client": [", ".join(before), ", ".join(after)]}
        record_activity(
            company=invoice.company, actor=member.user, verb="changed", subject=invoice, changes=changes
        )
