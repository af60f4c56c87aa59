"""Bodies of type multipart/form-data, binary content kept byte for byte."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from integrations.sandbox.errors import ApiFault


@dataclass(frozen=True)
class Part:
    name: str
    file_name: str
    content_type: str
    content: bytes


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """Raises fault 1050 when the body is not multipart."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_maintype() != "multipart" or not boundary:
        raise ApiFault("1050", "multipart/form-data is required")
    mark = b"--" + str(boundary).encode()
    # A widely used library ends lines with LF only.
    ending = b"\r\n" if mark + b"\r\n" in body else b"\n"
    pieces = (ending + body).split(ending + mark)
    return [_read_part(piece, ending) for piece in pieces[1:] if not piece.startswith(b"--")]


def _read_part(piece: bytes, ending: bytes) -> Part:
    head, _, content = piece.lstrip(b" \t").removeprefix(ending).partition(ending * 2)
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace"))
    if str(headers.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
        content = _decode(content)
    return Part(
        name=_text(headers.get_param("name", "", "content-disposition")),
        file_name=_text(headers.get_param("filename", "", "content-disposition")),
        content_type=headers.get_content_type() if headers["Content-Type"] else "",
        content=content,
    )


def _text(value: object) -> str:
    """A parameter as text; RFC 2231 gives (charset, language, value)."""
    return str(value[2]) if isinstance(value, tuple) else str(value)


def _decode(content: bytes) -> bytes:
    try:
        return base64.b64decode(content)
    except binascii.Error:
        raise ApiFault("6041", "Invalid Uploaded File : the content is not base64") from None
