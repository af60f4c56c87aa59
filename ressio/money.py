"""Money: exact decimals in Python, whole cents in the database.

SQLite keeps decimals as floating point, so a sum of cents there drifts. Amounts are therefore
stored as an integer number of cents and read back as `Decimal` with two places; SQL sums stay exact.
"""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def round_cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero (V5)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split `total` (in cents) by `weights` so that the parts add up to it exactly.

    Cents left over by rounding down go to the largest remainders, first come first served.
    With no weight at all the first part takes everything.
    """
    if not weights:
        return []
    cents = int((total / CENT).to_integral_exact())
    base = sum(weights)
    if base == 0:
        return [total, *([ZERO] * (len(weights) - 1))]
    shares = [Decimal(cents) * weight / base for weight in weights]
    parts = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for index in by_remainder[: cents - sum(parts)]:
        parts[index] += 1
    return [Decimal(part) * CENT for part in parts]


class MoneyField(models.Field[Any, Any]):
    """A `Decimal` with two places, stored as whole cents.

    Subclasses `Field`, not `BigIntegerField`: with the latter `F("a") + F("b")` would come back as a
    bare integer of cents. Multiplying two amounts is refused by Django, which is what we want.
    """

    description = "Amount of money in whole cents"

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            amount = value if isinstance(value, Decimal) else Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError("Enter an amount such as 1250.00.") from error
        if not amount.is_finite() or amount != amount.quantize(CENT):
            raise ValidationError("Enter an amount with at most two decimals.")
        return amount.quantize(CENT)

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        amount = self.to_python(value)
        return None if amount is None else int(amount.scaleb(2))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return super().formfield(
            **{"form_class": forms.DecimalField, "decimal_places": 2, "max_digits": 15, **kwargs}
        )


for _operator in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(MoneyField, _operator, MoneyField, MoneyField)
