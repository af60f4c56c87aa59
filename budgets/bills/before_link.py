"""What a bill said before somebody linked it to a document by hand: given back when that was the wrong document."""

from datetime import date
from decimal import Decimal
from typing import Any

from budgets.bills.numbers import normalise_number
from budgets.models import Bill, BillLine
from ressio.models import CostCode, Vendor

_NUMBERS = ("quantity", "unit_price", "amount")
_PLAIN = ("cost_code_id", "is_default_code", "description", "is_billable")


def keep_before_link(bill: Bill) -> None:
    """To be called before the document's own words are taken over."""
    bill.before_link = {
        "vendor_id": bill.vendor_id,
        "number": bill.number,
        "issued_on": _iso(bill.issued_on),
        "due_on": _iso(bill.due_on),
        "description": bill.description,
        "lines": [_keep_line(line) for line in bill.lines.all()],
    }
    bill.save(update_fields=["before_link"])


def restore_before_link(bill: Bill) -> None:
    """Lines are written at once, the bill's own fields are the caller's to save. Nothing where nothing was kept."""
    kept = bill.before_link
    if not kept:
        return
    bill.vendor = Vendor.objects.filter(pk=kept["vendor_id"]).first()
    bill.vendor_name = ""
    bill.number, bill.plain_number = kept["number"], normalise_number(kept["number"])[:40]
    bill.issued_on, bill.due_on = _day(kept["issued_on"]), _day(kept["due_on"])
    bill.description = kept["description"]
    codes = {line["cost_code_id"] for line in kept["lines"]}
    known = set(CostCode.objects.filter(pk__in=codes).values_list("pk", flat=True))
    bill.lines.all().delete()
    BillLine.objects.bulk_create(
        _restore_line(bill, line, place, known) for place, line in enumerate(kept["lines"], start=1)
    )
    bill.before_link = {}


def _keep_line(line: BillLine) -> dict[str, Any]:
    numbers = {name: None if (n := getattr(line, name)) is None else str(n) for name in _NUMBERS}
    return {name: getattr(line, name) for name in _PLAIN} | numbers


def _restore_line(bill: Bill, kept: dict[str, Any], place: int, known: set[int]) -> BillLine:
    """A cost code that was removed meanwhile is asked for again."""
    numbers = {name: None if kept[name] is None else Decimal(kept[name]) for name in _NUMBERS}
    values = kept | numbers
    if values["cost_code_id"] not in known:
        values |= {"cost_code_id": None, "is_default_code": False}
    return BillLine(company_id=bill.company_id, bill=bill, position=place, **values)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
