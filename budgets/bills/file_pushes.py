"""Files of a bill on their way to QuickBooks: one request each, once the bill is there (M45, K1)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from budgets.bills.pushes import FILE_KIND
from budgets.models import Bill, BillFile
from integrations.models import Connection, Push, PushOperation, PushState
from integrations.outbox import request_push
from integrations.switches import switches_of
from ressio.models import FileOrigin, User


def request_file_pushes(bill: Bill, *, requested_by: User | None, now: datetime) -> int:
    """For every file of ours that is not there yet; late ones follow when they are added. Returns how many."""
    if not bill.is_ours or not bill.is_sent or bill.project is None or bill.connection is None:
        return 0
    switches = switches_of(bill.project)
    if not (switches.push_bills and switches.push_bill_files):
        return 0
    waiting = _not_there(BillFile.objects.filter(bill=bill))
    waiting = waiting.exclude(pk__in=_decided_against(bill.connection, waiting))
    if switches.push_bill_files_since:
        waiting = waiting.filter(added_at__gte=switches.push_bill_files_since)
    for bill_file in waiting.select_related("file"):
        request_push(
            connection=bill.connection,
            kind=FILE_KIND,
            subject_id=str(bill_file.pk),
            subject_label=f"{bill_file.file.name} of {bill}",
            requested_by=requested_by,
            now=now,
            operation=PushOperation.UPLOAD,
        )
    return len(waiting)


def find_bills_with_files(bill_ids: Collection[int]) -> set[int]:
    """Those for which `request_file_pushes` may have something to do."""
    return set(_not_there(BillFile.objects.filter(bill__in=bill_ids)).values_list("bill_id", flat=True))


def _not_there(files: "QuerySet[BillFile]") -> "QuerySet[BillFile]":
    return files.filter(attachable_ref="", file__origin=FileOrigin.RESSIO)


def _decided_against(connection: Connection, files: "QuerySet[BillFile]") -> list[int]:
    """Somebody said that they are not sent: a later file of the bill does not take them along."""
    keys = [str(pk) for pk in files.values_list("pk", flat=True)]
    skipped = Push.objects.filter(
        connection=connection, kind=FILE_KIND, subject_id__in=keys, state=PushState.SKIPPED
    )
    return [int(key) for key in skipped.values_list("subject_id", flat=True)]
