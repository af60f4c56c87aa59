"""What people type into the search box: dates and amounts as they stand on the page or in QuickBooks. Pure."""

from datetime import date, datetime
from decimal import Decimal

from budgets.reading import read_decimal
from ressio.money import round_cents

# As our pages write them, ISO, and as QuickBooks' own screens do in the United States.
_DATE_FORMS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%m/%d/%Y", "%m/%d/%y")
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "$": None, ",": None, " ": None})
# More than any line is worth, and less than the database can hold.
_LARGEST = Decimal(10) ** 13


def read_written_date(text: str) -> date | None:
    words = " ".join(text.replace(",", " ").split())
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007  a plain date has no zone
        except ValueError:
            continue
    return None


def read_written_amount(text: str) -> Decimal | None:
    """A whole number of cents, or None: a long number is a card's or a document's, not an amount."""
    amount = read_decimal(text.translate(_MINUS))
    if amount is None or abs(amount) >= _LARGEST:
        return None
    cents = round_cents(amount)
    return cents if cents == amount else None
