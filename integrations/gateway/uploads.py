"""A file on its way to QuickBooks: one multipart body, read from its source as it leaves.

One file a request. QuickBooks does not say whether it replays an upload of the same request id (transport
10.1), so whoever repeats one looks first for what is already there.
"""

import io
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from integrations.gateway.calls import check_document
from integrations.gateway.transport import Call

CHUNK = 64 * 1024
CONTENT_TYPE = re.compile(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+")
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9 ._()+,=@-]")
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class UploadBody:
    """Each pass begins at the start of the file again: after a refused token the request leaves twice."""

    head: bytes
    content: BinaryIO
    size: int
    tail: bytes

    def __len__(self) -> int:
        return len(self.head) + self.size + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        yield from self.read_content()
        yield self.tail

    def read_content(self) -> Iterator[bytes]:
        """Exactly `size` bytes, as the header says: fewer would leave QuickBooks waiting for the rest."""
        self.content.seek(0)
        left = self.size
        while left:
            chunk = self.content.read(min(CHUNK, left))
            if not chunk:
                raise OSError("The file became shorter while it was sent.")
            left -= len(chunk)
            yield chunk


def build_upload_call(
    metadata: bytes, content: BinaryIO | bytes, *, filename: str, content_type: str, request_id: str = ""
) -> Call:
    """`file_metadata_01` and `file_content_01`: the common ending makes them a pair."""
    check_document(metadata)
    if not CONTENT_TYPE.fullmatch(content_type):
        raise ValueError("That is no content type.")
    boundary = f"ressio-{secrets.token_hex(16)}"
    return Call(
        "upload",
        "upload",
        "Attachable",
        method="POST",
        params={"requestid": request_id} if request_id else {},
        body=compose_body(boundary, metadata, content, name_part(filename), content_type),
        content_type=f"multipart/form-data; boundary={boundary}",
        is_metered=False,  # bringing data in is free
        is_write=True,
    )


def compose_body(
    boundary: str, metadata: bytes, content: BinaryIO | bytes, name: str, content_type: str
) -> UploadBody:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    head = [
        f"--{boundary}\r\n".encode(),
        b'Content-Disposition: form-data; name="file_metadata_01"\r\nContent-Type: application/json\r\n\r\n',
        metadata,
        f"\r\n--{boundary}\r\n".encode(),
        f'Content-Disposition: form-data; name="file_content_01"; filename="{name}"\r\n'.encode(),
        f"Content-Type: {content_type}\r\n\r\n".encode(),
    ]
    return UploadBody(b"".join(head), stream, stream.seek(0, io.SEEK_END), f"\r\n--{boundary}--\r\n".encode())


def name_part(filename: str) -> str:
    """For the part's header, where nothing may end a line or a quotation and no encoding is agreed upon.
    People see the `FileName` of the metadata, which QuickBooks prefers. The end stays: it has the extension.
    """
    return NOT_IN_A_NAME.sub("_", filename)[-LONGEST_NAME:] or "file"
