"""The form of a bill, expense, check, card charge, card credit or vendor credit: typed text in, document out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from integrations.sandbox.pages.contract import PageRequest
from integrations.sandbox.pages.formats import Mistake, plain, read_amount, read_date
from integrations.sandbox.pages.kinds import Kind
from integrations.sandbox.wire import Document, number

BLANK_LINES = 3
ITEM, CATEGORY = "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"
BILLABLE, NOT_BILLABLE, BILLED = "Billable", "NotBillable", "HasBeenBilled"
LINE_FIELDS = ("id", "what", "customer", "text", "quantity", "rate", "amount")
HEAD_FIELDS = ("payee", "account", "date", "due", "number", "memo", "exchange")
Numbers = tuple[Decimal | None, Decimal | None, Decimal]


@dataclass
class LineForm:
    """One row as typed. ``what`` is ``item:12`` or ``account:31``."""

    id: str = ""
    what: str = ""
    customer: str = ""
    text: str = ""
    quantity: str = ""
    rate: str = ""
    amount: str = ""
    billable: bool = False
    # Already on an invoice: QuickBooks then keeps amount and customer.
    billed: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.what or self.text or self.quantity or self.rate or self.amount)


@dataclass
class CostForm:
    payee: str = ""
    account: str = ""
    date: str = ""
    due: str = ""
    number: str = ""
    memo: str = ""
    exchange: str = ""
    sync_token: str = ""
    lines: list[LineForm] = field(default_factory=list)


def read_form(request: PageRequest) -> CostForm:
    form = CostForm(sync_token=request.get("sync_token"))
    for name in HEAD_FIELDS:
        setattr(form, name, request.get(name).strip())
    count = int(request.get("lines", "0")) if request.get("lines", "0").isdecimal() else 0
    form.lines = [_read_line(request, position) for position in range(min(count, 500))]
    return form


def _read_line(request: PageRequest, position: int) -> LineForm:
    typed = {name: request.get(f"{name}.{position}").strip() for name in LINE_FIELDS}
    billable, billed = (bool(request.get(f"{name}.{position}")) for name in ("billable", "billed"))
    return LineForm(**typed, billable=billable, billed=billed)


def form_of(kind: Kind, document: Document) -> CostForm:
    """A stored document as it stands in the form."""
    return CostForm(
        payee=_payee_of(kind, document),
        account=document.get("AccountRef", {}).get("value", ""),
        date=document.get("TxnDate", ""),
        due=document.get("DueDate", ""),
        number=document.get("DocNumber", ""),
        memo=document.get("PrivateNote", ""),
        exchange=plain(document.get("ExchangeRate")),
        sync_token=document["SyncToken"],
        lines=[_line_of(line) for line in document["Line"]],
    )


def _payee_of(kind: Kind, document: Document) -> str:
    if kind.has_vendor:
        return str(document["VendorRef"]["value"])
    payee = document.get("EntityRef")
    return f"{payee.get('type', 'Vendor')}:{payee['value']}" if payee else ""


def _line_of(line: Document) -> LineForm:
    detail = line.get(line["DetailType"]) or {}
    by_item = line["DetailType"] == ITEM
    target = detail["ItemRef" if by_item else "AccountRef"]["value"]
    return LineForm(
        id=line.get("Id", ""),
        what=f"{'item' if by_item else 'account'}:{target}",
        customer=detail.get("CustomerRef", {}).get("value", ""),
        text=line.get("Description", ""),
        quantity=plain(detail.get("Qty")),
        rate=plain(detail.get("UnitPrice")),
        amount=plain(line.get("Amount")),
        billable=detail.get("BillableStatus") == BILLABLE,
        billed=detail.get("BillableStatus") == BILLED,
    )


def payload_of(kind: Kind, form: CostForm, old: Document | None) -> Document:
    """What to send. An update is sparse, so that what the form does not show stays as it is; None clears."""
    payload: Document = {
        "TxnDate": read_date(form.date, "Date"),
        "DocNumber": form.number or None,
        "PrivateNote": form.memo or None,
        "Line": _lines_payload(form, old),
        **_head_payload(kind, form),
    }
    exchange = read_amount(form.exchange, "Exchange rate")
    if exchange is not None:
        payload["ExchangeRate"] = exchange
    if old is None:
        return {name: value for name, value in payload.items() if value is not None}
    return {**payload, "Id": old["Id"], "SyncToken": form.sync_token, "sparse": True}


def _head_payload(kind: Kind, form: CostForm) -> Document:
    if kind.has_vendor:
        if not form.payee:
            raise Mistake("Choose a vendor.")
        due = {"DueDate": read_date(form.due, "Due date")} if form.due and kind.entity == "Bill" else {}
        return {"VendorRef": {"value": form.payee}, **due}
    if not form.account:
        raise Mistake("Choose the account it was paid from.")
    head: Document = {"PaymentType": kind.payment_type, "AccountRef": {"value": form.account}}
    if kind.payment_type == "CreditCard":
        head["Credit"] = kind.refund
    payee_type, _, payee_id = form.payee.partition(":")
    head["EntityRef"] = {"value": payee_id, "type": payee_type} if payee_id else None
    return head


def _lines_payload(form: CostForm, old: Document | None) -> list[Document]:
    before = {line.get("Id"): line for line in (old or {}).get("Line", [])}
    typed = [(place, line) for place, line in enumerate(form.lines, 1) if not line.is_blank]
    if not typed:
        raise Mistake("Enter at least one line.")
    return [_line_payload(line, before.get(line.id) if line.id else None, place) for place, line in typed]


def _line_payload(line: LineForm, old: Document | None, place: int) -> Document:
    prefix, _, target = line.what.partition(":")
    if prefix not in ("item", "account") or not target:
        raise Mistake(f"Line {place}: choose an item or a category.")
    kind = ITEM if prefix == "item" else CATEGORY
    quantity, rate, amount = settle_numbers(line, old, place)
    # Parts the form does not show (markup, class, project) stay as they were, unless the line became another.
    kept = old if old and old["DetailType"] == kind else {}
    detail: Document = {**kept.get(kind, {}), "ItemRef" if kind == ITEM else "AccountRef": {"value": target}}
    detail["BillableStatus"] = BILLED if line.billed else BILLABLE if line.billable else NOT_BILLABLE
    _put(detail, "CustomerRef", {"value": line.customer} if line.customer else None)
    _put(detail, "Qty", quantity if kind == ITEM else None)
    _put(detail, "UnitPrice", rate if kind == ITEM else None)
    payload = {**kept, "Amount": amount, "DetailType": kind, kind: detail}
    _put(payload, "Description", line.text or None)
    if old and not kept:
        payload["Id"] = old["Id"]
    return payload


def _put(document: Document, name: str, value: object) -> None:
    """Set a property, or take it away when there is nothing to set."""
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value


def settle_numbers(line: LineForm, old: Document | None, place: int) -> Numbers:
    """Quantity, rate and amount, whichever two were typed or changed deciding the third, as on the real form."""
    quantity = read_amount(line.quantity, f"Line {place}, quantity")
    rate = read_amount(line.rate, f"Line {place}, rate")
    amount = read_amount(line.amount, f"Line {place}, amount")
    if not line.what.startswith("item:"):
        quantity = rate = None
    if old and rate is not None and amount == number(old.get("Amount")) and _changed(quantity, rate, old):
        amount = None
    elif (
        old
        and amount is not None
        and amount != number(old.get("Amount"))
        and not _changed(quantity, rate, old)
    ):
        rate = None
    return _complete(quantity, rate, amount, place)


def _changed(quantity: Decimal | None, rate: Decimal | None, old: Document) -> bool:
    detail = old.get(old["DetailType"]) or {}
    return (quantity, rate) != (_maybe(detail.get("Qty")), _maybe(detail.get("UnitPrice")))


def _maybe(value: object) -> Decimal | None:
    return None if value is None else number(value)


def _complete(quantity: Decimal | None, rate: Decimal | None, amount: Decimal | None, place: int) -> Numbers:
    if amount is None:
        if rate is None:
            raise Mistake(f"Line {place}: enter an amount, or a rate.")
        quantity = Decimal(1) if quantity is None else quantity
        return quantity, rate, _cents(quantity * rate)
    if quantity and rate is None:
        rate = (amount / quantity).quantize(Decimal("0.0000001"), ROUND_HALF_UP)
        rate = rate if _cents(rate * quantity) == _cents(amount) else None
    return quantity, rate, _cents(amount)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
