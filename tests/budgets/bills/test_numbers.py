"""U11, U12: when two bill numbers of a vendor are the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.bills.numbers import MAX_NUMBER_LENGTH, normalise_number

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("INV-0042", "inv0042"),
        (" inv 0042 ", "inv0042"),
        ("Inv\N{EN DASH}0042", "inv0042"),
        ("INV/00.42", "inv0042"),
        ("#INV_0042", "inv0042"),
        ("INV\N{NO-BREAK SPACE}0042", "inv0042"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}1", "a1"),
        ("Straße 1", "strasse1"),
        ("00649", "649"),
        ("00-649", "649"),
        ("649", "649"),
        ("6490", "6490"),
        ("INV-42", "inv42"),  # a zero inside tells numbers apart
        ("0042A", "42a"),
        ("0", "0"),
        ("000", "0"),
        ("0/0", "0"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_u12_letters_and_digits_alone_tell_numbers_apart(text: str, normal: str) -> None:
    assert normalise_number(text) == normal


@settings(max_examples=40)
@given(
    st.text(st.characters(codec="cp1252"), max_size=21), st.sampled_from(" -./#_\u2013"), st.integers(0, 21)
)
def test_u12_a_mark_or_another_case_makes_no_new_number(number: str, mark: str, place: int) -> None:
    normal = normalise_number(number)

    assert normalise_number(number[:place] + mark + number[place:]) == normal
    assert normalise_number(number.lower()) == normal
    assert normalise_number(f"0{number}") == (normal or "0")
    assert normalise_number(normal) == normal


def test_u11_one_shorter_than_quickbooks_keeps() -> None:
    assert MAX_NUMBER_LENGTH == 21 - 1
