"""The types of files that QuickBooks takes (transport 10.1), and how each is told by its content.

An ending is a claim. What is kept must be what its ending says, so that nothing hides behind a harmless name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from ressio.files.archives import holds_entry

HEAD_BYTES = 64 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
PNG = b"\x89PNG\r\n\x1a\n"
MARKS_OF_OTHERS = (OLE, ZIP, *POSTSCRIPT, b"%PDF-", b"{\\rtf")
BLANK = b"\0\t\n\f\r "
UTF8_MARK = b"\xef\xbb\xbf"
UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# What no text holds: all below the space but tab, line ends, form feed; in any encoding but UTF-16.
TEXT = bytes({9, 10, 12, 13, *range(32, 127), *range(128, 256)})
XML_START = re.compile(r"\s*<(?:[?!]|[A-Za-z_])")
HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT_TYPES_ENTRY = "[Content_Types].xml"


@dataclass(frozen=True)
class Sample:
    """What is known of a content: its beginning, and the whole to look into (left wherever it is read to)."""

    head: bytes
    content: BinaryIO


Looks = Callable[[Sample], bool]


@dataclass(frozen=True)
class FileKind:
    """`content_type` is ours, never the sender's."""

    label: str
    content_type: str
    looks_right: Looks


def begins(*marks: bytes) -> Looks:
    return lambda sample: sample.head.startswith(marks)


def is_pdf(sample: Sample) -> bool:
    """Readers look for the mark further in as well; with something before it a file may be two things at once."""
    return sample.head.removeprefix(UTF8_MARK).lstrip(BLANK).startswith(b"%PDF-")


def is_artwork(sample: Sample) -> bool:
    """Illustrator writes PDF, and wrote PostScript before."""
    return is_pdf(sample) or sample.head.startswith(POSTSCRIPT)


def is_ole(*streams: str) -> Looks:
    """The old formats of Word and Excel share a container; what is in it is told by the names of its streams."""
    names = [name.encode("utf-16-le") + b"\x00\x00" for name in streams]
    return lambda sample: sample.head.startswith(OLE) and any(holds(sample.content, name) for name in names)


def holds(content: BinaryIO, wanted: bytes) -> bool:
    content.seek(0)
    tail = b""
    while chunk := content.read(HEAD_BYTES):
        if wanted in tail + chunk:
            return True
        tail = chunk[-len(wanted) :]
    return False


def is_office(main_part: bytes) -> Looks:
    """A document with macros names another type of its main part, and is not taken."""
    return lambda sample: holds_entry(sample.content, CONTENT_TYPES_ENTRY, containing=main_part)


def is_opendocument(mimetype: str) -> Looks:
    return lambda sample: holds_entry(sample.content, "mimetype", equal=mimetype.encode())


def is_text(sample: Sample) -> bool:
    head = sample.head
    if head.startswith(tuple(UTF16)):
        return is_utf16(sample.content, UTF16[head[:2]])
    return not head.startswith(MARKS_OF_OTHERS) and has_only_text(sample.content)


def has_only_text(content: BinaryIO) -> bool:
    content.seek(0)
    while chunk := content.read(HEAD_BYTES):
        if chunk.translate(None, TEXT):
            return False
    return True


def is_utf16(content: BinaryIO, encoding: str) -> bool:
    """Every other byte of it is NUL where it is Latin, so that letters have to be looked at."""
    content.seek(2)
    while chunk := content.read(HEAD_BYTES):
        letters = chunk.decode(encoding, errors="replace")
        if any(letter < " " and letter not in "\t\n\f\r" for letter in letters):
            return False
    return True


def is_xml(sample: Sample) -> bool:
    start = read_start(sample.head)
    return XML_START.match(start) is not None and HTML_START.match(start) is None and is_text(sample)


def read_start(head: bytes) -> str:
    for mark, encoding in UTF16.items():
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="replace")
    return head.removeprefix(UTF8_MARK).decode("latin-1")


_WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ARTWORK = FileKind("an Illustrator file", "application/postscript", is_artwork)
_JPEG = FileKind("a JPEG picture", "image/jpeg", begins(b"\xff\xd8\xff"))

# Ending → kind: exactly the seventeen that QuickBooks takes.
KINDS: dict[str, FileKind] = {
    "ai": _ARTWORK,
    "csv": FileKind("a CSV table", "text/csv", is_text),
    "doc": FileKind("a Word document", "application/msword", is_ole("WordDocument")),
    "docx": FileKind("a Word document", _WORDPROCESSING, is_office(WORD)),
    "eps": FileKind("an EPS drawing", "application/postscript", begins(*POSTSCRIPT)),
    "gif": FileKind("a GIF picture", "image/gif", begins(b"GIF87a", b"GIF89a")),
    "jpeg": _JPEG,
    "jpg": _JPEG,
    "ods": FileKind("an OpenDocument spreadsheet", ODS, is_opendocument(ODS)),
    "pdf": FileKind("a PDF", "application/pdf", is_pdf),
    "png": FileKind("a PNG picture", "image/png", begins(PNG)),
    "rtf": FileKind("a rich text document", "text/rtf", begins(b"{\\rtf")),
    "tif": FileKind("a TIFF picture", "image/tiff", begins(*TIFF)),
    "txt": FileKind("plain text", "text/plain", is_text),
    "xls": FileKind("an Excel workbook", "application/vnd.ms-excel", is_ole("Workbook", "Book")),
    "xlsx": FileKind("an Excel workbook", _SPREADSHEET, is_office(SHEET)),
    "xml": FileKind("an XML document", "text/xml", is_xml),
}
ENDINGS = tuple(sorted(KINDS))
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)


def list_endings() -> str:
    """For people: `ai, csv, … and xml`."""
    return f"{', '.join(ENDINGS[:-1])} and {ENDINGS[-1]}"
