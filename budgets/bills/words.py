"""Facts in words, with names instead of ids, as people are shown before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budgets.bills.merging import BillFactsLine, Billing, Code, Conflict, FieldChange, Price
from integrations.models import (
    Connection,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    QuickBooksVendor,
)
from ressio.templatetags.ressio_ui import write_date

NOTHING = "nothing"


@dataclass(frozen=True)
class Wording:
    """Looks names up one by one: a change touches few of them."""

    connection: Connection | None

    def changes(self, changes: Sequence[FieldChange]) -> list[list[str]]:
        """[label, before, after] each."""
        return [
            [each.label, self.say(each.field, each.before), self.say(each.field, each.after)]
            for each in changes
        ]

    def conflict(self, conflict: Conflict) -> dict[str, str]:
        values = {
            side: self.say(conflict.field, getattr(conflict, side)) for side in ("base", "ours", "theirs")
        }
        return {"field": conflict.field, "label": conflict.label, **values, "first": conflict.owner.value}

    def say(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        part = field.rsplit("/", 1)[-1]
        if part == "vendor_ref":
            return self._name(QuickBooksVendor, value)
        if part == "customer_ref":
            return self._name(QuickBooksCustomer, value)
        return self._say_value(value)

    def _say_value(self, value: Any) -> str:
        if isinstance(value, BillFactsLine):
            code = self._code(Code(value.item_ref, value.account_ref))
            return " · ".join(part for part in (code, value.description, say_amount(value.amount)) if part)
        if isinstance(value, Code):
            return self._code(value) or NOTHING
        if isinstance(value, Price):
            return say_price(value)
        if isinstance(value, Billing):
            customer = self._name(QuickBooksCustomer, value.customer_ref) if value.customer_ref else NOTHING
            return f"{customer}, {'billable' if value.is_billable else 'not billable'}"
        return say_plain(value)

    def _code(self, code: Code) -> str:
        if code.item_ref:
            return self._name(QuickBooksItem, code.item_ref)
        return self._name(QuickBooksAccount, code.account_ref) if code.account_ref else ""

    def _name(
        self,
        model: type[QuickBooksItem]
        | type[QuickBooksAccount]
        | type[QuickBooksCustomer]
        | type[QuickBooksVendor],
        ref: str,
    ) -> str:
        row = model.objects.filter(connection=self.connection, quickbooks_id=ref).first()
        return getattr(row, "full_name", "") or row.name if row else ref


def say_plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return say_day(value)
    return say_amount(value) if isinstance(value, Decimal) else str(value)


def say_day(day: date | None) -> str:
    """As the pages write a date; empty without one."""
    return write_date(day) if day else ""


def say_price(price: Price) -> str:
    if price.quantity is None or price.unit_price is None:
        return say_amount(price.amount)
    return f"{price.quantity.normalize():f} × {price.unit_price.normalize():f} = {say_amount(price.amount)}"


def say_amount(amount: Decimal) -> str:
    return f"{amount:,.2f}"
