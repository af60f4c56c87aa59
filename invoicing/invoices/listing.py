"""Which invoices a person sees, found, sorted and added up, in a few queries whatever their number (R43)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, TextChoices, Value, When
from django.db.models.functions import Coalesce, Lower

from budgets.searching import read_written_amount, read_written_date
from invoicing.models import CLOSED_INVOICE_STATES, Invoice, InvoiceState
from invoicing.payments.totals import invoiced_in
from ressio.access import projects_for
from ressio.models import Project, TeamMember
from ressio.money import ZERO, MoneyField

PAGE_SIZE = 50
EXPORT_CHUNK = 1000
OPEN_INVOICE_STATES = (InvoiceState.RELEASED, InvoiceState.UNPAID, InvoiceState.PARTLY_PAID)
"""The client has it and has not paid all of it."""


class Group(TextChoices):
    """What people ask for: several states, or one, at a time."""

    DRAFT = "draft", "Drafts"
    OPEN = "open", "Open"
    OVERDUE = "overdue", "Overdue"
    PAID = "paid", "Paid"
    VOID = "void", "Void or deleted"


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Everything left empty lets all through. `group` is a `Group` or "", and `text` may name a day or an amount."""

    project: Project | None = None
    group: str = ""
    text: str = ""


@dataclass(frozen=True)
class Summary:
    """Of some invoices, in the company's currency (R17)."""

    invoiced: Decimal = ZERO
    """What clients were asked for: no drafts, nothing void. QuickBooks' total rules once it has an invoice."""
    collected: Decimal = ZERO
    drafts: Decimal = ZERO
    """What the drafts come to; part of nothing else."""
    overdue: Decimal = ZERO
    """What is open of those whose day is past; part of what is outstanding."""

    @property
    def outstanding(self) -> Decimal:
        return self.invoiced - self.collected


@dataclass(frozen=True)
class InvoicePage:
    """`summary` and `count` are of all invoices that match, not of the page."""

    invoices: list[Invoice]
    summary: Summary
    count: int
    page: int
    page_count: int


# Who sees what ------------------------------------------------------------------------------------------------------


def invoices_for(member: TeamMember, project: Project | None = None) -> "QuerySet[Invoice]":
    """Of all projects that this member may see, or of one of them; without an order. None without financials (R1)."""
    invoices: QuerySet[Invoice] = Invoice.objects.all()
    if not member.sees_financials:
        return invoices.none()
    if not member.is_admin:
        invoices = invoices.filter(project__in=projects_for(member).values("pk"))
    return invoices if project is None else invoices.filter(project=project)


def in_group(group: str, *, today: date) -> Q:
    """Which invoices are drafts, open, overdue, paid, void. Raises `ValueError` for a group that is none."""
    match Group(group):
        case Group.DRAFT:
            return Q(state=InvoiceState.DRAFT)
        case Group.OPEN:
            return Q(state__in=OPEN_INVOICE_STATES)
        case Group.OVERDUE:
            return Q(state__in=OPEN_INVOICE_STATES, due_on__lt=today)
        case Group.PAID:
            return Q(state=InvoiceState.PAID)
        case Group.VOID:
            return Q(state__in=CLOSED_INVOICE_STATES)


# Finding ------------------------------------------------------------------------------------------------------------


def find_invoices(
    member: TeamMember, wanted: InvoiceFilter, *, today: date, order: str = "-issued", page: int = 1
) -> InvoicePage:
    """Four queries. A page beyond the last is the last. Raises `KeyError` for an order that is none."""
    invoices = matching_invoices(member, wanted, today=today)
    count = invoices.count()
    page_count = max(1, -(-count // PAGE_SIZE))
    page = min(max(1, page), page_count)
    start = (page - 1) * PAGE_SIZE
    found = list(_ordered(invoices, order)[start : start + PAGE_SIZE])
    return InvoicePage(found, summary_of(invoices, today=today), count, page, page_count)


def all_invoices(
    member: TeamMember, wanted: InvoiceFilter, *, today: date, order: str = "-issued"
) -> Iterator[Invoice]:
    """For an export, piece by piece."""
    ordered = _ordered(matching_invoices(member, wanted, today=today), order)
    start = 0
    while found := list(ordered[start : start + EXPORT_CHUNK]):
        yield from found
        start += EXPORT_CHUNK


def matching_invoices(member: TeamMember, wanted: InvoiceFilter, *, today: date) -> "QuerySet[Invoice]":
    invoices = invoices_for(member, wanted.project)
    if wanted.group:
        invoices = invoices.filter(in_group(wanted.group, today=today))
    return invoices.filter(says(wanted.text.strip())) if wanted.text.strip() else invoices


def says(text: str) -> Q:
    """In the number, client, memo or project; or it is a day of the invoice, or its total."""
    found = Q()
    for name in ("number", "client_name", "memo", "project__name", "project__number"):
        found |= Q(**{f"{name}__icontains": text})
    day, amount = read_written_date(text), read_written_amount(text)
    if day:
        found |= Q(issued_on=day) | Q(due_on=day)
    if amount is not None:
        found |= Q(total=amount) | Q(quickbooks_total=amount)
    return found


def _due() -> Coalesce:
    return Coalesce("quickbooks_total", "total", output_field=MoneyField())


def _outstanding() -> Case:
    nothing = When(state__in=(InvoiceState.DRAFT, *CLOSED_INVOICE_STATES), then=Value(ZERO))
    return Case(nothing, default=_due() - F("paid"), output_field=MoneyField())


def _places(name: str, values: Sequence[str]) -> Case:
    """In the order in which an invoice goes through them, not in that of the alphabet."""
    return Case(*(When(**{name: value}, then=Value(place)) for place, value in enumerate(values)))


ORDERS: Mapping[str, Callable[[], Any]] = {
    "number": lambda: F("number"),
    "project": lambda: Lower("project__name"),
    "client": lambda: Lower("client_name"),
    "issued": lambda: F("issued_on"),
    "due": lambda: F("due_on"),
    "total": _due,
    "paid": lambda: F("paid"),
    "outstanding": _outstanding,
    "state": lambda: _places("state", InvoiceState.values),
}


def _ordered(invoices: "QuerySet[Invoice]", order: str) -> "QuerySet[Invoice]":
    """Ends with what tells invoices apart, so that pages neither repeat nor lose one. Drafts without a day come first
    where the newest do.
    """
    column = ORDERS[order.removeprefix("-")]()
    is_down = order.startswith("-")
    first = column.desc(nulls_first=True) if is_down else column.asc(nulls_last=True)
    return invoices.select_related("project").order_by(first, F("issued_on").desc(nulls_first=True), "-pk")


# Adding up ----------------------------------------------------------------------------------------------------------


def summary_of(invoices: "QuerySet[Invoice]", *, today: date) -> Summary:
    """Two queries."""
    invoiced = invoiced_in(invoices)
    late = in_group(Group.OVERDUE, today=today)
    sums = invoices.order_by().aggregate(
        drafts=Sum("total", filter=Q(state=InvoiceState.DRAFT)),
        late=Sum(_due(), filter=late),
        late_paid=Sum("paid", filter=late),
    )
    overdue = (sums["late"] or ZERO) - (sums["late_paid"] or ZERO)
    return Summary(invoiced.invoiced, invoiced.collected, sums["drafts"] or ZERO, overdue)
