"""Entering a bill and changing it, up to its approval."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from budgets.bills.errors import BillRefused
from budgets.bills.file_upkeep import keep_files_in_step, remove_files_with
from budgets.bills.numbers import MAX_NUMBER_LENGTH, normalise_number
from budgets.bills.rights import may_enter_on
from budgets.bills.seen import refuse_if_changed
from budgets.models import Bill, BillLine, BillOrigin, BillState
from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import CostCode, Project, TeamMember, Vendor
from ressio.money import ZERO, round_cents

LARGEST_AMOUNT = Decimal(10) ** 10
LARGEST_NUMBER = Decimal(10) ** 8
FINEST = Decimal("0.00001")
MOST_LINES = 200
MEMO_LENGTH = 4000


@dataclass(frozen=True)
class LineInput:
    """`amount` alone, or quantity and unit price, whose product to the cent is the amount (QuickBooks' fault 6070)."""

    cost_code: CostCode | None = None
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    is_billable: bool = False
    line_ref: str = ""
    """Which line of QuickBooks it is, when a bill that is there is changed."""


@dataclass(frozen=True)
class BillInput:
    vendor: Vendor
    number: str
    issued_on: date
    due_on: date | None = None
    description: str = ""
    internal_notes: str = ""
    lines: Sequence[LineInput] = ()


def create_bill(*, project: Project, given: BillInput, member: TeamMember, now: datetime) -> Bill:
    """A draft. Raises `BillRefused`."""
    if not may_enter_on(member, project):
        raise BillRefused("You may not enter bills on this project.", code="not_allowed")
    check_input(given, project)
    with transaction.atomic():
        bill = Bill(
            company_id=project.company_id,
            origin=BillOrigin.RESSIO,
            state=BillState.DRAFT,
            project=project,
            currency=project.company.currency,
            created_by=member.user,
            created_at=now,
            **_columns(given),
        )
        bill.save()
        store_lines(bill, given.lines)
        record_activity(company=project.company, actor=member.user, verb="entered", subject=bill)
    return bill


def change_bill(
    *,
    bill: Bill,
    given: BillInput,
    project: Project | None = None,
    member: TeamMember,
    now: datetime,
    mark: str = "",
) -> Bill:
    """Only before approval. A change by somebody else after it was submitted leaves it awaiting approval. `mark`:
    `seen.mark_of` the bill that `given` was made from. Raises `BillRefused`.
    """
    with transaction.atomic():
        locked = lock_bill(bill)
        target = project or locked.project
        assert target is not None
        _refuse_unless_open(locked)
        if not may_enter_on(member, target):
            raise BillRefused("You may not enter bills on this project.", code="not_allowed")
        refuse_if_changed(locked, mark)
        check_input(given, target, keeps=locked)
        before = describe_lines(locked)
        changes = apply_changes(
            locked, {**_columns(given), "project": target, "duplicate_is_intended": False}
        )
        store_lines(locked, given.lines)
        keep_files_in_step(locked)
        after = describe_lines(locked)
        if before != after:
            changes["lines"] = [before, after]
        if changes:
            record_activity(
                company=locked.company, actor=member.user, verb="changed", subject=locked, changes=changes
            )
    return locked


def delete_bill(*, bill: Bill, member: TeamMember) -> None:
    """Only what nobody approved; its files go with it."""
    with transaction.atomic():
        locked = lock_bill(bill)
        _refuse_unless_open(locked)
        assert locked.project is not None
        if not may_enter_on(member, locked.project):
            raise BillRefused("You may not delete this bill.", code="not_allowed")
        record_activity(company=locked.company, actor=member.user, verb="deleted", subject=locked)
        remove_files_with(locked)
        locked.delete()


def copy_bill(*, bill: Bill, member: TeamMember, now: datetime) -> Bill:
    """The same bill as a new draft, for one that was deleted in QuickBooks and has to be there again after all (U7)."""
    if bill.project is None or bill.vendor is None:
        raise BillRefused("A bill made in QuickBooks cannot be copied here.")
    codes = {line.cost_code_id for line in bill.lines.all() if line.cost_code_id}
    active = CostCode.objects.filter(pk__in=codes, is_active=True).in_bulk()
    lines = [
        LineInput(
            active.get(line.cost_code_id),
            line.description,
            line.quantity,
            line.unit_price,
            line.amount,
            line.is_billable,
        )
        for line in bill.lines.all()
    ]
    given = BillInput(
        vendor=bill.vendor,
        number=bill.number[:MAX_NUMBER_LENGTH],
        issued_on=bill.issued_on or now.date(),
        due_on=bill.due_on,
        description=bill.description,
        internal_notes=bill.internal_notes,
        lines=lines,
    )
    return create_bill(project=bill.project, given=given, member=member, now=now)


# Checks -----------------------------------------------------------------------------------------------------------


def check_input(given: BillInput, project: Project, *, keeps: Bill | None = None) -> None:
    """Everything that does not depend on QuickBooks. Raises `BillRefused` for the first thing wrong."""
    if project.is_archived and (keeps is None or keeps.project_id != project.pk):
        raise BillRefused(f"{project} is archived.", field="project")
    _check_vendor(given.vendor, project, keeps)
    _check_head(given)
    if len(given.lines) > MOST_LINES:
        raise BillRefused(f"A bill has at most {MOST_LINES} lines.", field="lines")
    kept_codes: set[int | None] = set(keeps.lines.values_list("cost_code_id", flat=True)) if keeps else set()
    for position, line in enumerate(given.lines, start=1):
        try:
            _check_line(line, project, kept_codes, where=f"Line {position}: ")
        except BillRefused as refused:
            refused.line = position
            raise
    if total_of(given.lines) < ZERO:
        raise BillRefused(
            "The bill comes to less than zero. A credit is entered in QuickBooks.", field="lines"
        )


def _check_vendor(vendor: Vendor, project: Project, keeps: Bill | None) -> None:
    if vendor.company_id != project.company_id:
        raise BillRefused("There is no such vendor.", field="vendor")
    if not vendor.is_active and (keeps is None or keeps.vendor_id != vendor.pk):
        raise BillRefused(f"{vendor} is inactive.", field="vendor")


def _check_head(given: BillInput) -> None:
    if not given.number.strip():
        raise BillRefused("Enter the vendor's number of the bill.", field="number")
    if len(given.number.strip()) > MAX_NUMBER_LENGTH:
        raise BillRefused(
            f"The number must be under {MAX_NUMBER_LENGTH + 1} characters; this has {len(given.number.strip())}.",
            field="number",
        )
    if given.due_on and given.due_on < given.issued_on:
        raise BillRefused("The bill is due before it was issued.", field="due_on")
    if not date(1990, 1, 1) <= given.issued_on <= date(2100, 1, 1):
        raise BillRefused("This date cannot be right.", field="issued_on")
    if len(given.description) > MEMO_LENGTH:
        raise BillRefused(f"The description has at most {MEMO_LENGTH} characters.", field="description")


def _check_line(line: LineInput, project: Project, kept_codes: set[int | None], *, where: str) -> None:
    code = line.cost_code
    if code and code.company_id != project.company_id:
        raise BillRefused(f"{where}there is no such cost code.", field="lines")
    if code and not code.is_active and code.pk not in kept_codes:
        raise BillRefused(f"{where}the cost code “{code}” is inactive.", field="lines")
    if len(line.description) > MEMO_LENGTH:
        raise BillRefused(f"{where}the description has at most {MEMO_LENGTH} characters.", field="lines")
    _check_price(line, where)
    _check_amount(line, where)


def _check_price(line: LineInput, where: str) -> None:
    if (line.quantity is None) != (line.unit_price is None):
        raise BillRefused(
            f"{where}give quantity and unit price together, or the amount alone.", field="lines"
        )
    for number in (line.quantity, line.unit_price):
        if number is not None and (abs(number) >= LARGEST_NUMBER or number != number.quantize(FINEST)):
            raise BillRefused(f"{where}quantity and unit price have at most five decimals.", field="lines")


def _check_amount(line: LineInput, where: str) -> None:
    amount = amount_of(line)
    if amount is None:
        raise BillRefused(f"{where}the amount is missing.", field="lines")
    if abs(amount) >= LARGEST_AMOUNT:
        raise BillRefused(f"{where}the amount is too large.", field="lines")
    if amount != round_cents(amount):
        raise BillRefused(f"{where}an amount has at most two decimals.", field="lines")
    if line.amount is not None and line.amount != amount:
        raise BillRefused(
            f"{where}{line.quantity} × {line.unit_price} is {amount}, not {line.amount}.", field="lines"
        )


def amount_of(line: LineInput) -> Decimal | None:
    if line.quantity is not None and line.unit_price is not None:
        return round_cents(line.quantity * line.unit_price)
    return line.amount


def total_of(lines: Sequence[LineInput]) -> Decimal:
    return sum((amount_of(line) or ZERO for line in lines), ZERO)


# Writing ----------------------------------------------------------------------------------------------------------


def lock_bill(bill: Bill) -> Bill:
    locked: Bill = Bill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
    return locked


def lock_bills(ids: Collection[int]) -> None:
    """Always in this order, and before their pushes (`integrations.outbox.locking`)."""
    list(Bill.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _refuse_unless_open(bill: Bill) -> None:
    if not bill.is_ours:
        raise BillRefused("This bill was made in QuickBooks and is changed there.", code="not_ours")
    if not bill.is_open:
        raise BillRefused(
            f"This bill is {bill.get_state_display().lower()} and no longer a draft.", code="not_open"
        )


def _columns(given: BillInput) -> dict[str, object]:
    number = given.number.strip()
    return {
        "vendor": given.vendor,
        "number": number,
        "plain_number": normalise_number(number),
        "issued_on": given.issued_on,
        "due_on": given.due_on,
        "description": given.description.strip(),
        "internal_notes": given.internal_notes,
        "total": total_of(given.lines),
    }


def store_lines(bill: Bill, lines: Sequence[LineInput]) -> None:
    bill.lines.all().delete()
    BillLine.objects.bulk_create(
        BillLine(
            company_id=bill.company_id,
            bill=bill,
            position=position,
            cost_code=line.cost_code,
            description=line.description.strip(),
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=amount_of(line),
            is_billable=line.is_billable,
        )
        for position, line in enumerate(lines, start=1)
    )


def describe_lines(bill: Bill) -> str:
    """For the activity: what the lines say, shortly."""
    lines = bill.lines.select_related("cost_code")
    return "; ".join(
        f"{line.cost_code or 'no code'} {line.amount} {line.description}".strip() for line in lines
    )[:2000]
