"""How a QuickBooks document becomes cost lines (V1–V9). Pure: no clock, no database, no network.

Nothing about projects or switches is decided here: a line says what it is, and whether it counts is
asked of `verdicts` later. The same document and the same lists always give the same lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from budgets.document_lines import Leaf, find_leaves, is_tax_line, name_lines
from budgets.models import BillableStatus, Kind
from budgets.pricing import UNKNOWN_WORKER, EntryRates, MemberPrice, WorkerRates, price_time, read_seconds
from budgets.reading import (
    ID_LENGTH,
    Json,
    fit_decimal,
    read_date,
    read_decimal,
    read_list,
    read_moment,
    read_object,
    read_ref,
    read_ref_name,
    read_text,
)
from budgets.taxes import TaxableLine, document_tax, share_tax
from ressio.money import ZERO, round_cents

# The documents that give cost lines (V1), in QuickBooks' names.
COST_ENTITIES = ("Bill", "Purchase", "VendorCredit", "TimeActivity")

_ONE = Decimal(1)
_BILLABLE_STATUSES = frozenset(BillableStatus.values)
_NAME_LENGTH = 500


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """What we know of a time entry sent from here: its shift type's rates, and when it was recorded (V9, V11)."""

    recorded_at: datetime
    member: tuple[MemberPrice, ...]
    """Ordered by day. What the employee costs in QuickBooks comes before them, whoever the member is."""


@dataclass(frozen=True, slots=True)
class KnownLists:
    """What a projection has to know besides the document.

    `projects` maps a ProjectRef to the customer row it stands for (V2): mapped by an admin, or the id of a
    customer row that is a project. `workers` maps an employee's id to the rates we know, `own` the id of a time entry
    that was sent from here to what we know of it.
    """

    home_currency: str = ""
    projects: Mapping[str, str] = field(default_factory=dict)
    workers: Mapping[str, WorkerRates] = field(default_factory=dict)
    own: Mapping[str, OwnEntry] = field(default_factory=dict)

    def customer_of(self, project_ref: str, named_customer_ref: str) -> str:
        return self.projects.get(project_ref) or named_customer_ref


class CostLineValues(NamedTuple):
    """The columns of a `CostLine` that come from the document, in the order they are written."""

    entity: str
    document_ref: str
    line_ref: str
    kind: str
    customer_ref: str
    named_customer_ref: str
    project_ref: str
    billable_status: str
    description: str
    payee_ref: str
    payee_name: str
    txn_date: date | None
    recorded_at: datetime | None
    number: str = ""
    item_ref: str = ""
    account_ref: str = ""
    employee_ref: str = ""
    is_vendor_time: bool = False
    currency: str = ""
    exchange_rate: Decimal = _ONE
    foreign_amount: Decimal | None = None
    amount: Decimal | None = None
    tax_amount: Decimal = ZERO
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    seconds: int | None = None
    amount_at_cost: Decimal | None = None
    cost_rate_source: str = ""
    amount_at_billable: Decimal | None = None
    billable_rate_source: str = ""


def cost_lines_of(entity: str, document: Json, *, known: KnownLists) -> list[CostLineValues]:
    """Every cost line of one document; none for an entity that is no cost."""
    if entity == "TimeActivity":
        return [_time_line(document, known)]
    if entity in COST_ENTITIES:
        return _expense_lines(entity, document, known)
    return []


# Bills, purchases, vendor credits ---------------------------------------------------------------------------------


class _Head(NamedTuple):
    """What all lines of a document share."""

    entity: str
    document_ref: str
    kind: str
    sign: int
    payee_ref: str
    payee_name: str
    txn_date: date | None
    recorded_at: datetime | None
    number: str
    currency: str
    rate: Decimal
    stored_rate: Decimal
    is_foreign: bool

    def home(self, amount: Decimal) -> Decimal:
        """Home currency, signed, rounded by itself to the cent (V5, V6)."""
        return round_cents(amount * self.rate * self.sign)


def _expense_lines(entity: str, document: Json, known: KnownLists) -> list[CostLineValues]:
    head = _read_head(entity, document, known)
    lines = read_list(document, "Line")
    leaves = list(find_leaves(lines))
    taxable = [TaxableLine(leaf.amount, leaf.detail) for leaf in leaves]
    tax = document_tax(document, taxable, [line for line in lines if is_tax_line(line)])
    shares = share_tax(head.home(tax), taxable)
    refs = name_lines(leaf.line for leaf in leaves)
    return [_expense_line(*parts, head, known) for parts in zip(leaves, refs, shares, strict=True)]


def _read_head(entity: str, document: Json, known: KnownLists) -> _Head:
    payee = "EntityRef" if entity == "Purchase" else "VendorRef"
    # No rate, or 0, means the document is in home currency.
    rate = read_decimal(document.get("ExchangeRate")) or _ONE
    currency = read_ref(document, "CurrencyRef")[:3] or known.home_currency
    return _Head(
        entity=entity,
        document_ref=read_text(document.get("Id"), ID_LENGTH),
        kind=kind_of(entity, document).value,
        sign=_sign_of(entity, document),
        payee_ref=read_ref(document, payee),
        payee_name=read_ref_name(document, payee, _NAME_LENGTH),
        txn_date=read_date(document.get("TxnDate")),
        recorded_at=_created_at(document),
        number=read_text(document.get("DocNumber"), 40),
        currency=currency,
        rate=rate,
        stored_rate=_ONE if rate == _ONE else fit_decimal(rate, digits=20, places=10) or _ONE,
        is_foreign=currency != known.home_currency or rate != _ONE,
    )


def _created_at(document: Json) -> datetime | None:
    return read_moment(read_object(document, "MetaData").get("CreateTime"))


