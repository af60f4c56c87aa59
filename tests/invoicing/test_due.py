"""The day by which an invoice is to be paid, as its terms say."""

from datetime import date

import pytest

from invoicing.invoices.due import due_by_terms


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("Net 30", date(2026, 4, 1)),
        (" net15 days", date(2026, 3, 17)),
        ("Due on receipt", date(2026, 3, 2)),
        ("Due upon receipt.", date(2026, 3, 2)),
        ("2% 10, Net 30", None),
        ("Net 30000", None),
        ("As agreed", None),
        ("", None),
    ],
)
def test_terms_say_the_day_or_nothing(terms: str, due: date | None) -> None:
    assert due_by_terms(terms, date(2026, 3, 2)) == due
    assert due_by_terms(terms, None) is None
