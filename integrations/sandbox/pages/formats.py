"""How numbers and dates are shown, and how typed ones are read. Typing mistakes become ``Mistake``."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from integrations.sandbox.pages.markup import Html, tag
from integrations.sandbox.wire import number

# As people write it: Decimal itself would also take "NaN" and "1e999".
PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
LONGEST_NUMBER = 15
MINUS = "−"


class Mistake(Exception):
    """Something typed into a form that cannot be understood; the text is for the person."""


def money(value: object) -> Html:
    """Two decimals, thousands separated; negative ones with a sign and a class of their own."""
    amount = number(value)
    text = f"{abs(amount):,.2f}"
    return tag("span", MINUS + text, class_="negative") if amount < 0 else Html(text)


def plain(value: object) -> str:
    """A number as it stands in an input: no separators, no trailing zeros, empty for none."""
    if value in (None, ""):
        return ""
    text = f"{number(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(text: str) -> str:
    """``2026-03-12`` as ``12 Mar 2026``."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.day} {found:%b %Y}"


def moment(text: str) -> str:
    """A MetaData time, as the API shows it, without the T."""
    return text.replace("T", " ", 1)


def hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def read_amount(text: str, what: str) -> Decimal | None:
    """``1,234.50`` or ``-5``; None when nothing was typed."""
    typed = text.strip().replace(",", "").replace("$", "").replace(MINUS, "-")
    if not typed:
        return None
    if not PLAIN_NUMBER.fullmatch(typed):
        raise Mistake(f"{what}: “{text.strip()}” is not a number.")
    if len(typed) > LONGEST_NUMBER:
        raise Mistake(f"{what}: “{text.strip()}” is too large.")
    return Decimal(typed)


def read_date(text: str, what: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Mistake(f"{what}: choose a date.") from None