def kind_of(entity: str, document: Json) -> Kind:
    """QuickBooks' own forms, told apart as its screens do (M22–M29)."""
    if entity != "Purchase":
        return {"Bill": Kind.BILL, "VendorCredit": Kind.VENDOR_CREDIT}[entity]
    payment_type = document.get("PaymentType")
    if payment_type == "CreditCard":
        return Kind.CARD_CREDIT if _is_refund(document) else Kind.CARD_CHARGE
    if payment_type == "Check":
        return Kind.CHECK
    return Kind.BANK_TRANSACTION if _looks_accepted_from_bank_feed(document) else Kind.EXPENSE


def _looks_accepted_from_bank_feed(document: Json) -> bool:
    """No payee, and the memo repeated on a line: how QuickBooks stores an accepted bank-feed item.

    The API has no flag for it. For display only: a bank transaction and an expense count alike.
    """
    memo = read_text(document.get("PrivateNote")).strip()
    if not memo or read_ref(document, "EntityRef"):
        return False
    return any(read_text(line.get("Description")).strip() == memo for line in read_list(document, "Line"))


def _is_refund(document: Json) -> bool:
    return document.get("Credit") in (True, "true", "True")


def _sign_of(entity: str, document: Json) -> int:
    """Credits come with positive amounts and lower the cost (V6)."""
    is_credit = entity == "VendorCredit" or (entity == "Purchase" and _is_refund(document))
    return -1 if is_credit else 1


def _expense_line(leaf: Leaf, line_ref: str, tax: Decimal, head: _Head, known: KnownLists) -> CostLineValues:
    detail = leaf.detail
    customer_ref = read_ref(detail, "CustomerRef")
    return CostLineValues(
        entity=head.entity,
        document_ref=head.document_ref,
        line_ref=line_ref,
        kind=head.kind,
        customer_ref=known.customer_of(leaf.project_ref, customer_ref),
        named_customer_ref=customer_ref,
        project_ref=leaf.project_ref,
        item_ref=read_ref(detail, "ItemRef"),
        account_ref=read_ref(detail, "AccountRef") or read_ref(detail, "ItemAccountRef"),
        payee_ref=head.payee_ref,
        payee_name=head.payee_name,
        txn_date=head.txn_date,
        number=head.number,
        description=read_text(leaf.line.get("Description")),
        billable_status=_billable_status(detail),
        recorded_at=head.recorded_at,
        currency=head.currency,
        exchange_rate=head.stored_rate,
        foreign_amount=fit_decimal(leaf.amount * head.sign, digits=20, places=5) if head.is_foreign else None,
        amount=head.home(leaf.amount),
        tax_amount=tax,
        quantity=fit_decimal(_number(detail, "Qty"), digits=20, places=7),
        unit_price=fit_decimal(_number(detail, "UnitPrice"), digits=20, places=7),
    )


def _number(detail: Json, name: str) -> Decimal | None:
    value = detail.get(name)
    return None if value is None else read_decimal(value)


def _billable_status(holder: Json) -> str:
    """No BillableStatus is NotBillable (V7)."""
    status = holder.get("BillableStatus")
    return status if status in _BILLABLE_STATUSES else BillableStatus.NOT_BILLABLE.value


# Time -----------------------------------------------------------------------------------------------------------


def _time_line(entry: Json, known: KnownLists) -> CostLineValues:
    """A time entry is one line. Its amount stays empty: the project's labor basis picks one of two prices (V9)."""
    is_vendor_time = _is_vendor_time(entry)
    worker = "VendorRef" if is_vendor_time else "EmployeeRef"
    employee_ref = "" if is_vendor_time else read_ref(entry, "EmployeeRef")
    project_ref, customer_ref = read_ref(entry, "ProjectRef"), read_ref(entry, "CustomerRef")
    txn_date, seconds = read_date(entry.get("TxnDate")), read_seconds(entry)
    document_ref = read_text(entry.get("Id"), ID_LENGTH)
    own = known.own.get(document_ref)
    worker_rates = known.workers.get(employee_ref, UNKNOWN_WORKER)
    if own is not None:
        worker_rates = replace(worker_rates, member=own.member)
    rates = EntryRates(
        cost=_number(entry, "CostRate"), hourly=_number(entry, "HourlyRate"), worker=worker_rates
    )
    prices = price_time(seconds, rates, on=txn_date)
    return CostLineValues(
        entity="TimeActivity",
        document_ref=document_ref,
        line_ref="#1",
        kind=Kind.TIME.value,
        customer_ref=known.customer_of(project_ref, customer_ref),
        named_customer_ref=customer_ref,
        project_ref=project_ref,
        item_ref=read_ref(entry, "ItemRef"),
        employee_ref=employee_ref,
        payee_ref=read_ref(entry, worker),
        payee_name=read_ref_name(entry, worker, _NAME_LENGTH),
        is_vendor_time=is_vendor_time,
        txn_date=txn_date,
        description=read_text(entry.get("Description")),
        billable_status=_billable_status(entry),
        recorded_at=own.recorded_at if own else _created_at(entry),
        currency=known.home_currency,
        seconds=seconds,
        amount_at_cost=prices.at_cost,
        cost_rate_source=prices.cost_source,
        amount_at_billable=prices.at_billable,
        billable_rate_source=prices.billable_source,
    )


def _is_vendor_time(entry: Json) -> bool:
    """NameOf says whose time it is; where it is missing, the reference that is there does."""
    name_of = entry.get("NameOf")
    if name_of is None:
        return bool(read_ref(entry, "VendorRef")) and not read_ref(entry, "EmployeeRef")
    return bool(name_of == "Vendor")
