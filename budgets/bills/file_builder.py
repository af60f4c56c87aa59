"""Files of bills in the outbox: how one is described, opened, found again, and recorded (M45, K1).

Nothing else is ever attached from here: what is sent is a `BillFile` on a bill that QuickBooks has.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, cast

from django.urls import reverse

from budgets.bills.attachments import bill_refs_of
from budgets.bills.building import write_json
from budgets.bills.drafting import lock_bills
from budgets.bills.pushes import FILE_KIND
from budgets.bills.recognising import was_made_before
from budgets.models import Bill, BillAttachment, BillFile
from budgets.reading import Json
from integrations.gateway import Gateway, Row, quote
from integrations.models import Connection, Push, PushState
from integrations.outbox import DecisionRefused, Hold, register_builder, retry_push
from integrations.switches import switches_of
from ressio.files.reading import open_content
from ressio.models import Company, TeamMember

PAGE = 1000


class AlreadyAnother(Exception):
    """Two files of the same name and size were looked for at once, and the other got this attachment."""


class BillFileBuilder:
    entity = "Attachable"

    def build(self, push: Push) -> bytes:
        bill_file = _find(push)
        _check_bill(bill_file.bill, push)
        _check_right(push)
        ref = {"EntityRef": {"type": "Bill", "value": bill_file.bill.quickbooks_id}, "IncludeOnSend": False}
        file = bill_file.file
        return write_json({"AttachableRef": [ref], "FileName": file.name, "ContentType": file.content_type})

    def lock(self, pushes: Sequence[Push]) -> None:
        """Their bills: the second of two workers that found the same attachment sees what the first wrote down."""
        files = BillFile.objects.filter(pk__in=[push.subject_id for push in pushes])
        lock_bills(files.values_list("bill", flat=True))

    def open_content(self, push: Push) -> tuple[BinaryIO, str, str]:
        file = _find(push).file
        try:
            content = open_content(file)
        except FileNotFoundError as error:
            raise Hold(
                "file_lost", "The file's content is gone. Remove the file and attach it again."
            ) from error
        return cast(BinaryIO, content), file.name, file.content_type

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """By bill, name and size; never one that another file of ours is, so that two alike both arrive."""
        payload = json.loads(push.payload)
        size = BillFile.objects.values_list("file__size", flat=True).filter(pk=push.subject_id).first()
        bill_ref = payload["AttachableRef"][0]["EntityRef"]["value"]
        taken = _taken_by_others(push)
        for row in _attachments_of(gateway, bill_ref):
            is_alike = (row.data.get("FileName"), row.data.get("Size")) == (payload["FileName"], size)
            if is_alike and str(row.data["Id"]) not in taken and not _is_older(row.data, push):
                return row
        return None

    def record(self, push: Push, row: Row) -> None:
        """Under the bill's lock."""
        found = BillFile.objects.filter(pk=push.subject_id).select_related("bill").first()
        if found is None:
            return
        attachable_ref = str(row.data["Id"])
        if attachable_ref in _taken_by_others(push):
            raise AlreadyAnother
        found.attachable_ref = attachable_ref
        found.save(update_fields=["attachable_ref"])
        BillAttachment.objects.filter(connection=push.connection, attachable_ref=attachable_ref).delete()

    def subject_url(self, push: Push, company: Company) -> str:
        bill_id = BillFile.objects.values_list("bill", flat=True).filter(pk=push.subject_id).first()
        return reverse("bill", kwargs={"company": company.slug, "bill_id": bill_id}) if bill_id else ""


def register_bill_file_builder() -> None:
    register_builder(FILE_KIND, BillFileBuilder())


SETTLED_ELSEWHERE = ("pushing_off", "bill_not_there", "bill_gone")
"""Holds that end without anybody deciding about the file itself."""


def release_held_files(connection: Connection, *, now: datetime) -> int:
    """Files leave by themselves when what held them is gone, as their bills do; returns how many."""
    held = Push.objects.filter(
        connection=connection, kind=FILE_KIND, state=PushState.HELD, hold_code__in=SETTLED_ELSEWHERE
    )
    found = 0
    for push in held.select_related("connection").order_by("pk"):
        try:
            BillFileBuilder().build(push)
            retry_push(push=push, actor=None, now=now)
        except (Hold, DecisionRefused):
            continue
        found += 1
    return found


def _find(push: Push) -> BillFile:
    files = BillFile.objects.select_related("file", "bill__project")
    found: BillFile | None = files.filter(pk=push.subject_id, file__is_read_only=False).first()
    if found is None:
        raise Hold("gone", "The file was removed in Ressio.")
    return found


def _check_bill(bill: Bill, push: Push) -> None:
    if bill.is_gone:
        raise Hold("bill_gone", f"The bill is {bill.get_state_display()}.")
    if not bill.is_sent or bill.connection_id != push.connection_id:
        raise Hold("bill_not_there", "The bill is not in QuickBooks yet.")
    assert bill.project is not None
    switches = switches_of(bill.project)
    if not (switches.push_bills and switches.push_bill_files):
        raise Hold("pushing_off", "Pushing files of bills is off for this project.")


def _check_right(push: Push) -> None:
    """As for the bill itself: the word of somebody who may say so now (M44)."""
    if push.requested_by_id is None:
        return
    if not TeamMember.objects.filter(user=push.requested_by_id, role="admin", is_active=True).exists():
        sentence = (
            "Whoever sent this file may no longer approve bills. Somebody with the right must send it again."
        )
        raise Hold("approver_gone", sentence)


def _attachments_of(gateway: Gateway, bill_ref: str) -> list[Row]:
    """All of them: QuickBooks gives 1,000 at a time, and has up to 10,000 on a document."""
    where = f"AttachableRef.EntityRef.Type = 'bill' and AttachableRef.EntityRef.value = {quote(bill_ref)}"
    found: list[Row] = []
    while True:
        page = gateway.query_rows("Attachable", where=where, start=len(found) + 1, size=PAGE)
        found += page.rows
        if len(page.rows) < PAGE:
            # Its two conditions need not speak of one and the same reference.
            return [row for row in found if bill_ref in bill_refs_of(row.data)]


def _taken_by_others(push: Push) -> set[str]:
    """Attachments that are files of ours already, on whatever bill."""
    others = BillFile.objects.filter(bill__connection=push.connection, attachable_ref__gt="")
    return set(
        others.filter(file__is_read_only=False)
        .exclude(pk=push.subject_id)
        .values_list("attachable_ref", flat=True)
    )


def _is_older(document: Json, push: Push) -> bool:
    return push.first_sent_at is not None and was_made_before(document, push.first_sent_at)
