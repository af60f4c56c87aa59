"""What a file is called, and whether it is what it says: nothing here asks a database."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ressio.files.archives import LARGEST_DIRECTORY
from ressio.files.keeping import LARGEST_FILE, FileRefused, examine
from ressio.files.kinds import KINDS
from ressio.files.names import make_name_safe
from tests.support.file_samples import DISGUISES, SAMPLES, VARIANTS, make_zip

pytestmark = pytest.mark.pure

TAKEN_BY_QUICKBOOKS = (
    "ai csv doc docx eps gif jpeg jpg ods pdf png rtf tif txt xls xlsx xml"  # transport 10.1
)


def is_taken(name: str, content: bytes) -> bool:
    try:
        examine(io.BytesIO(content), name)
    except FileRefused:
        return False
    return True


def test_exactly_the_types_of_quickbooks_are_taken() -> None:
    assert list(KINDS) == sorted(SAMPLES) == TAKEN_BY_QUICKBOOKS.split()


@pytest.mark.parametrize(("ending", "content"), [*SAMPLES.items(), *VARIANTS])
def test_a_file_that_is_what_it_says_is_taken(ending: str, content: bytes) -> None:
    kind, measured = examine(io.BytesIO(content), f"sample.{ending.upper()}")

    assert (kind, measured.size) == (KINDS[ending], len(content))


@pytest.mark.parametrize(("ending", "content"), DISGUISES)
def test_a_file_that_is_something_else_is_refused(ending: str, content: bytes) -> None:
    assert not is_taken(f"sample.{ending}", content)


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(FileRefused) as program:
        examine(io.BytesIO(b"MZ"), "setup.exe")
    with pytest.raises(FileRefused) as picture:
        examine(io.BytesIO(SAMPLES["png"]), "roof.jpg")
    with pytest.raises(FileRefused) as nothing:
        examine(io.BytesIO(), "plan.pdf")

    assert str(program.value) == (
        "“setup.exe” is of a type that QuickBooks Online does not take. It takes ai, csv, doc, docx, eps, gif, "
        "jpeg, jpg, ods, pdf, png, rtf, tif, txt, xls, xlsx and xml."
    )
    assert str(picture.value) == (
        "“roof.jpg” is not a JPEG picture inside, although its name says so. Save it again in that form, "
        "or give it the ending that fits."
    )
    assert str(nothing.value) == "“plan.pdf” is empty."


class Endless(io.RawIOBase):
    """A PDF without end, made as it is read."""

    def __init__(self) -> None:
        self.given = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"%PDF-".ljust(size)


def test_one_that_is_too_large_is_not_read_to_its_end() -> None:
    endless = Endless()
    tracemalloc.start()

    with pytest.raises(FileRefused, match="is larger than 100 MB"):
        examine(endless, "plan.pdf")  # type: ignore[arg-type]

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert endless.given <= LARGEST_FILE + 128 * 1024
    assert peak < 2 * 1024 * 1024


def test_a_zip_with_a_gigantic_list_of_entries_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = make_zip({"[Content_Types].xml": ""})
    boasting = plain[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, LARGEST_DIRECTORY + 1, 0, 0)
    wide = plain[:-22] + b"PK\6\7".ljust(20, b"\0") + plain[-22:]
    opened: list[object] = []
    monkeypatch.setattr(zipfile, "ZipFile", opened.append)

    assert [is_taken("a.docx", content) for content in (boasting, wide)] == [False, False]
    assert opened == []


# Names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("Plan v2.pdf", "Plan v2.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Ada\\Bill.PDF", "Bill.PDF"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200bb\x00c\r\nd.pdf", "abcd.pdf"),
        ("...hidden.pdf", "hidden.pdf"),
        ("trailing. .pdf", "trailing.pdf"),
        ("plan.pdf. . ", "plan.pdf"),
        ("  many   spaces .pdf", "many spaces.pdf"),
        ('roof: "north" <1>|2?*.pdf', "roof_ _north_ _1__2__.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1.old.pdf", "_lpt1.old.pdf"),
        ("com¹.txt", "_com¹.txt"),
        ("console.pdf", "console.pdf"),
        (".pdf", "pdf"),
        ("pdf", "pdf"),
        ("", "file"),
        ("..", "file"),
        ("Re\u0301sume\u0301.pdf", "Résumé.pdf"),
        ("x" * 300 + ".docx", "x" * 145 + ".docx"),
        ("梁" * 300 + ".pdf", "梁" * 78 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, safe: str) -> None:
    assert make_name_safe(given_name) == safe


@settings(max_examples=40)
@given(st.text(max_size=400))
def test_every_name_becomes_one_that_any_computer_takes(given_name: str) -> None:
    name = make_name_safe(given_name)

    assert 0 < len(name) <= 150
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*\r\n\0\u202e')
    assert name == name.strip(". ") == make_name_safe(name)
