"""Reading what people paste from a spreadsheet or upload as CSV, and writing CSV that spreadsheets open safely."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LARGEST_FILE = 1024 * 1024
MOST_ROWS = 5000


class Unreadable(Exception):
    """The text as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class Line:
    """One row of what was given: its line number there (1 = the first) and its cells by column name."""

    number: int
    cells: dict[str, str]
    has_extra_cells: bool = False
    """More cells than columns: most often an amount such as 1,250.00 that was not in quotes."""


@dataclass(frozen=True)
class LineError:
    number: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.number}: {self.message}"


def read_lines(text: str, columns: Sequence[str]) -> list[Line]:
    """Cells by column. With a header row the columns may come in any order and number; without, in ours.

    `columns` are lower-case names. Empty lines are skipped. Raises Unreadable.
    """
    rows = _split(text)
    if not rows:
        raise Unreadable("There is nothing to read.")
    order = _find_header(rows[0][1], columns)
    body = rows[1:] if order else rows
    if len(body) > MOST_ROWS:
        raise Unreadable(f"These are {len(body)} rows; at most {MOST_ROWS} go at once.")
    names = order or list(columns)
    return [Line(number, _name_cells(cells, names), any(cells[len(names) :])) for number, cells in body]


def decode_upload(upload: UploadedFile) -> str:
    """Raises Unreadable."""
    return decode_file(upload.read(LARGEST_FILE + 1))


def decode_file(data: bytes) -> str:
    """UTF-8 (with or without a mark), else what Excel writes on Windows. Raises Unreadable."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("The file is larger than 1 MB.")
    if b"\0" in data:
        raise Unreadable("This is not a CSV file. Save the sheet as CSV and try again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([[make_safe(str(cell)) for cell in row] for row in rows])
    return out.getvalue()


def make_safe(text: str) -> str:
    """Text that a spreadsheet would run gets an apostrophe in front; plain numbers stay numbers."""
    return f"'{text}" if _is_risky(text) and not _is_number(text) else text


def _is_risky(text: str) -> bool:
    """Also when it was made safe before, so that undoing it once gives back what there was."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _undo_safe(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_risky(text) else text


def _split(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter=_guess_delimiter(text))
    try:
        rows = [(reader.line_num, [_undo_safe(cell.strip()) for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise Unreadable(
            "This cannot be read as rows and columns. Save the sheet as CSV and try again."
        ) from error
    return [(number, cells) for number, cells in rows if any(cells)]


def _guess_delimiter(text: str) -> str:
    """Pasted cells come with tabs; CSV with commas, or semicolons in some countries. The first line that has any
    decides: later ones may hold the others inside their words."""
    if "\t" in text:
        return "\t"
    first = next((line for line in text.splitlines() if "," in line or ";" in line), "")
    return ";" if first.count(";") > first.count(",") else ","


def _find_header(cells: Sequence[str], columns: Sequence[str]) -> list[str] | None:
    names = [cell.lower() for cell in cells]
    return names if columns[0] in names else None


def _name_cells(cells: Sequence[str], order: Sequence[str]) -> dict[str, str]:
    """A column without a name is called by its place: what it holds may be refused, but not lost."""
    named = zip(order, cells, strict=False)
    return {name or f"column {place}": cell for place, (name, cell) in enumerate(named, start=1)}
