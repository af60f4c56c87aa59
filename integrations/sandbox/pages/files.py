"""Files attached to one transaction: looked at, and added by a person."""

from __future__ import annotations

from integrations.sandbox.attachments import read_uploads, store_upload, temporary_link
from integrations.sandbox.books import Books
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import buttons, labelled, submit
from integrations.sandbox.pages.kinds import address_of
from integrations.sandbox.pages.layout import link, redirect
from integrations.sandbox.pages.markup import Html, join, tag, void_tag
from integrations.sandbox.wire import Document

INPUT_NAME = "file_content_0"
"""As the API names the part, so that both read the same form."""


def list_files(books: Books, entity: str, document_id: str) -> Html:
    rows = [tag("li", _row(books, file)) for file in files_of(books, entity, document_id)]
    listed = tag("ul", *rows) if rows else tag("p", "No files.", class_="hint")
    return tag("section", tag("h2", "Attachments"), listed, _form(entity, document_id))


def files_of(books: Books, entity: str, document_id: str) -> list[Document]:
    return [
        file
        for file in books.all("Attachable")
        for ref in file.get("AttachableRef", [])
        if (ref.get("EntityRef", {}).get("type"), ref.get("EntityRef", {}).get("value"))
        == (entity, document_id)
    ]


def _row(books: Books, file: Document) -> Html:
    if file["Id"] not in books.files:
        return join([file.get("FileName") or file.get("Note") or file["Id"]])
    return link(temporary_link(books, file["Id"]), file.get("FileName") or file["Id"])


def _form(entity: str, document_id: str) -> Html:
    chooser = void_tag("input", type="file", id=INPUT_NAME, name=INPUT_NAME, required=True)
    return tag(
        "form",
        labelled(INPUT_NAME, "Attach a file", chooser),
        buttons(submit("Attach")),
        method="post",
        action=f"{address_of(entity, document_id)}/attach",
        enctype="multipart/form-data",
        class_="attach",
    )


def attach_file(request: PageRequest, books: Books, entity: str, document_id: str) -> PageResponse:
    """Raises `ApiFault` where the API would refuse the file as well."""
    document = books.get(entity, document_id)
    for upload in read_uploads(request.content_type, request.body):
        upload.metadata = {"AttachableRef": [{"EntityRef": {"type": entity, "value": document["Id"]}}]}
        store_upload(books, upload)
    return redirect(address_of(entity, document_id), "attached")
