"""Which bills a person sees, found, sorted and added up, in a few queries whatever their number (R22).

A bill made here belongs to its project. One made in QuickBooks belongs to every project whose customers its lines
name, and shows what its lines come to there beside the document's total (M32).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models import TextChoices as Choices
from django.db.models.functions import Coalesce, Lower

from budgets.bills.numbers import normalise_number
from budgets.bills.pushes import KIND
from budgets.bills.readiness import WAITS_FOR_REOPENING
from budgets.bills.staying import find_stays
from budgets.models import CLOSED_STATES, Bill, BillFile, BillOrigin, BillState, CostLine
from budgets.reach import customers_by_link
from budgets.searching import read_written_amount, read_written_date
from integrations.models import OPEN_STATES, Connection, ProjectLink, Push, PushState, VendorLink
from ressio.access import projects_for
from ressio.models import Project, TeamMember, Vendor
from ressio.money import ZERO, MoneyField

PAGE_SIZE = 50
EXPORT_CHUNK = 1000
BILL = "Bill"


class Sending(Choices):
    """Where a bill stands between here and QuickBooks."""

    NOT_SENT = "not_sent", "Not sent"
    SENDING = "sending", "Sending"
    UNKNOWN = "unknown", "No answer yet"
    WAITS = "waits", "Waits for reopening"
    ATTENTION = "attention", "Needs attention"
    THERE = "there", "In QuickBooks"
    CHANGED = "changed", "Changed in QuickBooks"
    EARLIER = "earlier", "In the earlier books"
    STAYS_BEHIND = "stays_behind", "Waits for the earlier books"
    GONE = "gone", "No longer there"


NOT_IN_QUICKBOOKS = "not_in_quickbooks"
STATUSES = (
    *BillState.choices,
    (Sending.ATTENTION.value, Sending.ATTENTION.label),
    (Sending.WAITS.value, Sending.WAITS.label),
    (NOT_IN_QUICKBOOKS, "Not in QuickBooks"),
)


# Who sees what ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """What a member may see: projects, and the customers of QuickBooks that belong to them."""

    member: TeamMember
    project_ids: frozenset[int]
    connection: Connection | None
    owners: Mapping[str, Project]
    """Customer id to the project that owns its lines, only projects the member may see."""

    def customers_of(self, project: Project) -> list[str]:
        return sorted(ref for ref, owner in self.owners.items() if owner.pk == project.pk)


def reach_of(member: TeamMember) -> Reach:
    """Three queries."""
    visible = frozenset(projects_for(member).values_list("pk", flat=True))
    links = list(
        ProjectLink.objects.filter(connection__is_current=True).select_related("project", "connection")
    )
    reached = customers_by_link(links)
    owners = {
        customer: link.project
        for link in links
        if link.project_id in visible
        for customer in reached[link.customer_ref]
    }
    return Reach(member, visible, links[0].connection if links else None, owners)


def visible_bills(reach: Reach) -> "QuerySet[Bill]":
    """An Admin also keeps what was deleted in QuickBooks: no line is left there that would name a project."""
    seen = Q(project__in=reach.project_ids) | _made_there(reach, sorted(reach.owners))
    if reach.member.is_admin:
        seen |= Q(origin=BillOrigin.QUICKBOOKS, connection=reach.connection, state__in=CLOSED_STATES)
    bills: QuerySet[Bill] = Bill.objects.filter(seen)
    return bills


def bills_for(member: TeamMember, *, project: Project | None = None) -> "QuerySet[Bill]":
    """Of all projects that this member may see, or of one of them; without an order. Three queries besides."""
    reach = reach_of(member)
    bills = visible_bills(reach)
    return bills if project is None else bills.filter(_of_project(reach, project))


def lines_in_reach(bill: Bill, member: TeamMember) -> "QuerySet[CostLine]":
    """Of a bill made in QuickBooks: its lines that belong to projects this member may see."""
    reach = reach_of(member)
    lines: QuerySet[CostLine] = CostLine.objects.filter(
        connection=bill.connection_id,
        entity=BILL,
        document_ref=bill.quickbooks_id,
        customer_ref__in=sorted(reach.owners),
    )
    return lines.order_by("pk")


def find_visible(reach: Reach, bill_id: int) -> Bill | None:
    bills = visible_bills(reach).select_related("project__company", "vendor", "connection", "company")
    found: Bill | None = bills.filter(pk=bill_id).first()
    return found


def _of_project(reach: Reach, project: Project) -> Q:
    return Q(project=project) | _made_there(reach, reach.customers_of(project))


def _made_there(reach: Reach, customers: Sequence[str]) -> Q:
    lines = CostLine.objects.filter(
        connection=OuterRef("connection"),
        entity=BILL,
        document_ref=OuterRef("quickbooks_id"),
        customer_ref__in=customers,
    )
    return Q(origin=BillOrigin.QUICKBOOKS, connection=reach.connection) & Q(Exists(lines))


# Finding ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BillFilter:
    """Everything left empty lets all through. `status` is one of `STATUSES`."""

    project: Project | None = None
    vendor: Vendor | None = None
    status: str = ""
    text: str = ""


@dataclass(frozen=True)
class BillRow:
    """A bill as the list shows it."""

    bill: Bill
    sending: Sending
    files: int
    projects: list[Project]
    """Its own, or those that its lines in QuickBooks name, as far as the member may see them."""
    stay: str
    """In a few words, why an approved bill is not on its way; empty for others."""
    share: Decimal | None
    """What its lines come to in the project that was asked for, tax included, in the company's currency; None where
    the whole bill is that project's."""

    @property
    def project_names(self) -> str:
        return ", ".join(project.name for project in self.projects)


