"""Bill numbers: how long they may be (U11), and when two are the same (U12). Pure."""

import unicodedata

MAX_NUMBER_LENGTH = 20
"""For numbers entered here. QuickBooks keeps 21, so a pulled one may have 21."""


def normalise_number(text: str) -> str:
    """What two numbers of one vendor are compared by (U12): letters and digits alone, whatever their case.

    Spaces, dashes, dots, slashes and the like go, and so do zeros at the very front, which spreadsheets drop
    ("00649" is "649"). Zeros further in stay: "INV-001" and "INV-01" may be two bills. Where two numbers that differ
    come out alike ("1-11", "11-1"), the price is one needless warning; a bill entered twice costs more.
    '' is no number, and no duplicate of another ''.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    signs = "".join(sign for sign in plain if sign.isalnum())
    return signs.lstrip("0") or signs[:1]
