"""Asking for bills to be sent: when a bill goes by itself, and sending earlier ones as an explicit, counted deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from budgets.bills.drafting import lock_bill
from budgets.bills.errors import BillRefused
from budgets.bills.readiness import REOPEN
from budgets.bills.rights import may_approve_bills
from budgets.models import Bill, BillOrigin, BillState
from integrations.models import OPEN_STATES, Connection, ProjectLink, Push, PushOperation, PushState
from integrations.outbox import (
    DecisionRefused,
    find_subject_push,
    push_or_retry,
    skip_in_earlier_books,
)
from integrations.switches import switches_of
from ressio.activity import record_activity
from ressio.models import Project, TeamMember, User
from ressio.money import ZERO

KIND = "bill"
FILE_KIND = "bill_file"


@dataclass(frozen=True)
class Earlier:
    """Approved bills of a project that are not in QuickBooks and not on their way."""

    bills: int
    amount: Decimal


def find_project_connection(project: Project) -> Connection | None:
    """The company's current connection, if the project is linked on it."""
    link = (
        ProjectLink.objects.filter(project=project, connection__is_current=True)
        .select_related("connection")
        .first()
    )
    return link.connection if link else None


def should_push(bill: Bill) -> bool:
    """By itself after approval: the project is linked, and pushing was turned on before the approval (M37)."""
    assert bill.project is not None
    switches = switches_of(bill.project)
    if not switches.push_bills or find_project_connection(bill.project) is None:
        return False
    since = switches.push_bills_since
    return since is None or (bill.approved_at is not None and bill.approved_at >= since)


def find_bill_push(bill: Bill) -> Push | None:
    """The open one, if the bill is on its way or held."""
    return find_subject_push(KIND, str(bill.pk), connection_id=bill.connection_id)


def leave_earlier_books(bills: Sequence[Bill], *, actor: User | None, now: datetime) -> None:
    """Raises `BillRefused` where one may have arrived there."""
    try:
        skip_in_earlier_books(KIND, [str(bill.pk) for bill in bills], actor=actor, now=now)
    except DecisionRefused as error:
        raise BillRefused(str(error), code="on_its_way") from error


def request_bill_push(
    bill: Bill,
    *,
    requested_by: User | None,
    now: datetime,
    is_bulk: bool = False,
    operation: PushOperation = PushOperation.CREATE,
) -> Push:
    """One that is held is tried again. Raises `BillRefused`."""
    assert bill.project is not None
    connection = bill.connection or find_project_connection(bill.project)
    if connection is None:
        raise BillRefused("The project is not linked to QuickBooks.", code="not_linked")
    return push_or_retry(
        connection=connection,
        kind=KIND,
        subject_id=str(bill.pk),
        subject_label=str(bill),
        requested_by=requested_by,
        now=now,
        operation=operation,
        quickbooks_id=bill.quickbooks_id,
        is_bulk=is_bulk,
    )


def send_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Push:
    """Send an approved bill that did not go by itself. Raises `BillRefused`."""
    with transaction.atomic():
        locked = lock_bill(bill)
        _check_may_send(locked, member)
        leave_earlier_books([locked], actor=member.user, now=now)
        push = request_bill_push(locked, requested_by=member.user, now=now)
        record_activity(company=locked.company, actor=member.user, verb="sent to QuickBooks", subject=locked)
    return push


def refuse_if_archived(project: Project) -> None:
    """Its costs are closed: nothing new is added to them without a word. Raises `BillRefused`."""
    if project.is_archived:
        raise BillRefused(f"{project} is archived. {REOPEN}", code="archived")


def _check_may_send(bill: Bill, member: TeamMember) -> None:
    if not may_approve_bills(member):
        raise BillRefused("You may not send bills to QuickBooks. Ask an Admin.", code="not_allowed")
    if bill.state != BillState.APPROVED:
        raise BillRefused("Only an approved bill that is not in QuickBooks yet.", code="not_open")
    assert bill.project is not None
    refuse_if_archived(bill.project)
    if not switches_of(bill.project).push_bills:
        raise BillRefused(
            "Pushing bills is off for this project. Turn it on in its Financials.", code="pushing_off"
        )


def count_earlier_bills(project: Project) -> Earlier:
    """What `send_earlier_bills` would send."""
    found = _earlier(project).aggregate(bills=Count("pk"), amount=Sum("total"))
    return Earlier(found["bills"], found["amount"] or ZERO)


def send_earlier_bills(*, project: Project, expected: int, member: TeamMember, now: datetime) -> int:
    """Bills approved before pushing was turned on, in batches. `expected` is the number that was shown: a different
    one means that something changed meanwhile, and nothing is sent. Raises `BillRefused`.
    """
    if not may_approve_bills(member):
        raise BillRefused("You may not send bills to QuickBooks. Ask an Admin.", code="not_allowed")
    if not switches_of(project).push_bills:
        raise BillRefused("Turn on pushing bills first.", code="pushing_off")
    refuse_if_archived(project)
    if find_project_connection(project) is None:
        raise BillRefused("The project is not linked to QuickBooks.", code="not_linked")
    with transaction.atomic():
        earlier = _earlier(project).select_for_update(of=("self",)).order_by("pk")
        bills = list(earlier.select_related("project__company", "vendor"))
        if len(bills) != expected:
            raise BillRefused(
                f"There are {len(bills)} bills now, not {expected}. Look again.", code="changed"
            )
        leave_earlier_books(bills, actor=member.user, now=now)
        for bill in bills:
            request_bill_push(bill, requested_by=member.user, now=now, is_bulk=True)
        record_activity(
            company=project.company,
            actor=member.user,
            verb="sent earlier bills of",
            subject=project,
            changes={"bills": ["", str(len(bills))]},
        )
    return len(bills)


def _earlier(project: Project) -> "QuerySet[Bill]":
    stays_behind = Q(connection__is_current=False, state__in=(PushState.WAITING, PushState.HELD))
    open_pushes = Push.objects.filter(kind=KIND, state__in=OPEN_STATES).exclude(stays_behind)
    on_the_way = [int(pk) for pk in open_pushes.values_list("subject_id", flat=True)]
    bills: QuerySet[Bill] = Bill.objects.filter(
        project=project, origin=BillOrigin.RESSIO, state=BillState.APPROVED
    ).exclude(pk__in=on_the_way)
    return bills
