"""What an invoice says in QuickBooks, as facts that two looks are compared by (U6). Pure.

Only what people write. A balance, a link to a payment or a SyncToken is no edit: any payment moves those (C14).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budgets.bills.words import NOTHING, say_amount, say_plain
from budgets.reading import Json, read_date, read_decimal, read_list, read_object, read_ref, read_text
from ressio.money import ZERO

SALE = "SalesItemLineDetail"
TEXT = "DescriptionOnly"
DISCOUNT = "DiscountLineDetail"
_VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class LineFacts:
    key: str
    """Line.Id; its place where it has none."""
    item_ref: str
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal
    """Net, as QuickBooks keeps it."""
    gross: Decimal | None
    """TaxInclusiveAmt, where prices include tax."""
    tax_code_ref: str


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    customer_ref: str
    number: str
    issued_on: date | None
    due_on: date | None
    memo: str
    tax_mode: str
    discount_percent: Decimal | None
    discount: Decimal
    tax: Decimal
    total: Decimal
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing before and after, in words."""

    label: str
    before: str
    after: str


def read_invoice_facts(document: Json) -> InvoiceFacts:
    """Whatever is absent or odd never raises: invoices made in QuickBooks come through here too."""
    lines = read_list(document, "Line")
    discounts = [line for line in lines if line.get("DetailType") == DISCOUNT]
    percents = [read_object(line, DISCOUNT).get("DiscountPercent") for line in discounts]
    return InvoiceFacts(
        customer_ref=read_ref(document, "CustomerRef"),
        number=read_text(document.get("DocNumber")),
        issued_on=read_date(document.get("TxnDate")),
        due_on=read_date(document.get("DueDate")),
        memo=read_text(read_object(document, "CustomerMemo").get("value")),
        tax_mode=read_text(document.get("GlobalTaxCalculation")),
        discount_percent=next((read_decimal(each) for each in percents if each is not None), None),
        discount=sum((read_decimal(line.get("Amount")) or ZERO for line in discounts), ZERO),
        tax=read_decimal(read_object(document, "TxnTaxDetail").get("TotalTax")) or ZERO,
        total=read_decimal(document.get("TotalAmt")) or ZERO,
        lines=tuple(_read_lines(lines)),
    )


def _read_lines(lines: Sequence[Json]) -> list[LineFacts]:
    """What is sold and what is said; sub-totals are QuickBooks' own."""
    kept = [line for line in lines if line.get("DetailType") in (SALE, TEXT)]
    return [_read_line(place, line) for place, line in enumerate(kept, start=1)]


def _read_line(place: int, line: Json) -> LineFacts:
    detail = read_object(line, SALE)
    return LineFacts(
        key=read_text(line.get("Id")) or f"at-{place}",
        item_ref=read_ref(detail, "ItemRef"),
        description=read_text(line.get("Description")),
        quantity=read_decimal(detail.get("Qty")),
        unit_price=read_decimal(detail.get("UnitPrice")),
        amount=read_decimal(line.get("Amount")) or ZERO,
        gross=read_decimal(detail.get("TaxInclusiveAmt")),
        tax_code_ref=read_ref(detail, "TaxCodeRef"),
    )


def is_voided(document: Json) -> bool:
    """QuickBooks has no flag for it: every amount is 0, and "Voided" stands in front of the note (entities 14)."""
    note = read_text(document.get("PrivateNote")).lstrip().casefold()
    if not note.startswith(_VOIDED) or read_decimal(document.get("TotalAmt")):
        return False
    return not any(read_decimal(line.get("Amount")) for line in read_list(document, "Line"))


def read_applied(document: Json) -> Decimal:
    """What payments, credits and a deposit have taken off the balance."""
    total = read_decimal(document.get("TotalAmt")) or ZERO
    balance = read_decimal(document.get("Balance"))
    return ZERO if balance is None else total - balance


# What differs -------------------------------------------------------------------------------------------------------

_HEAD = {
    "customer_ref": "Customer",
    "number": "Number",
    "issued_on": "Date",
    "due_on": "Due date",
    "memo": "Message to the client",
    "tax_mode": "Prices and tax",
    "discount_percent": "Discount in percent",
    "discount": "Discount",
    "tax": "Tax",
    "total": "Total",
}
_FIGURES = ("discount", "tax", "total")


def differences(before: InvoiceFacts, after: InvoiceFacts, names: Mapping[str, str]) -> list[Change]:
    """In words; `names` gives items, customers and tax codes theirs by "item/7", "customer/58" and "tax/4"."""
    changes = [
        Change(label, _say_head(before, name, names), _say_head(after, name, names))
        for name, label in _HEAD.items()
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = ({line.key: line for line in facts.lines} for facts in (before, after))
    keys = [*old, *(key for key in new if key not in old)]
    for place, key in enumerate(keys, start=1):
        if old.get(key) != new.get(key):
            label = f"Line {place}" if key in old else "New line"
            changes.append(Change(label, _say_line(old.get(key), names), _say_line(new.get(key), names)))
    return changes


def _say_head(facts: InvoiceFacts, name: str, names: Mapping[str, str]) -> str:
    value = getattr(facts, name)
    if value is None or value == "":
        return NOTHING
    if name == "customer_ref":
        return names.get(f"customer/{value}", value)
    if name == "discount_percent":
        return f"{value.normalize():f}%"
    if name == "tax_mode":
        return _MODES.get(value, value)
    return say_amount(value) if name in _FIGURES else say_plain(value)


_MODES = {"TaxExcluded": "tax is added", "TaxInclusive": "prices include tax", "NotApplicable": "no tax"}


def _say_line(line: LineFacts | None, names: Mapping[str, str]) -> str:
    if line is None:
        return NOTHING
    price = say_amount(line.amount if line.gross is None else line.gross)
    if line.quantity is not None and line.unit_price is not None:
        price = f"{line.quantity.normalize():f} × {line.unit_price.normalize():f} = {price}"
    item = names.get(f"item/{line.item_ref}", line.item_ref)
    tax = names.get(f"tax/{line.tax_code_ref}", line.tax_code_ref)
    return " · ".join(part for part in (item, line.description, price, tax) if part)


# Kept between two looks ---------------------------------------------------------------------------------------------


def dump_facts(facts: InvoiceFacts) -> dict[str, Any]:
    """As JSON that `load_facts` reads back to the same."""
    stored = {name: _write(value) for name, value in asdict(facts).items() if name != "lines"}
    lines = [{name: _write(value) for name, value in asdict(line).items()} for line in facts.lines]
    return {**stored, "lines": lines}


def load_facts(stored: Mapping[str, Any]) -> InvoiceFacts:
    head = {name: _read(name, value) for name, value in stored.items() if name != "lines"}
    lines = ({name: _read(name, value) for name, value in line.items()} for line in stored["lines"])
    return InvoiceFacts(**head, lines=tuple(LineFacts(**line) for line in lines))


_DAYS = ("issued_on", "due_on")
_NUMBERS = ("discount_percent", "discount", "tax", "total", "quantity", "unit_price", "amount", "gross")


def _write(value: Any) -> Any:
    return (
        value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    )


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    return Decimal(value) if name in _NUMBERS else value
