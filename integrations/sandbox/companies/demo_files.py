"""Attachments of the demo company, with real little files drawn in code: PDFs and PNGs."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import Document

PDF, PNG = "application/pdf", "image/png"
# Every so many-th bill from the trades has its paper attached, every so many-th card charge a photo.
BILL_EVERY, CARD_EVERY = 9, 11
UNLINKED_NOTE = "Certificate of insurance expires in March: ask Bitterroot for the new one."


def add_attachments(draft: Draft, realm: str) -> dict[str, bytes]:
    """Add the Attachable documents; returns the files by attachable id."""
    files: dict[str, bytes] = {}
    for transaction, entity, name, kind in _papers(draft):
        content = _draw(transaction, kind)
        attachable = _add_file(draft, realm, transaction, entity, name, kind, len(content))
        files[attachable["Id"]] = content
    _add_notes(draft)
    return files


def _papers(draft: Draft) -> Iterator[tuple[Document, str, str, str]]:
    for bill in list(draft.all("Bill"))[::BILL_EVERY]:
        yield bill, "Bill", f"{bill.get('DocNumber', 'bill').replace('/', '-')}.pdf", PDF
    cards = [
        row for row in draft.all("Purchase") if row["PaymentType"] == "CreditCard" and "EntityRef" in row
    ]
    for purchase in cards[::CARD_EVERY]:
        yield purchase, "Purchase", f"receipt-{purchase['Id']}.png", PNG
    for credit in list(draft.all("VendorCredit"))[:1]:
        yield credit, "VendorCredit", f"{credit['DocNumber']}.pdf", PDF


def _draw(transaction: Document, kind: str) -> bytes:
    if kind == PNG:
        return png(48, 80, int(transaction["Id"]))
    payee = transaction["VendorRef"]["name"]
    return pdf(
        (payee, transaction.get("DocNumber", ""), transaction["TxnDate"], f"{transaction['TotalAmt']:,.2f}")
    )


def _add_file(
    draft: Draft, realm: str, transaction: Document, entity: str, name: str, kind: str, size: int
) -> Document:
    back = draft.workdays.back_of(transaction["TxnDate"])
    fields = {
        "FileName": name,
        "ContentType": kind,
        "Size": size,
        "Category": "Image" if kind == PNG else "Document",
        "AttachableRef": [_link(entity, transaction)],
    }
    attachable = draft.add("Attachable", fields, back=back)
    attachable["FileAccessUri"] = f"/v3/company/{realm}/download/{attachable['Id']}"
    return attachable


def _link(entity: str, transaction: Document) -> Document:
    return {"EntityRef": {"type": entity, "value": transaction["Id"]}, "IncludeOnSend": False}


def _add_notes(draft: Draft) -> None:
    """A note on an invoice, and one that hangs on nothing."""
    invoice = next(draft.all("Invoice"))
    draft.add(
        "Attachable",
        {"Note": "Signed scope is in the job box.", "AttachableRef": [_link("Invoice", invoice)]},
        back=30,
    )
    draft.add("Attachable", {"Note": UNLINKED_NOTE}, back=28)


PDF_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> >> >>"
)


def pdf(lines: tuple[str, ...]) -> bytes:
    """A one-page PDF with some lines of text in Helvetica."""
    text = b" ".join(b"(" + _pdf_text(line) + b") Tj 0 -22 Td" for line in lines)
    drawing = b"BT /F1 15 Tf 60 720 Td " + text + b" ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PDF_PAGE,
        b"<< /Length %d >> stream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _pdf_file(objects)


def _pdf_file(objects: tuple[bytes, ...]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(body))
    )


def _pdf_text(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return escaped.encode("cp1252", "replace")


def png(width: int, height: int, seed: int) -> bytes:
    """A photo of a receipt, seen from far away: dark lines of varying length on light paper."""
    rows = b"".join(b"\0" + _receipt_row(width, row, seed) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _receipt_row(width: int, row: int, seed: int) -> bytes:
    inked = width - 10 - (row * 7 + seed) % 20 if row % 5 == 2 else 0
    return b"\xf4" * 5 + b"\x40" * inked + b"\xf4" * (width - 5 - inked)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