@dataclass(frozen=True)
class Totals:
    """Of all bills that match: those in the company's own currency that are not voided or deleted."""

    bills: int
    total: Decimal
    paid: Decimal
    foreign: int
    """Bills in other currencies, which are not added up."""
    share: Decimal | None
    """What all of it comes to in the project that was asked for."""

    @property
    def open(self) -> Decimal:
        return self.total - self.paid


@dataclass(frozen=True)
class BillPage:
    rows: list[BillRow]
    totals: Totals
    page: int
    page_count: int

    @property
    def has_open(self) -> bool:
        """Some of this page's bills can be approved."""
        return any(row.bill.is_open and row.bill.is_ours for row in self.rows)


def _owed() -> Case:
    gone = When(state__in=CLOSED_STATES, then=Value(ZERO))
    return Case(gone, default=F("total") - F("paid"), output_field=MoneyField())


def _file_count() -> Coalesce:
    files = BillFile.objects.filter(bill=OuterRef("pk")).order_by().values("bill")
    return Coalesce(Subquery(files.annotate(files=Count("pk")).values("files")), 0)


def _places(name: str, values: Sequence[str]) -> Case:
    """In the order in which a bill goes through them, not in that of the alphabet."""
    return Case(*(When(**{name: value}, then=Value(place)) for place, value in enumerate(values)))


# Made when asked for: only what is sorted by is worked out for every bill.
ORDERS: Mapping[str, Callable[[], Any]] = {
    "vendor": lambda: Lower(Coalesce("vendor__name", "vendor_name")),
    "number": lambda: F("plain_number"),
    "project": lambda: Lower("project__name"),
    "issued": lambda: F("issued_on"),
    "due": lambda: F("due_on"),
    "total": lambda: F("total"),
    "paid": lambda: F("paid"),
    "open": _owed,
    "status": lambda: _places("state", BillState.values),
    "origin": lambda: F("origin"),
    "sending": lambda: _places("sending", Sending.values),
    "files": _file_count,
}


