"""What a Bill of QuickBooks says: the facts people edit, and the head that lists show. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets.bills.merging import BillFacts, BillFactsLine
from budgets.document_lines import Leaf, find_leaves, name_lines
from budgets.reading import (
    Json,
    read_date,
    read_decimal,
    read_list,
    read_ref,
    read_ref_name,
    read_text,
)
from ressio.money import ZERO

_ONE = Decimal(1)
_NAME_LENGTH = 500
_VOIDED_NOTE = re.compile(r"voided\b", re.IGNORECASE)
_BILLABLE = ("Billable", "HasBeenBilled")
_NO_PROJECTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class BillHead:
    """A bill without its lines. Amounts are in its own currency."""

    vendor_ref: str
    vendor_name: str
    number: str
    issued_on: date | None
    due_on: date | None
    memo: str
    currency: str
    """'' is the company's own."""
    exchange_rate: Decimal
    total: Decimal
    """Tax included."""
    balance: Decimal
    """What is still owed, as QuickBooks has it."""
    is_voided: bool


def read_head(document: Json) -> BillHead:
    total = read_decimal(document.get("TotalAmt")) or ZERO
    balance = read_decimal(document.get("Balance"))
    return BillHead(
        vendor_ref=read_ref(document, "VendorRef"),
        vendor_name=read_ref_name(document, "VendorRef", _NAME_LENGTH),
        number=read_text(document.get("DocNumber")),
        issued_on=read_date(document.get("TxnDate")),
        due_on=read_date(document.get("DueDate")),
        memo=read_text(document.get("PrivateNote")),
        currency=read_currency(document),
        exchange_rate=read_exchange_rate(document),
        total=total,
        # A bill that does not tell its balance is owed, never paid.
        balance=total if balance is None else balance,
        is_voided=is_voided(document),
    )


def is_voided(document: Json) -> bool:
    """QuickBooks has no flag for it: a void leaves every amount at 0, and "Voided" in front of the memo (U7).

    All three are asked for: a bill of 0 is no void, nor is one whose lines cancel each other out.
    """
    if not _VOIDED_NOTE.match(read_text(document.get("PrivateNote")).lstrip()):
        return False
    amounts = [leaf.amount for leaf in find_leaves(read_list(document, "Line"))]
    return not read_decimal(document.get("TotalAmt")) and not any(amounts)


def read_currency(document: Json) -> str:
    return read_ref(document, "CurrencyRef")[:3]


def read_exchange_rate(document: Json) -> Decimal:
    """No rate, or 0, means the document is in home currency."""
    return read_decimal(document.get("ExchangeRate")) or _ONE


def read_bill_facts(document: Json, *, projects: Mapping[str, str] = _NO_PROJECTS) -> BillFacts:
    """A bill as it is merged with ours (N7).

    Its lines are those that are costs, with the same keys as their cost lines: no texts, sub-totals or tax lines,
    which QuickBooks makes up by itself; of a group its children. `projects` maps a ProjectRef to the customer row
    it stands for (V2), as in KnownLists. All versions that are merged must be read with the same one.
    """
    leaves = list(find_leaves(read_list(document, "Line")))
    keys = name_lines(leaf.line for leaf in leaves)
    return BillFacts(
        vendor_ref=read_ref(document, "VendorRef"),
        number=read_text(document.get("DocNumber")),
        issued_on=read_date(document.get("TxnDate")),
        due_on=read_date(document.get("DueDate")),
        memo=read_text(document.get("PrivateNote")),
        lines=tuple(_read_line(key, leaf, projects) for key, leaf in zip(keys, leaves, strict=True)),
    )


def _read_line(key: str, leaf: Leaf, projects: Mapping[str, str]) -> BillFactsLine:
    detail = leaf.detail
    return BillFactsLine(
        key=key,
        item_ref=read_ref(detail, "ItemRef"),
        # ItemAccountRef, where the item posts, is QuickBooks' own and no edit of anybody.
        account_ref=read_ref(detail, "AccountRef"),
        description=read_text(leaf.line.get("Description")),
        quantity=read_decimal(detail.get("Qty")),
        unit_price=read_decimal(detail.get("UnitPrice")),
        amount=leaf.amount,
        # HasBeenBilled is billable still (V7): QuickBooks says so once an invoice has it, which is no edit either.
        is_billable=detail.get("BillableStatus") in _BILLABLE,
        customer_ref=projects.get(leaf.project_ref) or read_ref(detail, "CustomerRef"),
    )


def customer_refs(document: Json) -> frozenset[str]:
    """Every customer and every project number that a line names, to find whose budgets a bill touches (V2)."""
    leaves = list(find_leaves(read_list(document, "Line")))
    named = [read_ref(leaf.detail, "CustomerRef") for leaf in leaves]
    return frozenset(ref for ref in [*named, *(leaf.project_ref for leaf in leaves)] if ref)
