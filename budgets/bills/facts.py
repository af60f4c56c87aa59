"""A bill of ours as facts: what is compared with, and merged into, what QuickBooks says (N7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from budgets.bills.line_rows import BY_AMOUNT, match_rows, step_aside
from budgets.bills.merging import BillFacts, BillFactsLine
from budgets.bills.numbers import normalise_number
from budgets.models import Bill, BillLine
from integrations.models import Connection, CostCodeLink, VendorLink
from ressio.bulk import bulk_set
from ressio.money import ZERO, round_cents

Json = dict[str, Any]


def facts_of(bill: Bill, lines: Sequence[BillLine]) -> BillFacts:
    """Our side. A line QuickBooks has not seen is called new-n, after its place."""
    return BillFacts(
        vendor_ref=bill.vendor_ref,
        number=bill.number,
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        memo=bill.description,
        lines=tuple(_facts_of_line(line) for line in lines),
    )


def _facts_of_line(line: BillLine) -> BillFactsLine:
    return BillFactsLine(
        key=line.line_ref or f"new-{line.position}",
        item_ref=line.item_ref,
        account_ref=line.account_ref,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        is_billable=line.is_billable,
        customer_ref=line.customer_ref,
    )


def write_facts(bill: Bill, facts: BillFacts) -> None:
    """Take facts over into our rows, lines and all. A cost code follows its item where one is linked to it."""
    refs = {line.item_ref for line in facts.lines}
    vendors, codes = _vendors_of(bill.connection_id, {facts.vendor_ref}), _codes_of(bill.connection_id, refs)
    _take_over(bill, facts, vendors)
    bill.save()
    rows = list(bill.lines.all())
    known = {line.line_ref: line for line in rows if line.line_ref}
    # A line that QuickBooks had not seen may be one of theirs in other words: it stays the same row.
    news = [fact for fact in facts.lines if fact.key not in known]
    pairs = match_rows([line for line in rows if not line.line_ref], news, BY_AMOUNT)
    for place, line in pairs.items():
        line.cost_code_id = None  # it follows their item
        known[news[place].key] = line
    kept = [known[fact.key].pk for fact in facts.lines if fact.key in known]
    bill.lines.exclude(pk__in=kept).delete()
    step_aside(bill)
    for position, fact in enumerate(facts.lines, start=1):
        line = known.get(fact.key) or BillLine(company_id=bill.company_id, bill=bill)
        _take_over_line(line, fact, codes)
        line.position = position
        line.save()


def write_facts_of_many(
    connection: Connection, found: Sequence[tuple[Bill, BillFacts, Sequence[BillLine]]]
) -> None:
    """As `write_facts` for each, with the bills' lines as they were read and named: in a fixed number of statements
    where a bill has the very lines that QuickBooks has, in the same order.
    """
    vendors = _vendors_of(connection.pk, {facts.vendor_ref for _, facts, _ in found})
    codes = _codes_of(connection.pk, {line.item_ref for _, facts, _ in found for line in facts.lines})
    same: list[Bill] = []
    their_lines: list[BillLine] = []
    for bill, facts, lines in found:
        if [line.line_ref for line in lines] != [fact.key for fact in facts.lines]:
            BillLine.objects.bulk_update(lines, _REFS)
            write_facts(bill, facts)
            continue
        _take_over(bill, facts, vendors)
        for line, fact in zip(lines, facts.lines, strict=True):
            _take_over_line(line, fact, codes)
        same.append(bill)
        their_lines += lines
    bulk_set(Bill, _BILL_COLUMNS, [_values(bill, _BILL_COLUMNS) for bill in same])
    bulk_set(BillLine, _LINE_COLUMNS, [_values(line, _LINE_COLUMNS) for line in their_lines])


_REFS = ("line_ref", "item_ref", "account_ref", "customer_ref")
_BILL_COLUMNS = (
    *("connection_id", "quickbooks_id", "agreed", "waits_for_reopening"),
    *("vendor_ref", "vendor_id", "vendor_name", "total", "balance", "currency", "state", "gone_at"),
    *("number", "plain_number", "issued_on", "due_on", "description"),
)
_LINE_COLUMNS = (
    *_REFS,
    *("cost_code_id", "is_default_code", "description", "quantity", "unit_price", "amount", "is_billable"),
)


def _values(row: Bill | BillLine, columns: Sequence[str]) -> tuple[object, ...]:
    return (row.pk, *(getattr(row, name) for name in columns))


def _take_over(bill: Bill, facts: BillFacts, vendors: Mapping[str, int]) -> None:
    """Our vendor follows where QuickBooks' is linked to one; else the bill keeps the vendor it was entered for."""
    bill.vendor_ref = facts.vendor_ref
    bill.vendor_id = vendors.get(facts.vendor_ref, bill.vendor_id)
    bill.number = facts.number
    bill.plain_number = normalise_number(facts.number)[:40]
    bill.issued_on, bill.due_on, bill.description = facts.issued_on, facts.due_on, facts.memo[:4000]


def _take_over_line(line: BillLine, fact: BillFactsLine, codes: Mapping[str, int]) -> None:
    if fact.item_ref != line.item_ref or line.cost_code_id is None:
        line.cost_code_id = codes.get(fact.item_ref)
        line.is_default_code = False
    line.line_ref = "" if fact.key.startswith("new-") else fact.key
    line.item_ref, line.account_ref, line.customer_ref = fact.item_ref, fact.account_ref, fact.customer_ref
    line.description = fact.description[:4000]
    line.quantity, line.unit_price = fact.quantity, fact.unit_price
    line.amount, line.is_billable = round_cents(fact.amount), fact.is_billable


def _vendors_of(connection_id: int | None, refs: Collection[str]) -> dict[str, int]:
    links = VendorLink.objects.filter(connection=connection_id, vendor_ref__in=refs)
    return dict(links.values_list("vendor_ref", "vendor_id"))


def _codes_of(connection_id: int | None, refs: Collection[str]) -> dict[str, int]:
    links = CostCodeLink.objects.filter(connection=connection_id, item_ref__in=[ref for ref in refs if ref])
    return dict(links.values_list("item_ref", "cost_code_id"))


def total_of_lines(lines: Iterable[BillLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


# Kept between two looks ---------------------------------------------------------------------------------------------


def dump_facts(facts: BillFacts) -> Json:
    """As JSON that `load_facts` reads back to the same."""
    return {
        **asdict(facts),
        "issued_on": _iso(facts.issued_on),
        "due_on": _iso(facts.due_on),
        "lines": [_dump_line(line) for line in facts.lines],
    }


def load_facts(stored: Mapping[str, Any]) -> BillFacts:
    return BillFacts(
        vendor_ref=stored["vendor_ref"],
        number=stored["number"],
        issued_on=_day(stored["issued_on"]),
        due_on=_day(stored["due_on"]),
        memo=stored["memo"],
        lines=tuple(_load_line(line) for line in stored["lines"]),
    )


def _dump_line(line: BillFactsLine) -> Json:
    numbers = {name: None if getattr(line, name) is None else str(getattr(line, name)) for name in _NUMBERS}
    return {**asdict(line), **numbers}


def _load_line(stored: Mapping[str, Any]) -> BillFactsLine:
    numbers = {name: None if stored[name] is None else Decimal(stored[name]) for name in _NUMBERS}
    return BillFactsLine(**{**stored, **numbers})


_NUMBERS = ("quantity", "unit_price", "amount")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
