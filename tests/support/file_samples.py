"""The smallest contents that are what their ending says, one for each of the seventeen types, and disguises."""

import io
import zipfile

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def make_zip(entries: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return made.getvalue()


def make_office(main_type: str, folder: str) -> bytes:
    types = f'<Types><Override PartName="/{folder}/document.xml" ContentType="{main_type}"/></Types>'
    return make_zip({f"{folder}/document.xml": "<document/>", "[Content_Types].xml": types})


def make_open_document(mimetype: str) -> bytes:
    return make_zip({"mimetype": mimetype, "content.xml": "<office/>"})


def make_ole(*streams: str) -> bytes:
    """A header, and a directory at an odd place: its entries are 128 bytes, names in UTF-16."""
    entries = ["Root Entry", *streams, "\x05SummaryInformation"]
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in entries)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"\0" * 65_500 + directory


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n"
DOCX = make_office(WORD_TYPE, "word")
XLSX = make_office(SHEET_TYPE, "xl")
DOC = make_ole("1Table", "WordDocument")
XLS = make_ole("Workbook")
PROGRAM = b"MZ\x90\x00\x03\0\0\0\x04\0\0\0"

SAMPLES: dict[str, bytes] = {
    "ai": PDF,
    "csv": "Cost code,Amount\nTrim – oak,1\n".encode(),
    "doc": DOC,
    "docx": DOCX,
    "eps": POSTSCRIPT,
    "gif": b"GIF89a\x01\0\x01\0",
    "jpeg": JPEG,
    "jpg": JPEG,
    "ods": make_open_document(SPREADSHEET),
    "pdf": PDF,
    "png": PNG,
    "rtf": b"{\\rtf1\\ansi Receipt}",
    "tif": b"II*\0\x08\0\0\0",
    "txt": b"Call the plumber.\r\n",
    "xls": XLS,
    "xlsx": XLSX,
    "xml": b"\xef\xbb\xbf\n<?xml version='1.0'?><invoice/>",
}
# Other shapes that these types come in.
VARIANTS: list[tuple[str, bytes]] = [
    ("ai", POSTSCRIPT),
    ("csv", "Betrag;Öl\n".encode("cp1252")),
    ("csv", "\ufeffCode\tAmount\n".encode("utf-16-le")),
    ("eps", b"\xc5\xd0\xd3\xc6\x20\0\0\0"),
    ("gif", b"GIF87a\x01\0"),
    ("pdf", b"\xef\xbb\xbf\r\n" + PDF),
    ("tif", b"MM\0*\0\0\0\x08"),
    ("xls", make_ole("Book")),
    ("xml", b"<ubl:Invoice xmlns:ubl='u'/>"),
    ("xml", "\ufeff<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16-be")),
]
DISGUISES: list[tuple[str, bytes]] = [
    *((ending, PROGRAM) for ending in SAMPLES),
    *((ending, PDF) for ending in SAMPLES if ending not in {"ai", "pdf"}),
    ("pdf", PNG),
    ("pdf", PROGRAM + PDF),
    ("pdf", b"<html></html>" + PDF),
    ("png", JPEG),
    ("jpg", PNG),
    ("jpg", b"\0\0\0\x18ftypheic"),
    ("txt", b"a" * 200_000 + b"\0"),
    ("txt", b"\xff\xfeM\0\x07\0"),
    ("csv", XLSX),
    ("csv", XLS),
    ("csv", SAMPLES["rtf"]),
    ("rtf", b"Plain words"),
    ("doc", XLS),
    ("doc", SAMPLES["rtf"]),
    ("xls", DOC),
    ("xls", b"<table><tr><td>1</td></tr></table>"),
    ("docx", XLSX),
    ("docx", make_zip({"word/document.xml": "<document/>"})),
    ("docx", make_office("application/vnd.ms-word.document.macroEnabled.main+xml", "word")),
    ("docx", DOCX[:-30]),
    ("docx", b"PK\x03\x04" + b"\0" * 100),
    ("xlsx", DOCX),
    ("xlsx", make_open_document(SPREADSHEET)),
    ("ods", make_open_document("application/vnd.oasis.opendocument.text")),
    ("ods", make_open_document(f"{SPREADSHEET}-template")),
    ("ods", XLSX),
    ("xml", b"Dear <b>Ada</b>"),
    ("xml", b"<!DOCTYPE html><html></html>"),
    ("xml", b"<?xml version='1.0'?>\n<!-- page --><HTML xmlns='h'></HTML>"),
    ("xml", b"<a>\0</a>"),
]
