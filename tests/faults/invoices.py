"""Invoices in a fault run: released, some voided or changed, and payments that arrive at the worst moment."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from random import Random

from django.utils import timezone

from integrations.models import Push, PushState
from invoicing.invoices.changing import change_sent_invoice
from invoicing.invoices.drafting import SectionInput, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.pushes import find_invoice_push
from invoicing.invoices.releasing import release_invoice, void_invoice
from invoicing.models import Invoice, InvoiceState
from tests.invoicing.office import InvoiceOffice, price

PAYMENT, DEARER = Decimal("10.00"), Decimal("5.00")
HOLDS = "payments_applied"


class Fate(StrEnum):
    STAYS = "stays"
    VOIDED = "voided"
    TOUCHED = "touched"
    """Voided too, but QuickBooks' version has moved meanwhile: a payment came and was deleted."""
    PAID = "paid"
    """A payment arrives before the void: it must not be voided."""
    CHANGED = "changed"
    """A payment arrives, and then it is made dearer here, on the version of before."""


@dataclass
class InvoicePlan:
    """What QuickBooks must hold in the end, by the invoice's number."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    drafts: list[Invoice] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """Numbers whose fate was set going."""

    @property
    def voided(self) -> list[str]:
        return [number for number, fate in self.fates.items() if fate in (Fate.VOIDED, Fate.TOUCHED)]

    def count(self, fate: Fate) -> int:
        return sum(each == fate for each in self.fates.values())

    @property
    def to_ask(self) -> list[str]:
        return [
            number for number, fate in self.fates.items() if fate != Fate.STAYS and number not in self.asked
        ]


def draft_invoices(office: InvoiceOffice, count: int, dice: Random) -> InvoicePlan:
    """Every third one stays; the others have each fate in turn."""
    plan = InvoicePlan()
    fates = (Fate.STAYS, Fate.VOIDED, Fate.TOUCHED, Fate.STAYS, Fate.PAID, Fate.CHANGED)
    for index in range(count):
        number = f"C-{index + 1:05}"
        amounts = [Decimal(dice.randint(100_00, 5_000_00)) / 100 for _ in range(1 + index % 2)]
        lines = [price(str(amount), office.codes[dice.randrange(3)]) for amount in amounts]
        plan.drafts.append(office.draft(*lines, number=number))
        plan.amounts[number] = sum(amounts, Decimal(0))
        plan.fates[number] = fates[index % len(fates)]
    return plan


def release_twice(office: InvoiceOffice, invoices: Sequence[Invoice]) -> None:
    for invoice in invoices:
        for _ in range(2):
            release_invoice(invoice=invoice, member=office.admin, now=timezone.now())


def treat_arrived(office: InvoiceOffice, plan: InvoicePlan) -> None:
    """Void or change those that QuickBooks has by now. Payments come first, and nothing here has heard of them.

    One that a sync brought before its answer came would be refused: it has its turn later.
    """
    arrived = Invoice.objects.filter(number__in=plan.to_ask, state=InvoiceState.UNPAID)
    for invoice in arrived:
        if find_invoice_push(invoice) is not None:
            continue
        fate = plan.fates[invoice.number]
        if fate != Fate.VOIDED:
            payment = office.receive_there(str(PAYMENT), (invoice, str(PAYMENT)))
            if fate == Fate.TOUCHED:
                office.realm.delete_document("Payment", payment["Id"])
        if fate == Fate.CHANGED:
            make_dearer(office, invoice)
            plan.amounts[invoice.number] += DEARER
        else:
            void_twice(office, invoice)
        plan.asked.add(invoice.number)


def void_twice(office: InvoiceOffice, invoice: Invoice) -> None:
    """The second press is late where a worker was quicker: it is told so, and does nothing."""
    void_invoice(invoice=invoice, member=office.admin, now=timezone.now())
    try:
        void_invoice(invoice=invoice, member=office.admin, now=timezone.now())
    except InvoiceRefused as error:
        if error.code != "closed":
            raise


def make_dearer(office: InvoiceOffice, invoice: Invoice) -> None:
    values = input_of(invoice)
    more = SectionInput(lines=(price(str(DEARER), office.codes[0]),))
    change_sent_invoice(
        invoice=invoice,
        values=replace(values, sections=(*values.sections, more)),
        member=office.admin,
        now=timezone.now(),
    )


# What must be true ----------------------------------------------------------------------------------------------------


def check_invoices(office: InvoiceOffice, plan: InvoicePlan) -> Iterator[str]:
    there = office.invoices_there()
    numbers = Counter(document["DocNumber"] for document in there)
    yield from (f"{number} is in QuickBooks {times} times." for number, times in numbers.items() if times > 1)
    yield from (f"{number} is not in QuickBooks." for number in sorted(plan.amounts.keys() - numbers.keys()))
    yield from (f"{number} is nobody's invoice." for number in sorted(numbers.keys() - plan.amounts.keys()))
    yield from (f"{number} was never voided or changed." for number in plan.to_ask)
    ids = {document["DocNumber"]: document["Id"] for document in there}
    for document in there:
        yield from _check_there(document["DocNumber"], document, plan)
    for invoice in Invoice.objects.all():
        yield from _check_here(invoice, ids, plan)


def _check_there(number: str, document: dict[str, object], plan: InvoicePlan) -> Iterator[str]:
    total, is_voided = document["TotalAmt"], document.get("PrivateNote") == "Voided"
    if number in plan.voided:
        if total != 0 or not is_voided:
            yield f"{number} is not voided in QuickBooks: {total}."
        return
    open_amount = plan.amounts.get(number, Decimal(0))
    if total != open_amount:
        yield f"{number} comes to {total} in QuickBooks instead of {open_amount}."
    if plan.fates.get(number) in (Fate.PAID, Fate.CHANGED):
        open_amount -= PAYMENT
    if document["Balance"] != open_amount:
        yield f"{number} is open with {document['Balance']} instead of {open_amount}."


def _check_here(invoice: Invoice, ids: dict[str, str], plan: InvoicePlan) -> Iterator[str]:
    paid = dict.fromkeys((Fate.PAID, Fate.CHANGED), InvoiceState.PARTLY_PAID)
    states = {Fate.STAYS: InvoiceState.UNPAID, **paid}
    wanted = states.get(plan.fates[invoice.number], InvoiceState.VOID)
    if invoice.state != wanted:
        yield f"{invoice.number} is {invoice.state} here instead of {wanted}."
    if invoice.quickbooks_id != ids.get(invoice.number):
        yield f"{invoice.number} is linked to another document."
    if invoice.conflicts:
        yield f"{invoice.number} is in conflict: {invoice.conflicts['fields']}."
    if invoice.total_difference:
        yield f"{invoice.number} differs by {invoice.total_difference}."


def rightly_held(plan: InvoicePlan) -> set[int]:
    """Voids that a payment stands in the way of."""
    paid = [number for number, fate in plan.fates.items() if fate == Fate.PAID]
    subjects = Invoice.objects.filter(number__in=paid).values_list("pk", flat=True)
    held = Push.objects.filter(
        kind="invoice", state=PushState.HELD, hold_code=HOLDS, subject_id__in=[str(pk) for pk in subjects]
    )
    return set(held.values_list("pk", flat=True))
