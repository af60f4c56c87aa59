"""Looking into a zip that a stranger made: one small entry is read, and nothing that could fill the memory."""

import struct
import zipfile
import zlib
from typing import BinaryIO

MOST_OF_AN_ENTRY = 1024 * 1024
LARGEST_DIRECTORY = 4 * 1024 * 1024
END = struct.Struct("<4s4H2LH")  # the record at the end of a zip; its size of the directory is the sixth
END_MARK = b"PK\x05\x06"
ZIP64_LOCATOR, ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
LONGEST_COMMENT = 65535
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    KeyError,
)


def holds_entry(content: BinaryIO, name: str, *, containing: bytes = b"", equal: bytes | None = None) -> bool:
    """Whether the zip has that entry with these words in it, or with exactly these."""
    if not has_small_directory(content):
        return False
    try:
        found = read_entry(content, name)
    except BROKEN:
        return False
    return found.strip() == equal if equal is not None else containing in found


def read_entry(content: BinaryIO, name: str) -> bytes:
    content.seek(0)
    with zipfile.ZipFile(content) as archive, archive.open(name) as entry:
        return entry.read(MOST_OF_AN_ENTRY)


def has_small_directory(content: BinaryIO) -> bool:
    """The library reads the whole list of entries into memory; of a list of millions it would take gigabytes.

    Documents of an office have dozens. The wide form (zip64) carries its sizes elsewhere and is no document of theirs.
    """
    end_of_file = content.seek(0, 2)
    content.seek(max(0, end_of_file - END.size - LONGEST_COMMENT - ZIP64_LOCATOR_SIZE))
    tail = content.read()
    at = tail.rfind(END_MARK)
    if (
        at < 0
        or len(tail) < at + END.size
        or tail[max(0, at - ZIP64_LOCATOR_SIZE) : at].startswith(ZIP64_LOCATOR)
    ):
        return False
    size_of_directory: int = END.unpack_from(tail, at)[5]
    return size_of_directory <= LARGEST_DIRECTORY
