"""A file's name as others may see it: on a page, in a header, and on the disk of whoever downloads it."""

import re
import unicodedata

from ressio.models.files import LONGEST_NAME

LONGEST_BYTES = 240  # most file systems take 255
UNNAMED = "file"
SEPARATORS = re.compile(r"[/\\]")
REFUSED_BY_WINDOWS = re.compile(r'[<>:"|?*]')
# Devices under Windows, with whatever ending.
RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
# Control, format (bidi overrides, zero width), surrogate, private and unassigned characters; line ends.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def make_name_safe(given: str) -> str:
    """Without folders, without what is not seen, no hidden file, no device, 150 characters at most.

    The ending stays, so that what is shown is what a computer goes by.
    """
    name = SEPARATORS.split(given)[-1]
    name = "".join(letter for letter in unicodedata.normalize("NFC", name) if is_seen(letter))
    name = REFUSED_BY_WINDOWS.sub("_", " ".join(name.split())).strip(". ")
    stem, ending = split_name(name)
    if RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    return shorten(stem or UNNAMED, ending)


def split_name(name: str) -> tuple[str, str]:
    """`Plan v2.PDF` is `Plan v2` and `.PDF`; the ending is "" where there is none."""
    stem, dot, ending = name.rpartition(".")
    return (stem.rstrip(". "), f".{ending}") if dot else (name, "")


def ending_of(name: str) -> str:
    """In lower case and without its dot, as types are listed."""
    return split_name(name)[1].removeprefix(".").lower()


def is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in UNSEEN


def shorten(stem: str, ending: str) -> str:
    ending = ending[: LONGEST_NAME // 2]
    stem = stem[: LONGEST_NAME - len(ending)]
    while len(f"{stem}{ending}".encode()) > LONGEST_BYTES and stem:
        stem = stem[:-1]
    return f"{stem.rstrip('. ')}{ending}"