def find_bills(reach: Reach, wanted: BillFilter, *, order: str = "-issued", page: int = 1) -> BillPage:
    """Five queries besides those of `reach_of`, seven for one project. A page beyond the last is the last."""
    bills = _matching(reach, wanted)
    totals = _add_up(bills, reach, wanted)
    page_count = max(1, -(-totals.bills // PAGE_SIZE))
    page = min(max(1, page), page_count)
    start = (page - 1) * PAGE_SIZE
    found = list(_ordered(bills, order)[start : start + PAGE_SIZE])
    return BillPage(_draw(found, reach, wanted), totals, page, page_count)


def all_bills(reach: Reach, wanted: BillFilter, *, order: str = "-issued") -> Iterator[BillRow]:
    """For an export, piece by piece."""
    ordered = _ordered(_matching(reach, wanted), order)
    start = 0
    while found := list(ordered[start : start + EXPORT_CHUNK]):
        yield from _draw(found, reach, wanted)
        start += EXPORT_CHUNK


def sending_of(bill: Bill) -> Sending:
    """The same for one bill."""
    [annotated] = _with_states(Bill.objects.filter(pk=bill.pk))
    return Sending(annotated.sending)  # type: ignore[attr-defined]


def _matching(reach: Reach, wanted: BillFilter) -> "QuerySet[Bill]":
    bills = _with_states(visible_bills(reach))
    if wanted.project:
        bills = bills.filter(_of_project(reach, wanted.project))
    if wanted.vendor:
        bills = bills.filter(_of_vendor(wanted.vendor))
    if wanted.status:
        bills = bills.filter(_has_status(wanted.status))
    if wanted.text.strip():
        bills = bills.filter(_says(wanted.text.strip()))
    return bills


def _with_states(bills: "QuerySet[Bill]") -> "QuerySet[Bill]":
    return bills.annotate(sending=_sending_expression())


def _sending_expression() -> Case:
    """Of the pushes only those that are open are read: the others have done their work."""
    pushes = Push.objects.filter(kind=KIND, state__in=OPEN_STATES).order_by("-connection__is_current")
    columns = ("subject_id", "state", "hold_code", "connection__is_current")
    states: dict[int, Sending] = {}
    behind = set()
    for subject_id, state, hold_code, is_current in pushes.values_list(*columns):
        if is_current:
            states[int(subject_id)] = _sending_of_push(state, hold_code)
        elif int(subject_id) not in states:
            behind.add(int(subject_id))

    def those(sending: Sending) -> list[int]:
        return [pk for pk, found in states.items() if found == sending]

    return Case(
        When(state__in=CLOSED_STATES, then=Value(Sending.GONE.value)),
        When(connection__is_current=False, then=Value(Sending.EARLIER.value)),
        When(pk__in=list(behind), then=Value(Sending.STAYS_BEHIND.value)),
        When(pk__in=those(Sending.WAITS), then=Value(Sending.WAITS.value)),
        When(Q(pk__in=those(Sending.ATTENTION)) | ~Q(conflicts={}), then=Value(Sending.ATTENTION.value)),
        When(pk__in=those(Sending.UNKNOWN), then=Value(Sending.UNKNOWN.value)),
        When(pk__in=those(Sending.SENDING), then=Value(Sending.SENDING.value)),
        When(quickbooks_id="", then=Value(Sending.NOT_SENT.value)),
        When(changed_there_at__isnull=False, then=Value(Sending.CHANGED.value)),
        default=Value(Sending.THERE.value),
        output_field=CharField(),
    )


def _sending_of_push(state: str, hold_code: str) -> Sending:
    if state == PushState.HELD:
        return Sending.WAITS if hold_code == WAITS_FOR_REOPENING else Sending.ATTENTION
    return Sending.UNKNOWN if state == PushState.UNKNOWN else Sending.SENDING


def _of_vendor(vendor: Vendor) -> Q:
    refs = VendorLink.objects.filter(vendor=vendor, connection__is_current=True).values("vendor_ref")
    return Q(vendor=vendor) | Q(connection__is_current=True, vendor_ref__in=refs)


def _has_status(status: str) -> Q:
    if status == NOT_IN_QUICKBOOKS:
        return Q(quickbooks_id="")
    return Q(sending=status) if status in (Sending.ATTENTION, Sending.WAITS) else Q(state=status)


def _says(text: str) -> Q:
    found = (
        Q(number__icontains=text)
        | Q(vendor__name__icontains=text)
        | Q(vendor_name__icontains=text)
        | Q(description__icontains=text)
    )
    plain, day, amount = normalise_number(text), read_written_date(text), read_written_amount(text)
    if plain:
        found |= Q(plain_number=plain)
    if day:
        found |= Q(issued_on=day) | Q(due_on=day)
    if amount is not None:
        found |= Q(total=amount)
    return found


def _ordered(bills: "QuerySet[Bill]", order: str) -> "QuerySet[Bill]":
    """Ends with what tells bills apart, so that pages neither repeat nor lose one."""
    column = ORDERS[order.removeprefix("-")]()
    first = column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)
    found = bills.select_related("project", "vendor")
    return found.order_by(first, F("issued_on").desc(nulls_last=True), "-pk")


def _add_up(bills: "QuerySet[Bill]", reach: Reach, wanted: BillFilter) -> Totals:
    is_home = Q(currency__in=["", reach.member.company.currency])
    counts = is_home & ~Q(state__in=CLOSED_STATES)
    sums = bills.aggregate(
        bills=Count("pk"),
        sum_total=Sum("total", filter=counts),
        sum_paid=Sum("paid", filter=counts),
        foreign=Count("pk", filter=~is_home),
    )
    share = _share_of_all(bills, reach, wanted.project) if wanted.project else None
    return Totals(sums["bills"], sums["sum_total"] or ZERO, sums["sum_paid"] or ZERO, sums["foreign"], share)


def _share_of_all(bills: "QuerySet[Bill]", reach: Reach, project: Project) -> Decimal:
    """What they come to in this project: own bills whole, the others line by line."""
    alive = bills.exclude(state__in=CLOSED_STATES)
    own = alive.filter(project=project).aggregate(amount=Sum("total"))["amount"] or ZERO
    refs = alive.filter(origin=BillOrigin.QUICKBOOKS).values("quickbooks_id")
    lines = CostLine.objects.filter(
        connection=reach.connection,
        entity=BILL,
        document_ref__in=refs,
        customer_ref__in=reach.customers_of(project),
    )
    sums = lines.aggregate(net=Sum("amount"), tax=Sum("tax_amount"))
    return own + (sums["net"] or ZERO) + (sums["tax"] or ZERO)


# Drawing ------------------------------------------------------------------------------------------------------------


def _draw(bills: Sequence[Bill], reach: Reach, wanted: BillFilter) -> list[BillRow]:
    shares = _shares(bills, reach)
    counted = BillFile.objects.filter(bill__in=bills).order_by().values_list("bill").annotate(Count("pk"))
    files = dict(counted)
    left = [bill for bill in bills if bill.sending == Sending.NOT_SENT]  # type: ignore[attr-defined]
    stays = find_stays(left)
    return [
        _draw_one(
            bill,
            shares.get(bill.quickbooks_id, {}),
            wanted,
            files=files.get(bill.pk, 0),
            stay=stays[bill.pk].words if bill.pk in stays else "",
        )
        for bill in bills
    ]


def _draw_one(
    bill: Bill, shares: Mapping[Project, Decimal], wanted: BillFilter, *, files: int, stay: str
) -> BillRow:
    is_own = bill.project is not None
    return BillRow(
        bill=bill,
        sending=Sending(bill.sending),  # type: ignore[attr-defined]
        files=files,
        stay=stay,
        projects=[bill.project]
        if bill.project
        else sorted(shares, key=lambda project: project.name.casefold()),
        share=None if is_own or wanted.project is None else shares.get(wanted.project, ZERO),
    )


def shares_of(bill: Bill, reach: Reach) -> dict[Project, Decimal]:
    """What a bill made in QuickBooks comes to in each project that the member may see."""
    return _shares([bill], reach).get(bill.quickbooks_id, {})


def _shares(bills: Sequence[Bill], reach: Reach) -> dict[str, dict[Project, Decimal]]:
    refs = [bill.quickbooks_id for bill in bills if not bill.is_ours and bill.quickbooks_id]
    found: dict[str, dict[Project, Decimal]] = defaultdict(dict)
    if not refs:
        return found
    lines = CostLine.objects.filter(connection=reach.connection, entity=BILL, document_ref__in=refs)
    groups = lines.values_list("document_ref", "customer_ref").annotate(
        net=Sum("amount"), tax=Sum("tax_amount")
    )
    for ref, customer, net, tax in groups.order_by():
        owner = reach.owners.get(customer)
        if owner is not None:
            found[ref][owner] = found[ref].get(owner, ZERO) + (net or ZERO) + (tax or ZERO)
    return found
