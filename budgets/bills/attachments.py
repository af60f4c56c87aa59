"""What QuickBooks says hangs on its bills, kept in step with the mirrored Attachables (M48, K1).

Runs in the transaction that stores the documents. An Attachable may hang on several bills, and on other documents,
which are none of ours. Notes without a file, and links to places elsewhere, are no files.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from budgets.models import BillAttachment, BillChange, BillFile
from budgets.reading import Json, read_decimal, read_list, read_moment, read_object, read_text
from integrations.gateway.rows import Row
from integrations.models import Connection
from integrations.registry import register_projector
from ressio.files.names import ending_of, make_name_safe

ENTITY = "Attachable"
AT_ONCE = 500
NAME_LENGTH = 1000


class Hanging(NamedTuple):
    """One file on one bill."""

    attachable_ref: str
    bill_ref: str


class Described(NamedTuple):
    file_name: str
    size: int | None
    made_at: datetime | None


def register_attachment_projector() -> None:
    register_projector(ENTITY, follow_attachments)


def follow_attachments(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    documents = {str(row.data["Id"]): row.data for row in changed}
    keys = [*documents, *deleted_ids]
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        _follow_some(connection, some, {key: documents[key] for key in some if key in documents})


def _follow_some(connection: Connection, refs: Sequence[str], documents: Mapping[str, Json]) -> None:
    wanted = _read(documents, without=_sent_from_here(connection, refs))
    rows = BillAttachment.objects.filter(connection=connection, attachable_ref__in=refs)
    known = {Hanging(row.attachable_ref, row.bill_ref): row for row in rows}
    _drop(connection, [row for key, row in known.items() if key not in wanted])
    for key in known.keys() & wanted.keys():
        _change(known[key], wanted[key])
    BillAttachment.objects.bulk_create(
        [
            BillAttachment(
                company_id=connection.company_id, connection=connection, **key._asdict(), **said._asdict()
            )
            for key, said in wanted.items()
            if key not in known
        ],
        ignore_conflicts=True,
    )


def _sent_from_here(connection: Connection, refs: Sequence[str]) -> set[str]:
    """Our own never come back as a copy."""
    ours = BillFile.objects.filter(bill__connection=connection, attachable_ref__in=refs)
    return set(ours.filter(file__is_read_only=False).values_list("attachable_ref", flat=True))


def _read(documents: Mapping[str, Json], *, without: set[str]) -> dict[Hanging, Described]:
    return {
        Hanging(key, bill_ref): describe_attachment(document)
        for key, document in documents.items()
        if key not in without and is_file(document)
        for bill_ref in bill_refs_of(document)
    }


def is_file(document: Json) -> bool:
    """A note has no name; a link to another place has no size here."""
    return bool(read_text(document.get("FileName"))) and bool(read_decimal(document.get("Size")))


def bill_refs_of(document: Json) -> list[str]:
    """The bills an Attachable hangs on; what else it hangs on is none of ours (K1)."""
    entities = (read_object(ref, "EntityRef") for ref in read_list(document, "AttachableRef"))
    refs = [
        read_text(each.get("value")) for each in entities if read_text(each.get("type")).lower() == "bill"
    ]
    return [ref for ref in dict.fromkeys(refs) if ref]


def describe_attachment(document: Json) -> Described:
    size = read_decimal(document.get("Size"))
    return Described(
        file_name=read_text(document.get("FileName"), NAME_LENGTH),
        size=int(size) if size is not None and size >= 0 else None,
        made_at=read_moment(read_object(document, "MetaData").get("CreateTime")),
    )


def _change(row: BillAttachment, said: Described) -> None:
    if (row.file_name, row.size, row.made_at) == said:
        return
    row.file_name, row.size, row.made_at = said
    row.save(update_fields=["file_name", "size", "made_at"])
    name = make_name_safe(said.file_name)
    for bill_file in pulled_files(row).select_related("file"):
        if ending_of(bill_file.file.name) == ending_of(name):
            bill_file.file.name = name
            bill_file.file.save(update_fields=["name"])


def _drop(connection: Connection, rows: Iterable[BillAttachment]) -> None:
    """Removed there, or taken off the bill: the copies go too, and the bill keeps a word of it."""
    now = timezone.now()
    for row in rows:
        for bill_file in pulled_files(row).select_related("file"):
            BillChange.objects.create(
                company_id=connection.company_id,
                bill_id=bill_file.bill_id,
                at=now,
                what=f"The file “{bill_file.file.name}” was removed in QuickBooks",
            )
            bill_file.file.delete()
        row.delete()


def pulled_files(row: BillAttachment) -> "QuerySet[BillFile]":
    """The copies of one attachment, one for each project that has it."""
    found: QuerySet[BillFile] = BillFile.objects.filter(
        bill__connection=row.connection_id,
        bill__quickbooks_id=row.bill_ref,
        attachable_ref=row.attachable_ref,
        file__is_read_only=True,
    )
    return found
