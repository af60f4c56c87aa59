"""Files: upload in multipart form, links for download that are signed and expire after 15 minutes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault, missing
from integrations.sandbox.multipart import read_parts
from integrations.sandbox.wire import Document, dumps, loads

LINK_SECONDS = 900
LARGEST_REQUEST = 100 * 1024 * 1024
CONTENT_TYPES = {
    "ai": "application/postscript",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eps": "application/postscript",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "text/rtf",
    "tif": "image/tiff",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "text/xml",
}
_SIGNING_KEY = secrets.token_bytes(32)


@dataclass
class Upload:
    """One pair of parts: metadata (may be absent) and content."""

    metadata: Document | None = None
    content: bytes | None = None
    file_name: str = ""
    content_type: str = ""


def with_links(books: Books, document: Document) -> Document:
    """Add the links of a file as a read has them. They live 15 minutes and need no token."""
    if document["Id"] in books.files:
        path = f"/v3/company/{books.realm}/download/{document['Id']}"
        document["FileAccessUri"] = path
        document["TempDownloadUri"] = temporary_link(books, document["Id"])
        if str(document.get("ContentType", "")).startswith("image/"):
            document["ThumbnailFileAccessUri"] = path
            document["ThumbnailTempDownloadUri"] = document["TempDownloadUri"]
    return document


def temporary_link(books: Books, attachable_id: str) -> str:
    """An absolute address on this server, signed like those of a file store."""
    expires = books.clock.epoch() + LINK_SECONDS
    signature = sign(books.realm, attachable_id, expires)
    name = quote(str(books.get("Attachable", attachable_id).get("FileName") or attachable_id))
    return (
        f"{books.base_url}/files/{books.realm}/{attachable_id}/{name}"
        f"?X-Amz-Expires={LINK_SECONDS}&expires={expires}&X-Amz-Signature={signature}"
    )


def sign(realm: str, attachable_id: str, expires: int) -> str:
    text = f"{realm}/{attachable_id}/{expires}".encode()
    return hmac.new(_SIGNING_KEY, text, hashlib.sha256).hexdigest()


def open_link(books: Books, attachable_id: str, expires: str, signature: str) -> bytes | None:
    """The file behind a link; None when the link was altered, is too old, or the file is gone."""
    if not expires.isdecimal() or int(expires) < books.clock.epoch():
        return None
    if not hmac.compare_digest(sign(books.realm, attachable_id, int(expires)), signature):
        return None
    return books.files.get(attachable_id)


def upload_body(books: Books, content_type: str, body: bytes) -> str:
    """The answer of /upload: one Attachable or Fault per file."""
    if len(body) > LARGEST_REQUEST:
        raise ApiFault("6030", "The request is larger than 100 MB")
    answers = []
    for upload in read_uploads(content_type, body):
        try:
            document = with_links(books, store_upload(books, upload))
            answers.append({"Attachable": document})
        except ApiFault as fault:
            answers.append({"Fault": fault.as_document()})
    return dumps({"AttachableResponse": answers})[:-1]


def read_uploads(content_type: str, body: bytes) -> list[Upload]:
    """Parts named file_metadata_X and file_content_X, paired by X."""
    uploads: dict[str, Upload] = {}
    for part in read_parts(content_type, body):
        kind, _, suffix = part.name.removeprefix("file_").partition("_")
        upload = uploads.setdefault(suffix, Upload())
        if kind == "metadata":
            upload.metadata = _read_metadata(part.content)
        elif kind == "content":
            upload.content = part.content
            upload.file_name = part.file_name
            upload.content_type = part.content_type
    if not uploads:
        raise missing("file_content")
    return list(uploads.values())


def _read_metadata(raw: bytes) -> Document:
    try:
        metadata = loads(raw)
    except ValueError:
        raise ApiFault("6040", "The file metadata must be of Attachable type") from None
    if not isinstance(metadata, dict):
        raise ApiFault("6040", "The file metadata must be of Attachable type")
    return metadata


def store_upload(books: Books, upload: Upload) -> Document:
    """The new Attachable with its content kept. Raises `ApiFault` for a file that is not taken."""
    if upload.content is None:
        raise missing("file_content")
    metadata = dict(upload.metadata or {})
    metadata.setdefault("FileName", upload.file_name)
    extension = PurePath(metadata["FileName"]).suffix.lstrip(".").casefold()
    if extension not in CONTENT_TYPES:
        raise ApiFault("6041", f"Invalid Uploaded File : {metadata['FileName']}")
    sent_type = metadata.get("ContentType") or upload.content_type or CONTENT_TYPES[extension]
    metadata["ContentType"] = "image/jpeg" if sent_type == "image/jpg" else sent_type
    document = books.create("Attachable", metadata)
    with books.change() as change:
        change.adjust("Attachable", document["Id"])["Size"] = len(upload.content)  # type: ignore[index]
    books.add_file(document["Id"], upload.content)
    return books.get("Attachable", document["Id"])
