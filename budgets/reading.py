"""Reading QuickBooks' JSON without trusting it: what is absent, odd or too long never raises.

Empty values are omitted by QuickBooks, references come with or without a name, numbers as integers or decimals
(parsed exactly by the gateway), ids as strings.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

Json = Mapping[str, Any]

ID_LENGTH = 40
NOTHING: Json = {}


def read_object(holder: Json, name: str) -> Json:
    """The object under a name, or an empty one."""
    value = holder.get(name)
    return value if isinstance(value, dict) else NOTHING


def read_list(holder: Json, name: str) -> list[Json]:
    """The objects of a list under a name; whatever is not an object is left out."""
    values = holder.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def read_text(value: Any, length: int | None = None) -> str:
    """Text cut to a column's length. PostgreSQL refuses NUL characters, so they go."""
    if value is None:
        return ""
    return str(value).replace("\x00", "")[:length]


def read_ref(holder: Json, name: str) -> str:
    """The id a reference points to; '' when there is none."""
    ref = holder.get(name)
    if ref is None:
        return ""
    return read_text(ref.get("value") if isinstance(ref, dict) else ref, ID_LENGTH)


def read_ref_name(holder: Json, name: str, length: int) -> str:
    return read_text(read_object(holder, name).get("name"), length)


def read_decimal(value: Any) -> Decimal | None:
    """A finite number, or None."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def fit_decimal(number: Decimal | None, *, digits: int, places: int) -> Decimal | None:
    """Cut to a column's places; None for a number that the column cannot hold (these are for display only)."""
    if number is None:
        return None
    limit, step = _describe_column(digits, places)
    return None if abs(number) >= limit else number.quantize(step)


@lru_cache
def _describe_column(digits: int, places: int) -> tuple[Decimal, Decimal]:
    """The first number that is too large for a decimal column, and the smallest step it can tell."""
    return Decimal(10) ** (digits - places), Decimal(1).scaleb(-places)


def read_date(value: Any) -> date | None:
    """A plain date in the company's zone, never shifted."""
    try:
        return date.fromisoformat(read_text(value)[:10])
    except ValueError:
        return None


def read_moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(read_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
