"""The number that the next invoice gets when nobody types one."""

import re

from invoicing.models import Invoice
from ressio.models import Company

FIRST = "1001"
_SUFFIX = re.compile(r"^(.*?)(\d{1,12})$")


def next_number(company: Company) -> str:
    """One above the highest number at the end of any number so far, voided ones too, written as that one is."""
    highest: tuple[int, str, str] | None = None
    numbers = Invoice.objects.filter(company=company).exclude(number="").order_by("pk")
    for number in numbers.values_list("number", flat=True):
        match = _SUFFIX.match(number)
        if match and (highest is None or int(match[2]) > highest[0]):
            highest = (int(match[2]), match[1], match[2])
    return number_after(highest[1] + highest[2]) if highest else FIRST


def letters_of(number: str) -> str | None:
    """What stands before the digits at its end; None where it ends with none."""
    match = _SUFFIX.match(number)
    return match[1] if match else None


def digits_of(number: str) -> int:
    match = _SUFFIX.match(number)
    return int(match[2]) if match else 0


def number_after(number: str) -> str:
    """The number at its end one higher, with its zeros in front."""
    match = _SUFFIX.match(number)
    if match is None:
        return FIRST
    before, digits = match.groups()
    return (before + str(int(digits) + 1).zfill(len(digits)))[-21:]
